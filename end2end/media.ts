// What goes over the wire and what is seen: connections, statistics, pictures.

import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';

/** A peer connection of the page and what was done with it. */
interface Watched {
  connection: RTCPeerConnection;
  /** Offers of media. */
  offers: number;
  /** Offers that bring the section of the data channels. */
  channelOffers: number;
}

declare global {
  interface Window {
    /** Every peer connection of the page, oldest first. */
    watched: Watched[];
    /** What they have received. */
    received: () => Promise<Received>;
    /** What they had received, every half second since this was asked for. */
    flow: Moment[];
  }
}

/** What the connections of a page that are still open have received. */
export interface Received {
  /** Pictures that were decoded. */
  frames: number;
  /** Samples of sound that arrived: what the browser makes up for lost ones does not count. */
  samples: number;
  /** Grows with every sound, and stays the same in silence, whether nothing arrives or only silence does. */
  energy: number;
  /** Seconds of sound, silence and what was made up among it. */
  seconds: number;
}

/** What had been received at some time of the page's clock. */
interface Moment extends Received {
  atMs: number;
}

export async function received(page: Page): Promise<Received> {
  return page.evaluate(() => window.received());
}

/** From now on the page takes down what it receives. */
export async function watchFlow(page: Page): Promise<void> {
  await page.evaluate(() => {
    const flow: Moment[] = [];
    window.flow = flow;
    const note = async () => {
      flow.push({ atMs: performance.now(), ...(await window.received()) });
      if (window.flow === flow) setTimeout(note, 500);
    };
    void note();
  });
}

/**
 * Since `watchFlow` there was no half second without new pictures and new sound; there were so many, up to
 * now.
 */
export async function expectUnbrokenFlow(page: Page): Promise<number> {
  const flow = await page.evaluate(async () => {
    const { flow } = window;
    window.flow = [];
    return flow;
  });
  const growth = flow.slice(1).map((moment, i) => ({
    ms: Math.round(moment.atMs - flow[i]!.atMs),
    frames: grown(flow[i]!.frames, moment.frames),
    samples: grown(flow[i]!.samples, moment.samples),
  }));
  expect(growth.length, 'half seconds watched').toBeGreaterThan(0);
  expect(growth.filter(({ frames, samples }) => !(frames > 0 && samples > 0)), 'gaps').toEqual([]);
  return growth.length;
}

/** Firefox counts anew now and then within one connection. */
const grown = (before: number, now: number) => (now < before ? now : now - before);

interface Connections {
  made: number;
  open: number;
  offers: number;
  channelOffers: number;
}

/** How many connections were ever made, how many are open, how many offers were made and for what. */
export async function connections(page: Page): Promise<Connections> {
  return page.evaluate(() => ({
    made: window.watched.length,
    open: window.watched.filter(({ connection }) => connection.connectionState !== 'closed').length,
    offers: window.watched.reduce((sum, { offers }) => sum + offers, 0),
    channelOffers: window.watched.reduce((sum, { channelOffers }) => sum + channelOffers, 0),
  }));
}

/** The exchange for the data channels is over: what comes later is not because of them. */
export async function expectChannelsAgreed(page: Page): Promise<void> {
  const agreed = () =>
    window.watched.every(({ connection: { sctp, signalingState } }) => sctp && signalingState === 'stable');
  await expect.poll(() => page.evaluate(agreed), 'data channels are agreed on').toBe(true);
}

/** More frames are decoded from now on. */
export async function expectFramesToGrow(page: Page, by = 5): Promise<void> {
  const before = await received(page);
  await expect
    .poll(async () => (await received(page)).frames - before.frames, 'decoded frames')
    .toBeGreaterThan(by);
}

/** Something is to be heard from now on. */
export async function expectSoundToGrow(page: Page): Promise<void> {
  const before = await received(page);
  await expect
    .poll(async () => (await received(page)).energy - before.energy, 'received sound')
    .toBeGreaterThan(0);
}

/** Nothing is to be heard for two seconds; the made-up microphones sound at least once a second. */
export async function expectSilence(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const before = await received(page);
      await expect.poll(async () => (await received(page)).seconds - before.seconds).toBeGreaterThan(2);
      return (await received(page)).energy - before.energy;
    })
    .toBeLessThan(1e-6);
}

/** Pages yet to be loaded play elements that match only once somebody has clicked. */
export async function holdBack(page: Page, selector: string): Promise<void> {
  await page.addInitScript((selector) => {
    const { play } = HTMLMediaElement.prototype;
    let clicked = false;
    addEventListener('click', () => { clicked = true; }, true);
    HTMLMediaElement.prototype.play = async function () {
      if (clicked || !this.matches(selector)) return play.call(this);
      this.autoplay = false;
      this.pause();
      throw new DOMException('not before a click', 'NotAllowedError');
    };
  }, selector);
}

