// Calls that nothing but the TURN server inside carries.

import { expect, test } from './fixtures.ts';
import { expectMedia } from './media.ts';
import type { Page } from '@playwright/test';

/** Leaves connections no way but over a relay that is reached like this. */
function relayedBy(transport: string): () => void {
  return new Function(`
    const relayed = (configuration) => ({
      ...configuration,
      iceServers: configuration.iceServers.map((server) =>
        ({ ...server, urls: server.urls.filter((url) => url.endsWith('transport=${transport}')) })),
      iceTransportPolicy: 'relay',
    });
    const Direct = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Direct {
      constructor(configuration) {
        super(relayed(configuration));
        (window.relayed ??= []).push(this);
      }
      setConfiguration(configuration) {
        super.setConfiguration(relayed(configuration));
      }
    };
  `) as () => void;
}

interface Relayed {
  relayed: RTCPeerConnection[];
}

/** The candidate on this side of the pair that the page's connection uses. */
async function localCandidate(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const [connection] = (window as unknown as Relayed).relayed;
    const stats = [...(await connection!.getStats()).values()];
    const pair = stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
    return stats.find(({ id }) => id === pair?.localCandidateId) ?? {};
  });
}

/** Its kind, and how the relay is reached. */
async function way(page: Page): Promise<unknown> {
  const { candidateType, relayProtocol } = await localCandidate(page);
  return [candidateType, relayProtocol];
}

/** Until when the page's login for the relay is good, in seconds since 1970. */
async function expiry(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { iceServers } = (window as unknown as Relayed).relayed[0]!.getConfiguration();
    return Number.parseInt(iceServers![0]!.username!, 10);
  });
}

for (const transport of ['udp', 'tcp']) {
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

test('a call outlives its logins for the relay, and finds a new way with new ones', async ({ make, person, room }) => {
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

test('with HTTPS the relay is reached by TLS, at the port of the pages', async ({ make, person, room, browserName }) => {
  const server = await make.server('--tls-self-signed');
  const browser = await make.browserThatTrusts(server, browserName);
  // Firefox speaks TLS only to relays that have a name.
  const options = { url: server.url.replace('127.0.0.1', 'localhost'), browser, prepare: relayedBy('tcp') };
  const [ada, bob] = [await person(options), await person(options)];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) {
    await expectMedia(one.page);
    expect(await way(one.page)).toEqual(['relay', 'tls']);
  }
});
