import { localTracks } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

test('who refuses camera and microphone is told, and can join to watch and listen', async ({ person, launch, browserName, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');

  const refusing = await launch(browserName === 'firefox' ? 'firefox' : 'chromium', { denyMedia: true });
  const bob = await person({ name: 'Bob', browser: refusing });
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
  await bob.openLobby(room, server.insecureUrl);
  expect(await bob.page.evaluate(() => window.isSecureContext)).toBe(false);
  await expect(bob.page.getByText('HTTPS')).toBeVisible();

  // Without devices one can still watch and listen.
  await bob.joinButton.click();
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await bob.expectToSeeAndHear();
});
