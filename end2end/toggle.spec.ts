import { expect, test } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia, ownTracks } from './media.ts';

test('camera off is seen by the other side and gives the device back; on brings both back', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'true');
  const cameras = async () =>
    (await ownTracks(bob.page)).filter(({ kind }) => kind === 'video').map(({ state }) => state);

  await bob.camera.click();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(cameras).toEqual(['ended']);
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');

  await bob.camera.click();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(cameras).toEqual(['ended', 'live']);
  await expect(ada.tile).toHaveAttribute('data-picture', 'true');
  await expectFramesToGrow(ada.page);
  expect((await connections(ada.page)).made).toBe(1);
});

test('microphone off is seen by the other side', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  const silenced = () =>
    bob.page.evaluate(() =>
      window.tracks.filter(({ kind }) => kind === 'audio').map(({ enabled }) => !enabled),
    );

  await bob.microphone.click();
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'false');
  await expect(ada.tile).toContainText('Microphone off');
  expect(await silenced()).toEqual([true]);

  await bob.microphone.click();
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.tile).not.toContainText('Microphone off');
  expect(await silenced()).toEqual([false]);
});

test('what was switched off before joining stays off', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.openLobby(room);
  await bob.camera.click();
  await bob.microphone.click();
  await bob.joinAs('Bob');
  await ada.expectState('connected');
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'false');
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'false');
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');
  await expect(ada.tile).toContainText('Microphone off');
  await expect
    .poll(async () => (await ownTracks(bob.page)).filter((t) => t.kind === 'video' && t.state === 'live'))
    .toEqual([]);
});
