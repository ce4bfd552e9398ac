// Cameras and microphones that come and go during a call.

import { expect, test, type Person } from './fixtures.ts';
import {
  connections,
  expectFramesToGrow,
  expectMedia,
  expectPicture,
  expectSilence,
  expectSoundToGrow,
} from './media.ts';

/** `there`, or what the browser says of a device that is not to be had. */
type Fate = 'there' | 'NotFoundError' | 'NotReadableError' | 'NotAllowedError';
type Kind = 'audio' | 'video';

declare global {
  interface Window {
    /** What becomes of a device from now on. One in use ends, unless it is still there. */
    setDevice: (kind: Kind, fate: Fate) => void;
    /** The devices in use end, as when a driver stumbles; they can be had again at once. */
    endDevices: (kind: Kind) => void;
    /** The system holds the devices in use back, or lets them go on. */
    pauseDevices: (kind: Kind, paused: boolean) => void;
  }
}

/** Puts the devices of this person, in pages yet to be loaded, into the hands of the test. */
async function controlDevices({ page }: Person, start: Partial<Record<Kind, Fate>> = {}): Promise<void> {
  await page.addInitScript((start) => {
    const devices = navigator.mediaDevices;
    if (!devices) return;
    const fates: Record<Kind, Fate> = { audio: 'there', video: 'there', ...start };
    const given: MediaStreamTrack[] = [];
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      for (const kind of ['audio', 'video'] as const) {
        const fate = fates[kind];
        if (constraints?.[kind] && fate !== 'there') throw new DOMException('made up', fate);
      }
      const stream = await ask(constraints);
      given.push(...stream.getTracks());
      return stream;
    };
    const list = devices.enumerateDevices.bind(devices);
    devices.enumerateDevices = async () =>
      (await list()).filter((device) => {
        const kind = device.kind === 'videoinput' ? 'video' : 'audio';
        return fates[kind] !== 'NotFoundError';
      });
    // In Firefox, listeners of tracks hear events that scripts make only if they say so.
    const listen = MediaStreamTrack.prototype.addEventListener as (...all: unknown[]) => void;
    MediaStreamTrack.prototype.addEventListener = function (...[type, listener, options]: unknown[]) {
      listen.call(this, type, listener, options, true);
    };
    const inUse = (kind: Kind) => given.filter((track) => track.kind === kind && track.readyState === 'live');
    window.pauseDevices = (kind, paused) => {
      for (const track of inUse(kind)) track.dispatchEvent(new Event(paused ? 'mute' : 'unmute'));
    };
    window.endDevices = (kind) => {
      for (const track of inUse(kind)) {
        track.stop();
        // `stop` tells nobody; a device that is gone does.
        track.dispatchEvent(new Event('ended'));
      }
    };
    window.setDevice = (kind, fate) => {
      fates[kind] = fate;
      if (fate !== 'there') window.endDevices(kind);
      devices.dispatchEvent(new Event('devicechange'));
    };
  }, start);
}

/** Ada and Bob are in a call; one connection carries it from its beginning to its end. */
async function call(ada: Person, bob: Person, room: string): Promise<void> {
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
}

async function expectOneConnection(...people: Person[]): Promise<void> {
  for (const { page } of people) expect(await connections(page)).toMatchObject({ made: 1, open: 1 });
}

test('a camera that is plugged in during a call is picked up', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await controlDevices(bob, { video: 'NotFoundError' });
  await call(ada, bob, room);
  await expect(bob.page.getByText('No camera found')).toBeVisible();
  await expectSoundToGrow(ada.page);
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');

  await bob.page.evaluate(() => window.setDevice('video', 'there'));
  await expect(bob.camera).toHaveAttribute('data-device', 'on');
  await expect(bob.page.getByText('No camera found')).toHaveCount(0);
  await expect(ada.tile).toHaveAttribute('data-picture', 'true');
  await expectMedia(ada.page);
  await expectOneConnection(ada, bob);
});

const LOSSES: {
  name: string;
  fate: Exclude<Fate, 'there'>;
  told: string;
  comesBack: 'by itself' | 'when asked';
}[] = [
  { name: 'is pulled out', fate: 'NotFoundError', told: 'No camera found', comesBack: 'by itself' },
  {
    name: 'another program takes',
    fate: 'NotReadableError',
    told: 'Another program is using your camera',
    comesBack: 'when asked',
  },
  {
    name: 'is forbidden',
    fate: 'NotAllowedError',
    told: 'No permission to use your camera',
    comesBack: 'when asked',
  },
];

