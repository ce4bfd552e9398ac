// Who is heard: what the element of a person's sound plays, whatever else they send.

import type { Locator, Page } from '@playwright/test';
import { expect, test, type Person } from './fixtures.ts';
import { expectPlaying, holdBack, soundOf } from './media.ts';

interface Devices {
  microphone: boolean;
  camera: boolean;
}

/** Every combination, each one switch away from the next, and the last from the first. */
const COMBINATIONS: Devices[] = [
  { microphone: true, camera: true },
  { microphone: true, camera: false },
  { microphone: false, camera: false },
  { microphone: false, camera: true },
];

/** Made-up microphones sound at least once a second. */
const LISTENING_MS = 1_500;

/**
 * How loud the element plays from now on for `LISTENING_MS`; 0 if it does not play. Firefox runs no audio
 * graph on a machine without a sound card: there the track that is played says how loud it is.
 */
async function loudness(sound: Locator): Promise<number> {
  return sound.evaluate(async (audio: HTMLAudioElement, ms) => {
    const stream = audio.srcObject as MediaStream | null;
    const [track] = stream?.getAudioTracks() ?? [];
    if (!stream || !track || audio.paused || audio.muted || audio.volume < 1) return 0;
    const receivers = window.watched.flatMap(({ connection }) => connection.getReceivers());
    const receiver = receivers.find((one) => one.track === track);
    const energy = async () => {
      const reports: any[] = [...((await receiver?.getStats())?.values() ?? [])];
      return reports.find(({ type }) => type === 'inbound-rtp')?.totalAudioEnergy ?? 0;
    };
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = { clock: audio.currentTime, energy: await energy(), at: performance.now() };
    let peak = 0;
    while (performance.now() - began.at < ms) {
      await new Promise((go) => setTimeout(go, 20));
      analyser.getFloatTimeDomainData(samples);
      peak = Math.max(peak, ...samples.map(Math.abs));
    }
    const heard = context.state === 'running' ? peak : Math.sqrt((await energy()) - began.energy);
    void context.close();
    return audio.currentTime > began.clock && audio.readyState >= audio.HAVE_CURRENT_DATA ? heard : 0;
  }, LISTENING_MS);
}

async function expectHears(page: Page, hears: boolean, what: string): Promise<void> {
  const level = () => loudness(page.getByTestId('remote-audio'));
  if (hears) await expect.poll(level, what).toBeGreaterThan(0.01);
  else await expect.poll(level, what).toBeLessThan(0.001);
}

async function switchTo(person: Person, devices: Devices): Promise<void> {
  for (const kind of ['microphone', 'camera'] as const) {
    const pressed = String(devices[kind]);
    if ((await person[kind].getAttribute('aria-pressed')) !== pressed) await person[kind].click();
    await expect(person[kind]).toHaveAttribute('aria-pressed', pressed);
  }
}

/**
 * Browsers let pages play sound that a person has clicked in, or that use a device. After a reload without
 * devices it depends on when the sound comes.
 */
async function allowSound({ page }: Person): Promise<void> {
  const held = page.getByTestId('turn-on-sound');
  const audio = page.getByTestId('remote-audio');
  await expect
    .poll(async () => {
      if (await held.isVisible()) await held.click();
      return audio.evaluate(({ paused }: HTMLAudioElement) => paused);
    }, 'the sound is played, or held back')
    .toBe(false);
}

/** What a page plays is what the other side sends, and its tile says so. */
async function expectBothHeard(ada: Person, bob: Person, sends: [Devices, Devices], when: string) {
  for (const [hearer, { microphone, camera }] of [[ada, sends[1]], [bob, sends[0]]] as const) {
    await hearer.expectState('connected');
    await expect(hearer.tile).toHaveAttribute('data-picture', String(camera));
    await expectHears(hearer.page, microphone, when);
  }
}

const named = ({ microphone, camera }: Devices) =>
  `microphone ${microphone ? 'on' : 'off'}, camera ${camera ? 'on' : 'off'}`;

for (const [i, own] of COMBINATIONS.entries()) {
  test(`heard by who came before and who comes after: joins with ${named(own)}`, async ({ person, room }) => {
    const [ada, bob] = [await person(), await person()];
    await ada.openLobby(room);
    await switchTo(ada, own);
    await ada.joinAs('Ada');
    await ada.expectState('waiting');
    // With every step another combination on the other side.
    for (const other of [COMBINATIONS[i]!, COMBINATIONS[(i + 2) % 4]!]) {
      await bob.openLobby(room);
      await switchTo(bob, other);
      await bob.joinAs('Bob');
      await expectBothHeard(ada, bob, [own, other], `joined with ${named(other)}`);
      await bob.leave.click();
      await ada.expectState('waiting');
    }
  });
}

