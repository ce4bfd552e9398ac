// The other tests fail when a page complains, freezes or falls silent. These show that they would.

import type { Locator } from '@playwright/test';

import { expect, test } from './fixtures.ts';
import {
  expectFramesToGrow,
  expectMedia,
  expectPlaying,
  expectSilence,
  expectSoundToGrow,
  expectUnbrokenFlow,
  received,
  soundOf,
  watchFlow,
} from './media.ts';

test('errors on the console, exceptions and breaches of the policy are noticed', async ({ person }) => {
  const ada = await person();
  await ada.goto('/');
  const noticed = (pattern: RegExp) =>
    expect
      .poll(() => ada.unexpectedProblems().some((text) => pattern.test(text)), String(pattern))
      .toBe(true);

  await ada.page.evaluate(() => console.error('something is wrong'));
  await noticed(/something is wrong/);
  await ada.page.evaluate(() => {
    setTimeout(() => {
      throw new Error('nobody caught this');
    });
  });
  await noticed(/nobody caught this/);
  await ada.page.evaluate(() => {
    const script = document.createElement('script');
    script.src = 'https://elsewhere.invalid/x.js';
    document.head.append(script);
  });
  await noticed(/policy violation: script-src/);
  ada.allow(/something is wrong|nobody caught this|policy|elsewhere\.invalid/i);
});

test('a picture that freezes and a sound that ends are noticed', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expectMedia(bob.page);
  for (const { page } of [ada, bob]) await watchFlow(page);
  await bob.page.evaluate(() => window.tracks.forEach((track) => track.stop()));
  await expectSilence(ada.page);

  // A moment in which more of Ada's comes to Bob's, and nothing of his to hers.
  const gained = async () => {
    const before = await received(ada.page);
    await expectFramesToGrow(bob.page);
    await expectSoundToGrow(bob.page);
    const after = await received(ada.page);
    return { frames: after.frames - before.frames, energy: after.energy - before.energy };
  };
  await expect.poll(gained).toEqual({ frames: 0, energy: 0 });
  await expectUnbrokenFlow(bob.page);
  await expect(expectUnbrokenFlow(ada.page)).rejects.toThrow('gaps');
});

test('a picture that comes and is not shown, and a sound that is not played, are noticed', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  const video = ada.page.getByTestId('remote-video');
  const audio = soundOf(video);
  const noStream = (element: HTMLMediaElement) => {
    element.srcObject = null;
  };
  // The page plays what is paused.
  const paused = (element: HTMLMediaElement) => {
    element.play = () => new Promise(() => {});
    element.pause();
  };
  const faults: Record<string, [Locator, (element: HTMLMediaElement) => void]> = {
    'a picture that stands still': [
      video,
      (video) => {
        const canvas = document.createElement('canvas');
        canvas.getContext('2d')?.fillRect(0, 0, 10, 10);
        video.srcObject = canvas.captureStream();
      },
    ],
    'no picture': [video, noStream],
    'a picture that is paused': [video, paused],
    'a picture that is not to be seen': [
      video,
      (video) => {
        video.style.visibility = 'hidden';
      },
    ],
    'no sound': [audio, noStream],
    'a stream without sound': [
      audio,
      (audio) => {
        audio.srcObject = new MediaStream();
      },
    ],
    'a sound that is paused': [audio, paused],
    'a sound that is muted': [
      audio,
      (audio) => {
        audio.muted = true;
      },
    ],
  };
  for (const [name, [element, fault]] of Object.entries(faults)) {
    await test.step(name, async () => {
      await element.evaluate((element: HTMLMediaElement) =>
        Object.assign(element, { before: [element.srcObject, element.muted] }),
      );
      await element.evaluate(fault);
      await expect(expectPlaying(video, { timeout: 1_000 })).rejects.toThrow();
      await element.evaluate((element: HTMLMediaElement) => {
        const { before } = element as unknown as { before: [MediaStream, boolean] };
        [element.srcObject, element.muted] = before;
        element.style.visibility = '';
        Reflect.deleteProperty(element, 'play');
        return element.play();
      });
      await expectPlaying(video);
    });
  }
});
