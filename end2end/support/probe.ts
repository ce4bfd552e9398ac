// What the tests put into every page before its own scripts run, and what they read from it later.
// Nothing here changes what the page does, except that a held camera is given later.
import type { Page } from '@playwright/test';

interface Probe {
  connections: RTCPeerConnection[];
  tracks: MediaStreamTrack[];
  languages: string[];
  giveMedia: () => void;
}

declare global {
  interface Window {
    probe: Probe;
  }
}

/** What a page has received over the connections that are open, and how many of these it has made. */
export interface Received {
  connectionsMade: number;
  /** Frames of video that were decoded. */
  frames: number;
  /** Samples of sound that were played out. */
  samples: number;
  /** Grows while there is something to hear, and stays the same in silence. */
  energy: number;
}

/** Runs in the page. */
export function installProbe({ holdMedia }: { holdMedia: boolean }): void {
  let giveMedia = (): void => {};
  const given = holdMedia ? new Promise<void>((resolve) => (giveMedia = resolve)) : Promise.resolve();
  const probe: Probe = { connections: [], tracks: [], languages: [], giveMedia };
  window.probe = probe;

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      probe.connections.push(this);
    }
  };

  const devices = navigator.mediaDevices;
  if (devices) {
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      await given;
      const stream = await ask(constraints);
      probe.tracks.push(...stream.getTracks());
      return stream;
    };
  }

  // The console is watched by every test.
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    console.error(`content security policy: ${violatedDirective} blocked ${blockedURI}`);
  });

  const noteLanguage = (): void => {
    const language = document.documentElement?.lang;
    if (language && language !== probe.languages.at(-1)) probe.languages.push(language);
  };
  new MutationObserver(noteLanguage).observe(document, { attributes: true, childList: true, subtree: true });
}

/** What a page has received so far. */
export function received(page: Page): Promise<Received> {
  return page.evaluate(async () => {
    const { connections } = window.probe;
    const sum = { connectionsMade: connections.length, frames: 0, samples: 0, energy: 0 };
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        sum.frames += report.framesDecoded ?? 0;
        sum.samples += report.totalSamplesReceived ?? 0;
        sum.energy += report.totalAudioEnergy ?? 0;
      }
    }
    return sum;
  });
}

/** The states of all tracks that the browser has ever given to the page, as in `video: live`. */
export function localTracks(page: Page): Promise<string[]> {
  return page.evaluate(() => window.probe.tracks.map((track) => `${track.kind}: ${track.readyState}`));
}

/** The values that `<html lang>` has had, in their order. */
export function languagesShown(page: Page): Promise<string[]> {
  return page.evaluate(() => window.probe.languages);
}
