// This device moves to another network.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { connections, expectChannelsAgreed, expectMedia, expectUnbrokenFlow, watchFlow } from './media.ts';
import { seats } from './wire.ts';

/** Names the generation of ICE that a page is in: a restart begins another. */
async function generation(page: Page): Promise<string | undefined> {
  const description = await page.evaluate(
    () => window.watched[0]?.connection.currentLocalDescription?.sdp ?? '',
  );
  return /^a=ice-ufrag:(.+)$/m.exec(description)?.[1];
}

/** What a browser says when it has a network again. */
const moved = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('online')));

const restartIce = (page: Page) => page.evaluate(() => window.watched[0]?.connection.restartIce());

for (const who of ['one side', 'both sides']) {
  test(`ICE is restarted by ${who}, without a gap`, async ({ person, room }) => {
    const [ada, bob] = [await person(), await person()];
    await ada.enter(room, 'Ada');
    await bob.enter(room, 'Bob');
    const both = [ada.page, bob.page];
    for (const page of both) await expectMedia(page);
    for (const page of both) await watchFlow(page);
    const before = await Promise.all(both.map(generation));

    await Promise.all((who === 'one side' ? [bob.page] : both).map(restartIce));
    await expect
      .poll(async () => (await Promise.all(both.map(generation))).map((now, i) => now !== before[i]))
      .toEqual([true, true]);
    for (const one of [ada, bob]) {
      await expectMedia(one.page);
      await expectUnbrokenFlow(one.page);
      await one.expectState('connected');
      expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
    }
  });
}

test('a path over which media still arrives is left alone when the network is new', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  const both = [ada.page, bob.page];
  for (const page of both) await expectMedia(page);
  // After new logins for relays Chromium restarts ICE with the next offer, whatever it is for.
  for (const page of both) await expectChannelsAgreed(page);
  const before = await Promise.all(both.map(generation));

  for (const page of both) await watchFlow(page);
  await moved(bob.page);
  await expect.poll(async () => (await seats(bob.page)).length, 'the socket is a new one').toBe(2);
  await expect.poll(() => bob.page.evaluate(() => window.flow.length)).toBeGreaterThan(5);
  for (const one of [ada, bob]) {
    await expectUnbrokenFlow(one.page);
    await one.expectState('connected');
  }
  expect(await Promise.all(both.map(generation))).toEqual(before);
});
