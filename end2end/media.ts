// What goes over the wire and what is seen: connections, statistics, pictures.

import { expect, type BrowserContext, type Page } from '@playwright/test';

/** A peer connection of the page and what was done with it. */
interface Watched {
  connection: RTCPeerConnection;
  offers: number;
}

declare global {
  interface Window {
    /** Every peer connection of the page, oldest first. */
    watched: Watched[];
  }
}

/** What the connections of a page that are still open have received. */
export interface Received {
  frames: number;
  /** Samples, or packets in browsers that do not count samples. */
  audio: number;
}

/** Remembers the peer connections of pages yet to be loaded. */
export async function watchConnections(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const Original = window.RTCPeerConnection;
    const watched: Watched[] = [];
    window.watched = watched;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        const entry: Watched = { connection: this, offers: 0 };
        watched.push(entry);
        this.addEventListener('signalingstatechange', () => {
          if (this.signalingState === 'have-local-offer') entry.offers += 1;
        });
      }
    };
  });
}

export async function received(page: Page): Promise<Received> {
  return page.evaluate(async () => {
    const total = { frames: 0, audio: 0 };
    for (const { connection } of window.watched) {
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        if (report.kind === 'video') total.frames += report.framesDecoded ?? 0;
        if (report.kind === 'audio') total.audio += report.totalSamplesReceived ?? report.packetsReceived ?? 0;
      }
    }
    return total;
  });
}

/** How many connections were ever made, how many are open, how many offers were made. */
export async function connections(page: Page): Promise<{ made: number; open: number; offers: number }> {
  return page.evaluate(() => ({
    made: window.watched.length,
    open: window.watched.filter(({ connection }) => connection.connectionState !== 'closed').length,
    offers: window.watched.reduce((sum, { offers }) => sum + offers, 0),
  }));
}

/** More frames are decoded from now on. */
export async function expectFramesToGrow(page: Page, by = 5): Promise<void> {
  const before = await received(page);
  await expect.poll(async () => (await received(page)).frames - before.frames, 'decoded frames').toBeGreaterThan(by);
}

/** More sound arrives from now on. */
export async function expectSoundToGrow(page: Page): Promise<void> {
  const before = await received(page);
  await expect.poll(async () => (await received(page)).audio - before.audio, 'received sound').toBeGreaterThan(5);
}

/** The picture of the one other person is shown, playing, with sound. */
export async function expectPicture(page: Page): Promise<void> {
  const video = page.getByTestId('remote-video');
  await expect(video).toHaveCount(1);
  await expect(video).toBeVisible();
  await expect
    .poll(() => video.evaluate((v: HTMLVideoElement) => ({ muted: v.muted, paused: v.paused, wide: v.videoWidth > 0 })))
    .toEqual({ muted: false, paused: false, wide: true });
}

/** This person sees and hears the other one, now. */
export async function expectMedia(page: Page): Promise<void> {
  await expectPicture(page);
  await expectFramesToGrow(page);
  await expectSoundToGrow(page);
}

/** The states of the tracks that this page ever got from the person's devices, by kind. */
export async function ownTracks(page: Page): Promise<{ kind: string; state: string }[]> {
  return page.evaluate(() => window.tracks.map((track) => ({ kind: track.kind, state: track.readyState })));
}

declare global {
  interface Window {
    /** Every track that `getUserMedia` gave, oldest first. */
    tracks: MediaStreamTrack[];
  }
}

/** Remembers the tracks of the person's devices in pages yet to be loaded. */
export async function watchTracks(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.tracks = [];
    // Pages of an insecure origin have no devices.
    if (!navigator.mediaDevices) return;
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  });
}
