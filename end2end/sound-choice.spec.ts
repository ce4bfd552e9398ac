// How the sound of the microphone is processed, and how a screen is sent.

import { type Page } from '@playwright/test';
import { expect, skip, test } from './fixtures.ts';
import {
  connections,
  expectFramesToGrow,
  expectLeftOnly,
  expectMedia,
  expectSoundToGrow,
} from './media.ts';

/** What the browser does to the microphone in use. */
async function processing(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(() => {
    const live = window.tracks.filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live');
    const { echoCancellation, noiseSuppression, autoGainControl } = live.at(-1)?.getSettings() ?? {};
    return { echoCancellation, noiseSuppression, autoGainControl };
  });
}

/** The parameters with which the sound is sent over the only connection. Firefox lists not all of them. */
async function soundParameters(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { connection } = window.watched.at(-1)!;
    const stats = await connection.getStats();
    const sent = [...stats.values()].find((stat) => stat.type === 'outbound-rtp' && stat.kind === 'audio');
    const used = stats.get(sent?.codecId)?.sdpFmtpLine ?? '';
    const isFirefox = navigator.userAgent.includes('Firefox');
    return isFirefox ? (connection.currentRemoteDescription?.sdp ?? '') : used;
  });
}

/** Packets of sound that the page sends over its only connection, over two seconds. */
async function packetsPerSecond(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { connection } = window.watched.at(-1)!;
    const sent = async () => {
      const stats = [...(await connection.getStats()).values()];
      const of = stats.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio');
      return { packets: Number(of?.packetsSent ?? 0), at: performance.now() };
    };
    const before = await sent();
    let now = await sent();
    while (now.at - before.at < 2_000) {
      await new Promise((done) => requestAnimationFrame(done));
      now = await sent();
    }
    return (now.packets - before.packets) * 1_000 / (now.at - before.at);
  });
}

/** A microphone that hears something on the left only, where two channels are asked for. */
function hearTheLeft(): void {
  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    const { audio } = constraints ?? {};
    if (typeof audio !== 'object' || audio.channelCount !== 2) return stream;
    const context = new AudioContext();
    const tone = context.createOscillator();
    const sides = context.createChannelMerger(2);
    const microphone = context.createMediaStreamDestination();
    tone.connect(sides, 0, 0);
    sides.connect(microphone);
    tone.start();
    for (const track of stream.getAudioTracks()) stream.removeTrack(track);
    for (const track of microphone.stream.getAudioTracks()) stream.addTrack(track);
    return stream;
  };
}

test('original sound has two channels, from one who came first as from one who comes later', async ({
  browserName,
  person,
  room,
}) => {
  if (browserName === 'firefox') skip('Firefox starts no AudioContext on a machine without a loudspeaker');
  const [ada, ben] = [await person({ prepare: hearTheLeft }), await person({ prepare: hearTheLeft })];
  const choose = async ({ page }: typeof ada) => {
    await page.getByTestId('open-devices').click();
    await page.getByText('Sound settings').click();
    await page.getByLabel('Original sound').click();
    await page.keyboard.press('Escape');
  };
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  for (const one of [ada, ben]) await expectMedia(one.page);

  await choose(ben);
  await expectLeftOnly(ada.page);
  await choose(ada);
  await expectLeftOnly(ben.page);
  await ben.reload();
  await ben.expectState('connected');
  for (const { page } of [ada, ben]) await expectLeftOnly(page);
  await choose(ben);
  await expectMedia(ada.page);
});

test('noise suppression can be off, and original sound has a high bitrate', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  for (const one of [ada, ben]) await expectMedia(one.page);
  const { offers } = await connections(ben.page);

  await ben.page.getByTestId('open-devices').click();
  await ben.page.getByText('Sound settings').click();
  const noise = ben.page.getByLabel('Remove background noise');
  await expect(noise).toBeChecked();
  await noise.uncheck();
  await expect.poll(() => processing(ben.page)).toMatchObject({ noiseSuppression: false });
  await expectSoundToGrow(ada.page);
  expect((await connections(ben.page)).offers, 'without another offer').toBe(offers);

  await ben.page.getByLabel('Original sound').check();
  await expect(noise).toBeDisabled();
  const none = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  await expect.poll(() => processing(ben.page)).toEqual(none);
  await expect.poll(() => soundParameters(ben.page)).toContain('maxaveragebitrate=128000');
  const asked = () => window.watched.at(-1)!.connection.currentLocalDescription?.sdp;
  await expect.poll(() => ada.page.evaluate(asked)).toMatch(/a=fmtp.*[ ;]stereo=1/);
  await expectSoundToGrow(ada.page);

  // It is remembered, and the microphone is asked for like that at once.
  await ben.reload();
  await ben.expectState('connected');
  await expect.poll(() => processing(ben.page)).toEqual(none);
  await expect(ben.page.getByTestId('open-chat')).toBeVisible();
  const microphones = () => window.tracks.filter(({ kind }) => kind === 'audio').length;
  expect(await ben.page.evaluate(microphones)).toBe(1);
  await expect.poll(() => soundParameters(ben.page)).toContain('maxaveragebitrate=128000');
  await ben.page.getByTestId('open-devices').click();
  await ben.page.getByText('Sound settings').click();
  await ben.page.getByLabel('Original sound').uncheck();
  await expect.poll(() => soundParameters(ben.page)).not.toMatch(/maxaveragebitrate=128000|[ ;]stereo=1/);
  await expectMedia(ada.page);
});

test('silence takes a few packets a second', async ({ browserName, person, room }) => {
  if (browserName === 'firefox') skip('Firefox knows no discontinuous transmission');
  const [ada, ben] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  for (const one of [ada, ben]) await expectMedia(one.page);
  // As in a room without a sound.
  await ada.page.evaluate(() => {
    for (const track of window.tracks) track.enabled = track.kind !== 'audio';
  });
  const rate = () => packetsPerSecond(ada.page);
  await expect.poll(rate).toBeLessThan(10);
  expect(await rate()).toBeGreaterThan(1);
});

test('a microphone that is off sends nothing, and is heard at once when it is on again', async ({
  person,
  room,
}) => {
  const [ada, ben] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  for (const one of [ada, ben]) await expectMedia(one.page);
  await ben.microphone.click();
  await expect(ben.microphone).toHaveAttribute('aria-pressed', 'false');
  const rate = () => packetsPerSecond(ben.page);
  await expect.poll(rate).toBe(0);
  // Nor to somebody who comes meanwhile.
  await ada.reload();
  await ada.expectState('connected');
  await expectFramesToGrow(ada.page);
  await expect.poll(rate).toBe(0);
  const agreed = () => Promise.all([ada, ben].map(async ({ page }) => {
    const { made, offers } = await connections(page);
    return { made, offers };
  }));
  const before = await agreed();
  // Then there is nothing by which the other side could tell that the path works.
  await ben.camera.click();
  await expect(ben.camera).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(rate).toBe(0);
  await ben.microphone.click();
  await expect.poll(rate).toBeGreaterThan(10);
  await expectSoundToGrow(ada.page);
  await ben.camera.click();
  await expectMedia(ada.page);
  expect(await agreed(), 'nothing was taken for a fault').toEqual(before);
});
