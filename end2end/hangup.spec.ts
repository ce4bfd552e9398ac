import { expect, test } from './fixtures.ts';
import { connections, expectMedia, ownTracks } from './media.ts';

test('hanging up releases the devices and the seat at once', async ({ person, room }) => {
  const [ada, bob, eve] = [await person(), await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);

  await bob.leave.click();
  await bob.expectState('left');
  await expect
    .poll(async () => (await ownTracks(bob.page)).map(({ state }) => state))
    .toEqual(['ended', 'ended']);
  expect((await connections(bob.page)).open).toBe(0);

  // No frozen picture stays behind.
  await ada.expectState('waiting');
  await expect(ada.page.getByRole('heading', { name: 'Bob has left the call' })).toBeVisible();
  await expect(ada.tile).toHaveCount(0);
  await expect(ada.page.getByTestId('remote-video')).toHaveCount(0);
  await expect.poll(async () => (await connections(ada.page)).open).toBe(0);

  await eve.enter(room, 'Eve');
  await expectMedia(eve.page);
  await expect(ada.tile).toContainText('Eve');
});

test('who hung up can come back with one click', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await bob.leave.click();
  await ada.expectState('waiting');

  await bob.page.getByTestId('rejoin').click();
  await expectMedia(bob.page);
  await expectMedia(ada.page);
  await expect(ada.tile).toContainText('Bob');
});
