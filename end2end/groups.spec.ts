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

declare global {
  interface Window {
    /** What the own picture showed. */
    shown?: MediaStreamTrack[];
  }
}

/** The rates of the tracks that show somebody their own picture. */
async function ownRates({ ownVideo }: Person): Promise<(number | undefined)[]> {
  const time = () => ownVideo.evaluate((video: HTMLVideoElement) => video.currentTime);
  const before = await time();
  await expect.poll(time, 'the own picture moves').not.toBe(before);
  return ownVideo.evaluate((video: HTMLVideoElement) => {
    window.shown = (video.srcObject as MediaStream).getVideoTracks();
    return window.shown.map((track) => track.getSettings().frameRate);
  });
}

// Six in one machine take all of it: `make soak`.
const COUNTS = process.env['HALLOO_SOAK'] ? [4, 6] : [4];

for (const count of COUNTS) {
  test(`${count} people see and hear each other, and go on when one leaves`, async ({
    browserName,
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

    // Frames of the own picture alone are left out, where the browser does that.
    const [ada] = people as [Person];
    if (browserName === 'chromium') expect(await ownRates(ada)).toEqual([15]);
    const camera = () => ada.page.evaluate(() => window.shown?.map(({ readyState }) => readyState));
    await ownRates(ada);
    await ada.camera.click();
    await expect.poll(camera, 'its camera goes off').toEqual(['ended']);
    await ada.camera.click();
    expect(await ownRates(ada)).toHaveLength(1);

    await people.pop()!.leave.click();
    for (const { page } of people) {
      const videos = page.getByTestId('remote-video');
      await expect(videos).toHaveCount(count - 2);
      for (const video of await videos.all()) await expectPlaying(video);
    }
    if (browserName === 'chromium' && count === 4) await expect.poll(() => ownRates(ada)).toEqual([20]);
  });
}

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
