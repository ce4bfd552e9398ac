import { localTracks } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

test('switching the camera off puts its light out, and the other sees that', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await ada.expectToSeeAndHear();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'true');

  await bob.camera.click();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => localTracks(bob.page)).toContain('video: ended');
  await expect(ada.tileOf('Bob')).toHaveAttribute('data-picture', 'false');

  await bob.camera.click();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.tileOf('Bob')).toHaveAttribute('data-picture', 'true');
  await ada.expectToSeeAndHear();
  await ada.expectState('connected');
});

test('a muted microphone sends silence, and the other sees that', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await ada.expectToSeeAndHear();

  await bob.microphone.click();
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'false');
  await expect(ada.tileOf('Bob').getByText('Microphone off')).toBeAttached();
  // Two seconds of sound in which nothing is to be heard; the fake microphone beeps every second.
  const quiet = async () => {
    const before = await ada.received();
    await expect.poll(async () => (await ada.received()).samples - before.samples).toBeGreaterThan(96_000);
    return (await ada.received()).energy - before.energy;
  };
  await expect.poll(quiet).toBeLessThan(1e-6);

  await bob.microphone.click();
  await expect(ada.tileOf('Bob').getByText('Microphone off')).not.toBeAttached();
  await ada.expectToSeeAndHear();
});

test('what was switched off before somebody came is known to them', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.openLobby(room);
  await expect(ada.camera).toHaveAttribute('data-device', 'on');
  await ada.camera.click();
  await ada.microphone.click();
  await ada.nameField.fill('Ada');
  await ada.joinButton.click();
  await ada.expectState('waiting');

  const bob = await person({ name: 'Bob' });
  await bob.joinNow(room);
  await bob.expectState('connected');
  await expect(bob.tileOf('Ada')).toHaveAttribute('data-picture', 'false');
  await expect(bob.tileOf('Ada').getByText('Microphone off')).toBeAttached();
  await ada.expectToSeeAndHear();
});

test('keys steer microphone and camera', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');
  await expect(ada.camera).toHaveAttribute('data-device', 'on');
  await ada.page.keyboard.press('v');
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'false');
  await ada.page.keyboard.press('m');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'false');
});