for (const reloading of ['who is heard', 'who hears'] as const) {
  test(`heard through switches in the call, and after each ${reloading} reloads`, async ({
    person,
    room,
  }) => {
    const [ada, bob] = [await person(), await person()];
    await ada.enter(room, 'Ada');
    await ada.expectState('waiting');
    await bob.enter(room, 'Bob');
    const sends = COMBINATIONS[0]!;
    for (const devices of [...COMBINATIONS.slice(1), COMBINATIONS[0]!]) {
      await switchTo(bob, devices);
      await expectBothHeard(ada, bob, [sends, devices], `switched to ${named(devices)}`);
      await (reloading === 'who hears' ? ada : bob).reload();
      if (!devices.microphone && !devices.camera) await allowSound(bob);
      await expectBothHeard(ada, bob, [sends, devices], `${named(devices)}, reloaded`);
    }
  });
}

for (const interrupted of [false, true]) {
  const what = `the sound of somebody without a picture${interrupted ? ', interrupted,' : ''}`;
  test(`${what} held back by the browser: told, and a click plays it`, async ({ person, room }) => {
    const [ada, bob] = [await person(), await person()];
    await ada.openLobby(room);
    await ada.camera.click();
    await ada.joinAs('Ada');
    await ada.expectState('waiting');
    await holdBack(bob.page, 'audio');
    if (interrupted) await interruptPlaying(bob.page);
    await bob.goto(`/r/${room}?join=now&name=Bob`);
    const turnOn = bob.page.getByTestId('turn-on-sound');
    await expect(turnOn).toBeVisible();
    await expectHears(bob.page, false, 'before a click');
    await turnOn.click();
    await expect(turnOn).toHaveCount(0);
    await expectHears(bob.page, true, 'after a click');
  });
}

/** As when an element gets another source while it is asked to play: neither refused nor played. */
async function interruptPlaying(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { play } = HTMLMediaElement.prototype;
    // As often as the page asks anew, once the element is there and once the connection is up.
    let interruptions = 2;
    HTMLMediaElement.prototype.play = async function () {
      if (!this.matches('audio') || interruptions === 0) return play.call(this);
      interruptions -= 1;
      this.autoplay = false;
      this.pause();
      throw new DOMException('interrupted', 'AbortError');
    };
  });
}

test('what the browser pauses in the middle of a call is played again', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  const video = ada.page.getByTestId('remote-video');
  const audio = soundOf(video);
  await expectPlaying(video);
  for (const element of [video, audio]) {
    await element.evaluate((element: HTMLMediaElement) => element.pause());
    await expectPlaying(video);
  }
  // As a connection that was repaired, and is up before the page is drawn anew.
  await audio.evaluate((audio: HTMLAudioElement) => {
    audio.autoplay = false;
    audio.srcObject = new MediaStream((audio.srcObject as MediaStream).getTracks());
  });
  await expectPlaying(video);
});

test('a microphone that is plugged in during the call is heard, without a picture', async ({
  person,
  room,
}) => {
  const ada = await person();
  const bob = await person({
    prepare: () => {
      const { mediaDevices } = navigator;
      const [ask, list] = [mediaDevices.getUserMedia, mediaDevices.enumerateDevices];
      let there = false;
      mediaDevices.getUserMedia = async (constraints) => {
        if (!there || constraints?.video) throw new DOMException('made up', 'NotFoundError');
        return ask.call(mediaDevices, constraints);
      };
      mediaDevices.enumerateDevices = async () => (there ? list.call(mediaDevices) : []);
      addEventListener('plugged-in', () => {
        there = true;
        mediaDevices.dispatchEvent(new Event('devicechange'));
      });
    },
  });
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  await expectHears(ada.page, false, 'no microphone');
  await expectHears(bob.page, true, 'without devices of his own');
  await bob.page.evaluate(() => dispatchEvent(new Event('plugged-in')));
  await expect(bob.microphone).toHaveAttribute('data-device', 'on');
  await expectHears(ada.page, true, 'plugged in');
  await ada.reload();
  await expectHears(ada.page, true, 'plugged in, and who hears reloads');
});
