// Calls of more than two.

import { expect, test, type Person } from './fixtures.ts';
import { firefoxOptions } from './launch.mjs';
import { connections, expectPlaying } from './media.ts';

const NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn'];

/** Each of them sees and hears all others, over one connection to each. */
async function expectEverybodyPlays(people: Person[]): Promise<void> {
  const others = people.length - 1;
  for (const { page } of people) {
    const videos = page.getByTestId('remote-video');
    await expect(videos).toHaveCount(others);
    for (const video of await videos.all()) await expectPlaying(video);
    expect(await connections(page)).toMatchObject({ made: others, open: others });
  }
}

/** Remembers the tracks that are made of others. */
function keepClones(): void {
  const clones: MediaStreamTrack[] = [];
  Object.assign(window, { clones });
  const [ofTrack, ofStream] = [MediaStreamTrack.prototype.clone, MediaStream.prototype.clone];
  MediaStreamTrack.prototype.clone = function clone() {
    const track = ofTrack.call(this);
    clones.push(track);
    return track;
  };
  MediaStream.prototype.clone = function clone() {
    const stream = ofStream.call(this);
    clones.push(...stream.getTracks());
    return stream;
  };
}

declare global {
  interface Window {
    clones: MediaStreamTrack[];
  }
}

/** The rates of all tracks of a camera that are live. */
async function cameraRates({ page }: Person): Promise<(number | undefined)[]> {
  return page.evaluate(() => {
    const all = [...window.tracks, ...window.clones];
    const live = all.filter(({ kind, readyState }) => kind === 'video' && readyState === 'live');
    return live.map((track) => track.getSettings().frameRate);
  });
}

/** The rate of what shows somebody their own picture, once it moves. */
async function ownRate({ ownVideo }: Person): Promise<number | undefined> {
  const time = () => ownVideo.evaluate((video: HTMLVideoElement) => video.currentTime);
  const before = await time();
  await expect.poll(time, 'the own picture moves').toBeGreaterThan(before);
  return ownVideo.evaluate((video: HTMLVideoElement) => {
    const stream = video.srcObject as MediaStream | null;
    return stream?.getVideoTracks()[0]?.getSettings().frameRate;
  });
}

// Six in one machine take all of it: `make soak`.
const COUNTS = process.env['HALLOO_SOAK'] ? [4, 6] : [4];

for (const count of COUNTS) {
  test(`${count} people see and hear each other, and go on when one leaves`, async ({
    make,
    person,
    room,
  }) => {
    const { url } = await make.server('--room-capacity', String(count));
    const people: Person[] = [];
    for (const name of NAMES.slice(0, count)) {
      const one = await person({ url });
      await one.enter(room, name);
      await one.expectState(people.length === 0 ? 'waiting' : 'connected');
      people.push(one);
    }
    await expectEverybodyPlays(people);

    await people.pop()!.leave.click();
    for (const { page } of people) {
      const videos = page.getByTestId('remote-video');
      await expect(videos).toHaveCount(count - 2);
      for (const video of await videos.all()) await expectPlaying(video);
    }
  });
}

test('in a call of four the own picture has fewer frames, and goes off with its camera', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '4');
  const ada = await person({ url, prepare: keepClones });
  const others = [await person({ url }), await person({ url }), await person({ url })];
  for (const [i, one] of [ada, ...others].entries()) await one.enter(room, NAMES[i]!);
  await expect(ada.page.getByTestId('remote-video')).toHaveCount(3);
  // The camera of the tests has 20 frames a second, and goes on as before for the others.
  await expect.poll(() => cameraRates(ada)).toEqual([20, 15]);
  await expect.poll(() => ownRate(ada)).toBe(15);

  // The microphone is asked for anew.
  await ada.page.getByTestId('open-devices').click();
  await ada.page.getByText('Sound settings').click();
  await ada.page.getByLabel('Remove background noise').uncheck();
  const sound = () =>
    ada.page.evaluate(() => {
      const live = window.tracks.filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live');
      return live.map((track) => track.getSettings().noiseSuppression);
    });
  await expect.poll(sound).toEqual([false]);
  await ada.page.keyboard.press('Escape');
  await ada.camera.click();
  await expect.poll(() => cameraRates(ada), 'the camera is off').toEqual([]);
  await ada.camera.click();
  await expect.poll(() => cameraRates(ada)).toEqual([20, 15]);
  await expect.poll(() => ownRate(ada)).toBe(15);

  await others[0]!.leave.click();
  await expect.poll(() => cameraRates(ada)).toEqual([20]);
  await expect.poll(() => ownRate(ada)).toBe(20);
});

test('two with Chromium and one with Firefox see and hear each other', async ({
  make,
  person,
  playwright,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '3');
  const firefox = await playwright.firefox.launch(firefoxOptions());
  try {
    const people = [await person({ url }), await person({ url, browser: firefox }), await person({ url })];
    for (const [i, one] of people.entries()) await one.enter(room, NAMES[i]!);
    await expectEverybodyPlays(people);
  } finally {
    await firefox.close();
  }
});
