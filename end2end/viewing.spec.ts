// What is sent follows what is seen.

import { type Page } from '@playwright/test';
import { expect, skip, test } from './fixtures.ts';
import {
  expectNoPicturesSent,
  expectPicture,
  expectPicturesSent,
  expectPlaying,
  expectSoundToGrow,
  sentPictures,
} from './media.ts';

/** Browsers under test hide no page; this one is told so. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('a page that is hidden is sent no pictures, and is sent them again once it is shown', async ({
  person,
  room,
}) => {
  const [ada, ben] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  for (const one of [ada, ben]) await expectPicture(one.page);

  await hide(ben.page, true);
  await expectNoPicturesSent(ada.page);
  await expectPicturesSent(ben.page);
  await expectSoundToGrow(ben.page);
  await expect(ben.status).toHaveAttribute('data-state', 'connected');

  await hide(ben.page, false);
  await expectPicturesSent(ada.page);
  await expectPicture(ben.page);
});

test('of two others the one who is pinned is sent large, the other one small', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '3');
  const join = () => person({ url, largePictures: true });
  const [ben, cleo, ada] = [await join(), await join(), await join()];
  await ben.enter(room, 'Ben');
  await cleo.enter(room, 'Cleo');
  await ada.enter(room, 'Ada');
  await expect(ada.page.getByTestId('pin')).toHaveCount(2);

  const tile = (name: string) => ada.tile.filter({ hasText: name });
  const height = (name: string) =>
    tile(name).getByTestId('remote-video').evaluate(({ videoHeight }: HTMLVideoElement) => videoHeight);
  for (const [large, small] of [['Ben', 'Cleo'], ['Cleo', 'Ben']] as const) {
    await tile(large).getByTestId('pin').click();
    await expect.poll(() => height(large)).toBeGreaterThanOrEqual(360);
    await expect.poll(() => height(small)).toBeLessThanOrEqual(180);
    for (const video of await ada.page.getByTestId('remote-video').all()) await expectPlaying(video);
    await tile(large).getByTestId('pin').click();
  }
});

test('who saves data gets and sends small pictures, or none', async ({ person, room }) => {
  const [ada, ben] = [await person({ largePictures: true }), await person({ largePictures: true })];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  for (const one of [ada, ben]) await expectPicture(one.page);
  await expect.poll(async () => (await sentPictures(ada.page)).height).toBeGreaterThan(300);

  const choose = async (choice: string) => {
    await ben.page.getByTestId('open-devices').click();
    await ben.page.getByLabel('Data use').selectOption({ label: choice });
    await ben.page.keyboard.press('Escape');
  };
  await choose('Save data: small pictures');
  for (const one of [ada, ben]) {
    await expect.poll(async () => (await sentPictures(one.page)).height).toBe(180);
  }
  await expectPicture(ben.page);

  await choose('Save data: no cameras');
  await expect(ben.camera).toHaveAttribute('aria-pressed', 'false');
  await expect(ben.tile.first()).toHaveAttribute('data-picture', 'false');
  await expectNoPicturesSent(ada.page);
  for (const one of [ada, ben]) await expectSoundToGrow(one.page);

  // It is remembered.
  await ben.reload();
  await ben.expectState('connected');
  await expect(ben.tile.first()).toHaveAttribute('data-picture', 'false');
  await expectNoPicturesSent(ada.page);

  await choose('As needed');
  await expectPicturesSent(ada.page);
  await expectPicture(ben.page);
});

/** As when the change before has just ended: then what was read before is valid no more. */
function refuseOnce(): void {
  const { setParameters } = RTCRtpSender.prototype;
  const refused = new Set<number>();
  RTCRtpSender.prototype.setParameters = async function (parameters, ...rest) {
    const downBy = parameters.encodings[0]?.scaleResolutionDownBy ?? 1;
    if (refused.has(downBy)) return setParameters.call(this, parameters, ...rest);
    refused.add(downBy);
    throw new DOMException('the parameters are not those that were read last', 'InvalidModificationError');
  };
}

test('a change that the browser refuses once is made all the same', async ({ person, room }) => {
  const [ada, ben] = [
    await person({ largePictures: true, prepare: refuseOnce }),
    await person({ largePictures: true, prepare: refuseOnce }),
  ];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  await expect.poll(async () => (await sentPictures(ada.page)).height).toBeGreaterThan(360);
  await ben.page.getByTestId('open-devices').click();
  await ben.page.getByLabel('Data use').selectOption({ label: 'Save data: small pictures' });
  for (const one of [ada, ben]) {
    await expect.poll(async () => (await sentPictures(one.page)).height).toBe(180);
  }
});

test('who sees no cameras sees screens, and is remembered in a new tab', async ({
  browserName,
  person,
  room,
}) => {
  if (browserName === 'firefox') skip('Firefox has no screen here');
  const [ada, ben] = [await person(), await person()];
  await ben.goto('/');
  await ben.page.evaluate(() => localStorage.setItem('halloo.saver', 'no-cameras'));
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  await expect(ben.camera).toHaveAttribute('aria-pressed', 'false');
  await expect(ben.tile.first()).toHaveAttribute('data-picture', 'false');
  await expectNoPicturesSent(ada.page);

  await ada.page.getByTestId('share-screen').click();
  const screen = ben.page.getByTestId('remote-screen');
  await expect.poll(() => screen.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0);
  await expectPicturesSent(ada.page);
  await expectSoundToGrow(ben.page);
});
