// The server goes, and another takes its place: the call does not notice.

import { expect, test } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia, expectUnbrokenFlow, watchFlow } from './media.ts';
import type { Server } from './server.ts';
import { seats } from './wire.ts';

const ENDS: Record<string, (server: Server) => Promise<void>> = {
  'crashes and comes back': (server) => server.kill(),
  'is replaced by a new one': async (server) => expect(await server.stop(), 'exit status').toBe(0),
};

for (const [happens, end] of Object.entries(ENDS)) {
  test(`a server that ${happens} leaves no gap in a call`, async ({ person, room, server }) => {
    const [ada, bob] = [await person(), await person()];
    const both = [ada, bob];
    for (const one of both) one.allowLostServer();
    await ada.enter(room, 'Ada');
    await bob.enter(room, 'Bob');
    for (const { page } of both) await expectMedia(page);
    for (const { page } of both) await watchFlow(page);
    const before = await Promise.all(both.map(({ page }) => seats(page)));

    await end(server);
    for (const one of both) {
      await expect(one.page.getByText("The server can't be reached.")).toBeVisible();
      await one.expectState('reconnecting');
    }
    // Without a server media goes on between the two.
    for (const { page } of both) await expectFramesToGrow(page, 20);

    await server.restart();
    for (const one of both) {
      await one.expectState('connected');
      await expect(one.page.getByText("The server can't be reached.")).toHaveCount(0);
      await expectMedia(one.page);
      await expectUnbrokenFlow(one.page);
      expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
    }
    // Each has the seat that it had, and the new server carries what is said from now on.
    const after = await Promise.all(both.map(({ page }) => seats(page)));
    expect(after).toEqual(before.map(([id]) => [id, id]));
    await bob.microphone.click();
    await expect(ada.tile).toContainText('Microphone off');
  });
}
