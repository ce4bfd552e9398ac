import { localTracks } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

test('who refuses camera and microphone is told, and can join to watch and listen', async ({ person, launch, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');

  const bob = await person({ name: 'Bob', browser: await launch({ denyMedia: true }) });
  await bob.openLobby(room);
  await expect(bob.page.getByText('No permission to use your camera and microphone')).toBeVisible();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'false');
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'false');
  expect(await localTracks(bob.page)).toEqual([]);

  await bob.joinButton.click();
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await bob.expectToSeeAndHear();
});

test('on an address that browsers do not trust, the page says that cameras need HTTPS', async ({ person, server, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');

  const bob = await person({ name: 'Bob' });
  // Chromium finds the header worth an error on such an address.
  bob.expectProblems(/Cross-Origin-Opener-Policy header has been ignored/);
  await bob.openLobby(room, server.insecureUrl);
  expect(await bob.page.evaluate(() => window.isSecureContext)).toBe(false);
  await expect(bob.page.getByText('HTTPS')).toBeVisible();

  // Without devices one can still watch and listen.
  await bob.joinButton.click();
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await bob.expectToSeeAndHear();
});
