// Calls that have no way but over a relay.

import type { Page } from '@playwright/test';

const URLS = {
  udp: '^turn:.*transport=udp$',
  tcp: '^turn:.*transport=tcp$',
  tls: '^turns:',
  stream: 'transport=tcp$',
};

/** Leaves connections no way but over a relay that is reached like this. */
export function relayedBy(transport: keyof typeof URLS): () => void {
  return new Function(`
    const relayed = (configuration) => ({
      ...configuration,
      iceServers: configuration.iceServers.map((server) =>
        ({ ...server, urls: server.urls.filter((url) => /${URLS[transport]}/.test(url)) })),
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

export interface Relayed {
  relayed: RTCPeerConnection[];
}

/** The candidate on this side of the pair that the page's connection uses. */
export async function localCandidate(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(async () => {
    const [connection] = (window as unknown as Relayed).relayed;
    const stats = [...(await connection!.getStats()).values()];
    // Chromium names the pair in use, Firefox marks it; others stay nominated for a while.
    const chosen = stats.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
    const pair = stats.find(
      ({ type, id, selected }) => type === 'candidate-pair' && (chosen ? id === chosen : selected),
    );
    return stats.find(({ id }) => id === pair?.localCandidateId) ?? {};
  });
}

/** Its kind, and how the relay is reached. */
export async function way(page: Page): Promise<unknown> {
  const { candidateType, relayProtocol } = await localCandidate(page);
  return [candidateType, relayProtocol];
}

/** Until when the page's login for the relay is good, in seconds since 1970. */
export async function expiry(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { iceServers } = (window as unknown as Relayed).relayed[0]!.getConfiguration();
    return Number.parseInt(iceServers![0]!.username!, 10);
  });
}
