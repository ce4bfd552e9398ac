// Calls that nothing but the TURN server inside carries.

import { expect, test } from './fixtures.ts';
import { expectMedia } from './media.ts';
import { expiry, localCandidate, relayedBy, way, type Relayed } from './relay.ts';

for (const transport of ['udp', 'tcp'] as const) {
  test(`a call goes over the relay by ${transport.toUpperCase()} alone`, async ({ person, room }) => {
    const prepare = relayedBy(transport);
    const [ada, bob] = [await person({ prepare }), await person({ prepare })];
    await ada.enter(room, 'Ada');
    await bob.enter(room, 'Bob');
    for (const one of [ada, bob]) {
      await expectMedia(one.page);
      expect(await way(one.page)).toEqual(['relay', transport]);
    }
  });
}

test('when its logins for the relay have run out, a call finds a new way with new ones', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--turn-login-seconds', '10', '--heartbeat-ms', '1000');
  const options = { url, prepare: relayedBy('udp') };
  const [ada, bob] = [await person(options), await person(options)];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await expectMedia(one.page);
  const [first, { port }] = [await expiry(ada.page), await localCandidate(ada.page)];
  await expect.poll(() => expiry(ada.page)).toBeGreaterThan(first + 10);
  await ada.page.evaluate(() => (window as unknown as Relayed).relayed[0]!.restartIce());
  await expect.poll(async () => (await localCandidate(ada.page)).port).not.toBe(port);
  for (const one of [ada, bob]) await expectMedia(one.page);
});

test('a call over the relay goes on after the server was started anew', async ({ make, person, room }) => {
  const server = await make.server();
  const options = { url: server.url, prepare: relayedBy('udp') };
  const [ada, bob] = [await person(options), await person(options)];
  for (const one of [ada, bob]) one.allowLostServer();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await expectMedia(one.page);
  await server.stop();
  await server.restart();
  for (const one of [ada, bob]) await expectMedia(one.page);
});

test('with HTTPS the relay is reached by TLS, at the port of the pages', async ({
  make,
  person,
  room,
  browserName,
}) => {
  const server = await make.server('--tls-self-signed');
  const browser = await make.browserThatTrusts(server, browserName);
  // Firefox speaks TLS only to relays that have a name.
  const options = { url: server.url.replace('127.0.0.1', 'localhost'), browser, prepare: relayedBy('tls') };
  const [ada, bob] = [await person(options), await person(options)];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) {
    await expectMedia(one.page);
    expect(await way(one.page)).toEqual(['relay', 'tls']);
  }
});

test('who was let past the warning about its certificate reaches the relay by TCP', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--tls-self-signed');
  const options = { url, ignoreHTTPSErrors: true, prepare: relayedBy('stream') };
  const [ada, bob] = [await person(options), await person(options)];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) {
    await expectMedia(one.page);
    expect(await way(one.page)).toEqual(['relay', 'tcp']);
  }
});
