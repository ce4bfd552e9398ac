import { expect, test } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia } from './media.ts';

test('a server that crashes and comes back does not end a call', async ({ person, room, server }) => {
  const [ada, bob] = [await person(), await person()];
  // What the browser itself logs about a server that is gone.
  for (const one of [ada, bob]) one.allow(/WebSocket connection to|can.t establish a connection to the server/);
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expectMedia(bob.page);

  await server.kill();
  await expect(ada.page.getByText("The server can't be reached.")).toBeVisible();
  await expect(bob.page.getByText("The server can't be reached.")).toBeVisible();
  // The gap: media goes on between the two.
  await expectFramesToGrow(ada.page, 20);
  await expectFramesToGrow(bob.page, 20);

  await server.restart();
  await ada.expectState('connected');
  await bob.expectState('connected');
  await expect(ada.page.getByText("The server can't be reached.")).toHaveCount(0);
  await expect(bob.page.getByText("The server can't be reached.")).toHaveCount(0);
  await expectMedia(ada.page);
  await expectMedia(bob.page);
  expect(await connections(ada.page)).toMatchObject({ made: 1, open: 1 });
  expect(await connections(bob.page)).toMatchObject({ made: 1, open: 1 });

  // Signaling works again: what Bob does is seen.
  await bob.microphone.click();
  await expect(ada.tile).toContainText('Microphone off');
});
