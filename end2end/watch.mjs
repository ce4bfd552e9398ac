// Watches what peer connections receive, from inside the page: both browsers can do that.

/** @import { BrowserContext } from '@playwright/test' */

/**
 * Remembers the peer connections of pages yet to be loaded, as `window.watched`, and counts what they have
 * received.
 *
 * @param {BrowserContext} context
 */
export async function watchConnections(context) {
  await context.addInitScript(() => {
    const Original = window.RTCPeerConnection;
    /** @type {typeof window.watched} */
    const watched = [];
    window.watched = watched;
    window.RTCPeerConnection = class extends Original {
      /** @param {RTCConfiguration} [configuration] */
      constructor(configuration) {
        super(configuration);
        const entry = { connection: this, offers: 0, channelOffers: 0 };
        watched.push(entry);
        const hasChannels = (/** @type {RTCSessionDescription | null} */ description) =>
          description?.sdp.includes('m=application') ?? false;
        this.addEventListener('signalingstatechange', () => {
          if (this.signalingState !== 'have-local-offer') return;
          const { localDescription, currentLocalDescription } = this;
          const isForChannels = hasChannels(localDescription) && !hasChannels(currentLocalDescription);
          entry[isForChannels ? 'channelOffers' : 'offers'] += 1;
        });
      }
    };
    window.received = async () => {
      const total = { frames: 0, samples: 0, energy: 0, seconds: 0 };
      for (const { connection } of watched) {
        if (connection.connectionState === 'closed') continue;
        for (const report of (await connection.getStats()).values()) {
          if (report.type !== 'inbound-rtp') continue;
          if (report.kind === 'video') total.frames += report.framesDecoded ?? 0;
          if (report.kind !== 'audio') continue;
          total.samples += (report.totalSamplesReceived ?? 0) - (report.concealedSamples ?? 0);
          total.energy += report.totalAudioEnergy ?? 0;
          total.seconds += report.totalSamplesDuration ?? 0;
        }
      }
      return total;
    };
  });
}
