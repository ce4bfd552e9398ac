import { expect, test } from './fixtures.ts';
import { connections, expectMedia } from './media.ts';

/** Seed fault 6: there was no sound; `expectMedia` asks for sound and picture. */
test('two people call each other: home, new call, link', async ({ person }) => {
  const ada = await person({ largePictures: true });
  await ada.goto('/');
  await ada.page.getByTestId('new-call').click();
  await expect(ada.page).toHaveURL(/\/r\/[a-z0-9-]+$/);
  await ada.expectState('lobby');
  await expect
    .poll(() => ada.ownVideo.evaluate((video: HTMLVideoElement) => video.videoWidth))
    .toBe(1280);
  await ada.joinAs('Ada');
  await ada.expectState('waiting');
  await expect(ada.page.getByRole('textbox', { name: 'Link to this call' })).toHaveValue(ada.page.url());

  const bob = await person({ largePictures: true });
  await bob.page.goto(ada.page.url());
  await bob.live();
  await bob.joinAs('Bob');
  await ada.expectState('connected');
  await bob.expectState('connected');

  await expectMedia(ada.page);
  await expectMedia(bob.page);
  await expect(ada.tile).toContainText('Bob');
  await expect(bob.tile).toContainText('Ada');
  await expect(ada.status).toHaveText('In a call with Bob');
});

test('a call takes one connection on each side and one offer in all', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  await bob.expectState('connected');
  await expectMedia(ada.page);
  await expectMedia(bob.page);

  const [first, second] = [await connections(ada.page), await connections(bob.page)];
  expect([first.made, second.made]).toEqual([1, 1]);
  expect(first.offers + second.offers).toBe(1);
});

test('both joining at the same moment end up in one call', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.openLobby(room);
  await bob.openLobby(room);
  await Promise.all([ada.joinAs('Ada'), bob.joinAs('Bob')]);
  await expectMedia(ada.page);
  await expectMedia(bob.page);
  expect((await connections(ada.page)).made).toBe(1);
  expect((await connections(bob.page)).made).toBe(1);
});