for (const { name, fate, told, comesBack } of LOSSES) {
  test(`a camera that ${name} in a call is missed, and back ${comesBack}`, async ({ person, room }) => {
    const [ada, bob] = [await person(), await person()];
    await controlDevices(bob);
    await call(ada, bob, room);
    await expectMedia(ada.page);

    await bob.page.evaluate((fate) => window.setDevice('video', fate), fate);
    const notice = bob.page.getByText(told);
    const again = bob.page.getByRole('button', { name: 'Try again' });
    await expect(notice).toBeVisible();
    await expect(bob.camera).toHaveAttribute('aria-pressed', 'false');
    await expect(ada.tile).toHaveAttribute('data-picture', 'false');
    await expectSoundToGrow(ada.page);
    await expectMedia(bob.page);
    await again.click();
    await expect(notice).toBeVisible();

    await bob.page.evaluate(() => window.setDevice('video', 'there'));
    if (comesBack === 'when asked') await again.click();
    await expect(notice).toHaveCount(0);
    await expect(bob.camera).toHaveAttribute('data-device', 'on');
    await expect(ada.tile).toHaveAttribute('data-picture', 'true');
    await expectMedia(ada.page);
    await expectOneConnection(ada, bob);
  });
}

test('a camera whose track ends though it is still there comes back by itself', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await controlDevices(bob);
  await call(ada, bob, room);
  await expectMedia(ada.page);
  await bob.page.evaluate(() => window.endDevices('video'));
  const cameras = () => bob.page.evaluate(() => window.tracks.filter(({ kind }) => kind === 'video').length);
  await expect.poll(cameras).toBe(2);
  await expect(bob.camera).toHaveAttribute('data-device', 'on');
  await expectMedia(ada.page);
  await expectOneConnection(ada, bob);
});

test('a headset that is pulled out in a call is missed, and picked up when it returns', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await controlDevices(bob);
  await call(ada, bob, room);
  await expectMedia(ada.page);

  await bob.page.evaluate(() => window.setDevice('audio', 'NotFoundError'));
  await expect(bob.page.getByText('No microphone found')).toBeVisible();
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'false');
  await expect(ada.tile).toContainText('Microphone off');
  await expectFramesToGrow(ada.page);

  await bob.page.evaluate(() => window.setDevice('audio', 'there'));
  await expect(bob.page.getByText('No microphone found')).toHaveCount(0);
  await expect(ada.tile).not.toContainText('Microphone off');
  await expectMedia(ada.page);
  await expectOneConnection(ada, bob);
});

const PAUSES = [
  { kind: 'audio', control: 'microphone', told: 'Your microphone is paused' },
  { kind: 'video', control: 'camera', told: 'Your camera is paused' },
] as const;

for (const { kind, control, told } of PAUSES) {
  test(`a ${control} that the system holds back is said to be paused, and goes on by itself`, async ({
    person,
    room,
  }) => {
    const [ada, bob] = [await person(), await person()];
    await controlDevices(bob);
    await call(ada, bob, room);
    await expectMedia(ada.page);
    const expectSeen = (on: boolean) =>
      kind === 'video'
        ? expect(ada.tile).toHaveAttribute('data-picture', String(on))
        : expect(ada.tile.getByText('Microphone off')).toHaveCount(on ? 0 : 1);

    await bob.page.evaluate((kind) => window.pauseDevices(kind, true), kind);
    await expect(bob.page.getByText(told)).toBeVisible();
    await expect(bob[control]).toHaveAttribute('aria-pressed', 'true');
    await expectSeen(false);

    await bob.page.evaluate((kind) => window.pauseDevices(kind, false), kind);
    await expect(bob.page.getByText(told)).toHaveCount(0);
    await expectSeen(true);
    await expectMedia(ada.page);
    await expectOneConnection(ada, bob);
  });
}

test('a muted microphone is not heard', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await call(ada, bob, room);
  await expectMedia(ada.page);
  await bob.microphone.click();
  await expectSilence(ada.page);
  await expectPicture(ada.page);
  await bob.microphone.click();
  await expectSoundToGrow(ada.page);
});

for (const [facing, transform] of [
  ['user', 'matrix(-1, 0, 0, 1, 0, 0)'],
  ['environment', 'none'],
] as const) {
  test(`the own picture of a camera that faces the ${facing}: ${transform}`, async ({ person, room }) => {
    const ada = await person();
    await ada.page.addInitScript((facingMode) => {
      const { getSettings } = MediaStreamTrack.prototype;
      MediaStreamTrack.prototype.getSettings = function () {
        return { ...getSettings.call(this), facingMode };
      };
    }, facing);
    await ada.openLobby(room);
    await expect(ada.camera).toHaveAttribute('data-device', 'on');
    await expect(ada.ownVideo).toHaveCSS('transform', transform);
  });
}
