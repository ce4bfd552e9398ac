// The way to the server is lost while that between the two people is not.

import { expect, test } from './fixtures.ts';
import { connections, expectMedia, expectUnbrokenFlow, watchFlow } from './media.ts';
import { seats, typesHeard } from './wire.ts';

const CUTS = 20;

test(`${CUTS} lost sockets, now of one side, now of the other, leave no gap in a call`, async ({
  make,
  person,
  room,
  server,
}) => {
  const ways = [await make.wayTo(server), await make.wayTo(server)];
  const people = await Promise.all(ways.map(({ url }) => person({ url })));
  const [ada, bob] = [people[0]!, people[1]!];
  for (const one of people) one.allowLostServer();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of people) await expectMedia(page);
  for (const { page } of people) await watchFlow(page);
  const own = await Promise.all(people.map(async ({ page }) => (await seats(page))[0]));

  for (let cut = 0; cut < CUTS; cut += 1) {
    const side = cut % 2;
    const times = 2 + Math.floor(cut / 2);
    ways[side]!.sever();
    // The same seat, once more.
    await expect.poll(() => seats(people[side]!.page)).toEqual(Array(times).fill(own[side]));
  }

  for (const one of people) {
    await one.expectState('connected');
    await expectUnbrokenFlow(one.page);
    await expectMedia(one.page);
    expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
  }
  // The last socket carries what is said from now on.
  await ada.microphone.click();
  await expect(bob.tile).toContainText('Microphone off');
});

test('a way that swallows everything is noticed on both sides, and another found', async ({
  make,
  person,
  room,
}) => {
  const server = await make.server('--heartbeat-ms', '1000');
  const way = await make.wayTo(server);
  const [ada, bob] = [await person({ url: way.url }), await person({ url: server.url })];
  ada.allowLostServer();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expectMedia(bob.page);
  await watchFlow(ada.page);
  await watchFlow(bob.page);
  const [id] = await seats(ada.page);

  way.fallSilent();
  await ada.expectState('reconnecting');
  await expect(bob.tile).toContainText('Ada is reconnecting');
  // Bob still sees and hears her.
  await bob.expectState('connected');
  way.recover();
  for (const one of [ada, bob]) {
    await one.expectState('connected');
    await expectUnbrokenFlow(one.page);
    await expectMedia(one.page);
    expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
  }
  await expect(bob.tile).not.toContainText('Ada is reconnecting');
  expect(new Set(await seats(ada.page))).toEqual(new Set([id]));
  await ada.microphone.click();
  await expect(bob.tile).toContainText('Microphone off');
});

test('who is without signaling for longer than seats are kept, but seen, is still in the call', async ({
  make,
  person,
  room,
}) => {
  const window = 3_000;
  const server = await make.server('--heartbeat-ms', '1000', '--resume-window-ms', `${window}`);
  const way = await make.wayTo(server);
  const [ada, bob] = [await person({ url: way.url }), await person({ url: server.url })];
  ada.allowLostServer();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of [ada, bob]) await expectMedia(page);
  for (const { page } of [ada, bob]) await watchFlow(page);
  const [id] = await seats(ada.page);

  way.fallSilent();
  await expect(bob.tile).toContainText('Ada is reconnecting');
  const missedAt = Date.now();
  // Nobody slips into her seat meanwhile.
  const eve = await person({ url: server.url });
  await expect.poll(() => Date.now() - missedAt).toBeGreaterThan(3 * window);
  await eve.enter(room, 'Eve');
  await eve.expectState('full');
  expect(await typesHeard(bob.page)).not.toContain('peer_left');

  way.recover();
  await expect(bob.tile).not.toContainText('Ada is reconnecting');
  for (const one of [ada, bob]) {
    await one.expectState('connected');
    await expectUnbrokenFlow(one.page);
    expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
  }
  expect(new Set(await seats(ada.page))).toEqual(new Set([id]));
});
