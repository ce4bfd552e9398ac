// Calls that nothing but the TURN server inside carries.

import { expect, test } from './fixtures.ts';
import { expectMedia } from './media.ts';
import type { Page } from '@playwright/test';

/** Leaves connections no way but over a relay that is reached like this. */
function relayedBy(transport: string): () => void {
  return new Function(`
    const Direct = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Direct {
      constructor(configuration) {
        const iceServers = configuration.iceServers.map((server) =>
          ({ ...server, urls: server.urls.filter((url) => url.endsWith('transport=${transport}')) }));
        super({ ...configuration, iceServers, iceTransportPolicy: 'relay' });
        (window.relayed ??= []).push(this);
      }
    };
  `) as () => void;
}

/** Kinds of the candidates that the page's connection uses, and how its relay is reached. */
async function ways(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const [connection] = (window as unknown as { relayed: RTCPeerConnection[] }).relayed;
    const stats = [...(await connection!.getStats()).values()];
    const pair = stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
    const local = stats.find(({ id }) => id === pair?.localCandidateId);
    return [local?.candidateType, local?.relayProtocol];
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
      expect(await ways(one.page)).toEqual(['relay', transport]);
    }
  });
}

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
    expect(await ways(one.page)).toEqual(['relay', 'tls']);
  }
});
