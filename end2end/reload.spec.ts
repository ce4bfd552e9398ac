import { expect, test } from './fixtures.ts';
import { connections, expectMedia } from './media.ts';

test('reloads, now of one side, now of the other, each get the seat back', async ({
  person,
  room,
  browserName,
}) => {
  // Firefox takes three times as long for each.
  const reloads = browserName === 'chromium' ? 20 : 8;
  const [ada, bob] = [await person(), await person()];
  // Through the lobby or not: a reload asks nothing.
  await ada.enter(room, 'Ada');
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await expectMedia(ada.page);
  await expectMedia(bob.page);

  for (let round = 0; round < reloads; round += 1) {
    const [reloading, staying] = round % 2 === 0 ? [ada, bob] : [bob, ada];
    await test.step(`reload ${round + 1}`, async () => {
      await reloading.reload();
      await expectMedia(reloading.page);
      await expectMedia(staying.page);
      await expect(staying.tile).toHaveCount(1);
      expect((await connections(reloading.page)).made).toBe(1);
      await expect.poll(async () => (await connections(staying.page)).open).toBe(1);
    });
  }
});

test('two tabs of one browser keep their names', async ({ person, room }) => {
  const ada = await person();
  const bob = await ada.another();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await bob.expectState('connected');
  await ada.reload();
  await ada.expectState('connected');
  await expect(bob.tile).toContainText('Ada');
  await expect(bob.status).toHaveText('In a call with Ada');
  // Who comes later is asked for the name last given.
  const eve = await ada.another();
  await eve.openLobby(`${room}-other`);
  await expect(eve.name).toHaveValue('Bob');
});

test('who was silent and unseen is so after a reload', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await ada.microphone.click();
  await ada.camera.click();
  await expect(bob.tile).toContainText('Microphone off');

  await ada.reload();
  await ada.expectState('connected');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'false');
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'false');
  await expectMedia(ada.page);
  await expect(bob.tile).toContainText('Ada');
  await expect(bob.tile).toContainText('Microphone off');
});
