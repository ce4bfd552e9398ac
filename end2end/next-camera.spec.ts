// The button on the own tile that changes the camera.

import { expect, test } from './fixtures.ts';
import { connections, expectMedia, received } from './media.ts';

declare global {
  interface Window {
    /** The cameras that were asked for by name. */
    asked: string[];
  }
}

/** This browser has one camera. The list shows another one, and whoever asks for that gets the only one. */
function addACamera(): void {
  window.asked = [];
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const list = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => {
    const all = await list();
    const camera = all.find(({ kind }) => kind === 'videoinput');
    if (!camera?.deviceId) return all;
    const { kind, groupId } = camera;
    return [...all, { kind, groupId, deviceId: 'other', label: 'Other camera', toJSON: () => ({}) }];
  };
  // Everything that the page calls is a class of the browser's.
  Object.defineProperty(MediaDeviceInfo, Symbol.hasInstance, { value: () => true });
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const { video } = constraints ?? {};
    if (typeof video === 'object' && typeof video.deviceId === 'string') window.asked.push(video.deviceId);
    return ask(constraints);
  };
}

test('the next camera is used without another offer', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person({ prepare: addACamera })];
  await ada.enter(room, 'Ada');
  await ben.enter(room, 'Ben');
  await expectMedia(ada.page);
  const { offers } = await connections(ben.page);

  const next = ben.page.getByTestId('next-camera');
  await next.focus();
  await next.press('Enter');
  await expect.poll(() => ben.page.evaluate(() => window.asked)).toEqual(['other']);
  await expect(ben.camera).toHaveAttribute('aria-pressed', 'true');
  await expect(next, 'the focus stays').toBeFocused();
  const { frames } = await received(ada.page);
  await expect.poll(async () => (await received(ada.page)).frames - frames).toBeGreaterThan(5);
  expect((await connections(ben.page)).offers).toBe(offers);
  await expectMedia(ada.page);
});
