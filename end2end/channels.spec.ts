// The data channels of connections: opened once the call is up, by both sides, in one exchange.

import { expect, skip, test, type Person } from './fixtures.ts';
import { firefoxOptions } from './launch.mjs';
import { connections, expectMedia, expectUnbrokenFlow, watchFlow } from './media.ts';

declare global {
  interface Window {
    /** Every data channel that this page has opened or accepted, oldest first. */
    channels: RTCDataChannel[];
  }
}

/** Takes down the channels that the page opens. */
function watchChannels(): void {
  const channels: RTCDataChannel[] = [];
  window.channels = channels;
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (...args) {
    const channel = create.apply(this, args);
    channels.push(channel);
    return channel;
  };
}

const states = ({ page }: Person) =>
  page.evaluate(() => window.channels.map(({ label, id, readyState }) => `${label} ${id} ${readyState}`));

async function expectChannels(people: Person[]): Promise<void> {
  for (const one of people) await expect.poll(() => states(one)).toEqual(['chat 0 open']);
}

async function expectOneExchange(people: Person[]): Promise<void> {
  const all = await Promise.all(people.map(({ page }) => connections(page)));
  expect(all.map(({ made }) => made), 'connections').toEqual(people.map(() => 1));
  const sum = (pick: (one: (typeof all)[number]) => number) => all.reduce((sum, one) => sum + pick(one), 0);
  expect([sum(({ offers }) => offers), sum(({ channelOffers }) => channelOffers)]).toEqual([1, 1]);
}

test('both sides open the channel in one exchange, and media goes on', async ({ person, room }) => {
  const people = [await person({ prepare: watchChannels }), await person({ prepare: watchChannels })];
  const [ada, bob] = people as [Person, Person];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of people) await expectMedia(page);
  for (const { page } of people) await watchFlow(page);
  await expectChannels(people);
  for (const { page } of people) await expectMedia(page);
  for (const { page } of people) await expectUnbrokenFlow(page);
  await expectOneExchange(people);

  await bob.reload();
  for (const { page } of people) await expectMedia(page);
  await expect.poll(async () => (await states(ada)).at(-1)).toBe('chat 0 open');
  await expectChannels([bob]);
});

test('a channel that closes while its connection lives is opened again', async ({ person, room }) => {
  const people = [await person({ prepare: watchChannels }), await person({ prepare: watchChannels })];
  const [ada, bob] = people as [Person, Person];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectChannels(people);
  await ada.page.evaluate(() => window.channels[0]?.close());
  for (const one of people) {
    await expect.poll(() => states(one), { timeout: 20_000 }).toEqual(['chat 0 closed', 'chat 0 open']);
  }
  await expectOneExchange(people);
});

for (const firefoxIsFirst of [false, true]) {
  test(`between Chromium and Firefox, ${firefoxIsFirst ? 'Firefox' : 'Chromium'} first`, async ({
    person,
    playwright,
    room,
    browserName,
  }) => {
    if (browserName !== 'chromium') skip('starts both browsers itself');
    const firefox = await playwright.firefox.launch(firefoxOptions());
    try {
      const options = [{}, { browser: firefox }];
      if (firefoxIsFirst) options.reverse();
      const people: Person[] = [];
      for (const one of options) people.push(await person({ ...one, prepare: watchChannels }));
      for (const one of people) {
        await one.enter(room, 'Ada');
        await expect(one.leave).toBeVisible();
      }
      for (const { page } of people) await expectMedia(page);
      await expectChannels(people);
      for (const { page } of people) await expectMedia(page);
      await expectOneExchange(people);
    } finally {
      await firefox.close();
    }
  });
}

/** This page has no data channels, and its answers refuse their section, as other programs do. */
function refuseChannels(): void {
  RTCPeerConnection.prototype.createDataChannel = () => {
    throw new DOMException('', 'NotSupportedError');
  };
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    const message = JSON.parse(String(data));
    const signal = message.signal ?? {};
    if (signal.kind !== 'answer' || !signal.sdp.includes('m=application')) return send.call(this, data);
    const mid = /m=application[^]*?a=mid:(\S+)/.exec(signal.sdp)?.[1];
    const without = (group: string) => group.split(' ').filter((of) => of !== mid).join(' ');
    signal.sdp = signal.sdp
      .replace(/m=application \d+/, 'm=application 0')
      .replace(/a=group:BUNDLE [^\r\n]*/, without);
    return send.call(this, JSON.stringify(message));
  };
}

test('who refuses data channels is asked once, and the call goes on', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: watchChannels }), await person({ prepare: refuseChannels })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of [ada, bob]) await expectMedia(page);
  const asked = () => connections(ada.page);
  await expect.poll(async () => (await asked()).channelOffers).toBe(1);
  const since = Date.now();
  for (const { page } of [ada, bob]) await watchFlow(page);
  // Chromium alone would ask dozens of times meanwhile.
  for (const { page } of [ada, bob, ada, bob]) await expectMedia(page);
  for (const { page } of [ada, bob]) await expectUnbrokenFlow(page);
  const { made, offers, channelOffers } = await asked();
  expect(made).toBe(1);
  // An offer is held back for 30 s.
  const held = Math.floor((Date.now() - since) / 30_000);
  expect(offers + channelOffers - held, 'the first, that of the channel, one under way').toBeLessThan(4);
});

/** The first channel of this page seems to fail before it is open. */
function failOnce(): void {
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (...args) {
    RTCPeerConnection.prototype.createDataChannel = create;
    const channel = create.apply(this, args);
    void Promise.resolve().then(() => channel.dispatchEvent(new Event('close')));
    return channel;
  };
}

test('a channel that fails before it is open holds back nothing else', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: failOnce }), await person({ prepare: watchChannels })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of [ada, bob]) await expectMedia(page);
  const section = () => window.watched[0]!.connection.sctp !== null;
  await expect.poll(() => ada.page.evaluate(section)).toBe(true);
  await ada.page.evaluate(() => { window.watched[0]!.connection.addTransceiver('video'); });
  await expect.poll(async () => (await connections(ada.page)).offers).toBe(2);
  for (const { page } of [ada, bob]) await expectMedia(page);
});
