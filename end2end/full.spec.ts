import { expect, test } from './fixtures.ts';
import { expectFramesToGrow, expectMedia } from './media.ts';

test('a third person is told that the room is full, and gets in when somebody has left', async ({ person, room }) => {
  const [ada, bob, eve] = [await person(), await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');

  await eve.enter(room, 'Eve');
  await eve.expectState('full');
  await expect(eve.page.getByRole('heading', { name: 'The room is full' })).toBeVisible();
  await expect(eve.page.getByText('Both seats are taken')).toBeVisible();
  await expect(eve.page.getByTestId('remote-video')).toHaveCount(0);
  await expect(ada.tile).toHaveCount(1);
  await expectFramesToGrow(ada.page);
  await expectFramesToGrow(bob.page);

  await bob.leave.click();
  await ada.expectState('waiting');
  await eve.page.getByTestId('rejoin').click();
  await expectMedia(eve.page);
  await expectMedia(ada.page);
  await expect(ada.tile).toContainText('Eve');
});