/** The element in which the sound of the same person plays. */
export function soundOf(video: Locator): Locator {
  return video.locator('xpath=..').getByTestId('remote-audio');
}

/** The picture of this element moves, and the sound that belongs to it plays. */
export async function expectPlaying(video: Locator, options: { timeout?: number } = {}): Promise<void> {
  const playing = (element: HTMLMediaElement) => {
    const tracks = (element.srcObject as MediaStream | null)?.getTracks() ?? [];
    const live = tracks.filter(({ enabled, readyState }) => enabled && readyState === 'live');
    const muted = element.muted || element.volume < 1;
    const { peer } = element.dataset;
    return { peer, state: { muted, paused: element.paused, tracks: live.map(({ kind }) => kind) } };
  };
  await expect(video).toBeVisible(options);
  // A tile can be replaced meanwhile, after a reload: each look is at one of them.
  const both = async () => {
    const picture = await video.evaluate(playing);
    const sound = await soundOf(video).evaluate(playing, undefined, options);
    const belong = picture.peer !== undefined && picture.peer === sound.peer;
    return { picture: picture.state, sound: sound.state, belong };
  };
  await expect.poll(both, options).toEqual({
    picture: { muted: true, paused: false, tracks: ['video'] },
    sound: { muted: false, paused: false, tracks: ['audio'] },
    belong: true,
  });
  await expect
    .poll(() => video.evaluate((video: HTMLVideoElement) => video.videoWidth > 0), options)
    .toBe(true);
  // Counters of frames shown are not kept by all browsers; the picture itself tells.
  const look = () =>
    video.evaluate((video: HTMLVideoElement) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
      const context = canvas.getContext('2d');
      context?.drawImage(video, 0, 0, 64, 36);
      return { peer: video.dataset.peer, picture: context?.getImageData(0, 0, 64, 36).data.join() };
    });
  let before = await look();
  const moves = async () => {
    const [last, now] = [before, await look()];
    before = now;
    return now.peer === last.peer && now.picture !== last.picture;
  };
  await expect.poll(moves, { message: 'the picture moves', ...options }).toBe(true);
}

/** The picture of the one other person is shown, playing, with sound. */
export async function expectPicture(page: Page): Promise<void> {
  const video = page.getByTestId('remote-video');
  await expect(video).toHaveCount(1);
  await expectPlaying(video);
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

/** What the pages of a call encode of cameras: pictures so far, and the height of the largest. */
export async function sentPictures(page: Page): Promise<{ frames: number; height: number }> {
  return page.evaluate(async () => {
    const sent = { frames: 0, height: 0 };
    for (const { connection } of window.watched) {
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type !== 'outbound-rtp' || stat.kind !== 'video') continue;
        sent.frames += stat.framesEncoded ?? 0;
        sent.height = Math.max(sent.height, stat.frameHeight ?? 0);
      }
    }
    return sent;
  });
}

/** No picture is encoded for two seconds, while the sound goes on. */
export async function expectNoPicturesSent(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const { frames } = await sentPictures(page);
      const before = await received(page);
      await expect.poll(async () => (await received(page)).seconds - before.seconds).toBeGreaterThan(2);
      return (await sentPictures(page)).frames - frames;
    })
    .toBe(0);
}

/** Pictures are encoded from now on. */
export async function expectPicturesSent(page: Page): Promise<void> {
  const { frames } = await sentPictures(page);
  await expect.poll(async () => (await sentPictures(page)).frames - frames).toBeGreaterThan(5);
}

/** How loud left and right are in the `nth` track of sound of the newest connection that has so many. */
async function sides(page: Page, nth: number): Promise<[number, number]> {
  return page.evaluate(async (nth) => {
    const tracks = window.watched.map(({ connection }) =>
      connection.getReceivers().map(({ track }) => track).filter(({ kind }) => kind === 'audio')[nth]);
    const track = tracks.findLast((track) => track);
    if (!track) return [0, 0];
    const context = new AudioContext();
    const split = context.createChannelSplitter(2);
    context.createMediaStreamSource(new MediaStream([track])).connect(split);
    const analysers = [0, 1].map((side) => {
      const analyser = context.createAnalyser();
      split.connect(analyser, side);
      return analyser;
    });
    await context.resume();
    const began = performance.now();
    const heard = [0, 0];
    while (performance.now() - began < 500) {
      await new Promise((done) => requestAnimationFrame(done));
      analysers.forEach((analyser, side) => {
        const samples = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(samples);
        heard[side] = Math.max(heard[side]!, ...samples);
      });
    }
    await context.close();
    return [heard[0]!, heard[1]!];
  }, nth);
}

/** Something is heard on the left and nothing on the right. Needs a browser that starts an AudioContext. */
export async function expectLeftOnly(page: Page, nth = 0): Promise<void> {
  await expect.poll(async () => {
    const [left, right] = await sides(page, nth);
    return left > 0.1 && right < 0.02;
  }).toBe(true);
}
