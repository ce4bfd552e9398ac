// Sharing a screen.

import { expect, test, type Person } from './fixtures.ts';
import { connections, expectLeftOnly, expectMedia } from './media.ts';

/** Firefox has no screen here: a drawing takes its place, with a tone on the left. */
function drawAScreen(): void {
  const shared: MediaStreamTrack[] = [];
  // Firefox tells nobody of events that a script makes at a track: who listens is called.
  const listeners: (() => void)[] = [];
  const endSharing = () => {
    shared.forEach((track) => track.stop());
    listeners.forEach((listener) => listener());
  };
  Object.assign(window, { shared, endSharing });
  const devices = navigator.mediaDevices as { getDisplayMedia: () => Promise<MediaStream> };
  devices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const context = canvas.getContext('2d');
    let drawn = 0;
    setInterval(() => {
      if (!context) return;
      context.fillStyle = drawn++ % 2 ? '#204060' : '#e0c080';
      context.fillRect(0, 0, 1280, 720);
    }, 100);
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const out = audio.createMediaStreamDestination();
    const sides = audio.createChannelMerger(2);
    tone.connect(sides, 0, 0);
    sides.connect(out);
    tone.start();
    const stream = new MediaStream([...canvas.captureStream(10).getTracks(), ...out.stream.getTracks()]);
    shared.push(...stream.getTracks());
    for (const track of stream.getVideoTracks()) {
      track.addEventListener = (type: string, listener: unknown) => {
        if (type === 'ended') listeners.push(listener as () => void);
      };
    }
    return stream;
  };
}

/** The person closes the browser's question, or the system does not let the browser record. */
function refuseScreens(): void {
  const devices = navigator.mediaDevices as { getDisplayMedia: () => Promise<MediaStream> };
  devices.getDisplayMedia = async () => {
    throw new DOMException(sessionStorage.getItem('reason') ?? '', 'NotAllowedError');
  };
}

/** Chromium before payload types were assigned for all sections together, and whoever goes by RFC 9143. */
function refuseSoundThatDiffers(): void {
  type Set = (description: RTCSessionDescriptionInit) => Promise<void>;
  const browsers = RTCPeerConnection.prototype as { setRemoteDescription: Set };
  const { setRemoteDescription } = browsers;
  browsers.setRemoteDescription = async function set(this: RTCPeerConnection, description) {
    const parameters = new Map<string, string>();
    for (const section of description.sdp?.split(/^(?=m=)/m) ?? []) {
      const codec = /^a=rtpmap:(\d+) opus/im.exec(section)?.[1];
      const line = codec && new RegExp(`^a=fmtp:${codec} .*$`, 'm').exec(section)?.[0];
      if (!codec || !line) continue;
      if ((parameters.get(codec) ?? line) !== line) {
        window.refused = (window.refused ?? 0) + 1;
        throw new DOMException('a codec collision in a BUNDLE group', 'InvalidAccessError');
      }
      parameters.set(codec, line);
    }
    return setRemoteDescription.call(this, description);
  };
}

declare global {
  interface Window {
    /** The tracks of every screen that was shared. */
    shared: MediaStreamTrack[];
    /** What the browser's own button does. */
    endSharing: () => void;
    /** How many descriptions were refused. */
    refused?: number;
  }
}

const shareButton = (person: Person) => person.page.getByTestId('share-screen');
const screens = (person: Person) => person.page.getByTestId('remote-screen');
const layout = (person: Person) => person.page.getByTestId('stage');

/** A moving picture of a screen is shown, and its sound is played. */
async function expectScreen(person: Person, of = 0): Promise<void> {
  const video = screens(person).nth(of);
  await expect(video).toBeVisible();
  await expect
    .poll(() => video.evaluate((video: HTMLVideoElement) => video.videoWidth), 'the width of the screen')
    .toBeGreaterThan(0);
  const time = () => video.evaluate((video: HTMLVideoElement) => video.currentTime);
  const before = await time();
  await expect.poll(time, 'the screen moves').toBeGreaterThan(before);
  const peer = await video.getAttribute('data-peer');
  const sounds = person.page.locator(`audio[data-peer="${peer}"]`);
  await expect(sounds).toHaveCount(2);
  const paused = () => sounds.evaluateAll((all) => all.map((one) => (one as HTMLAudioElement).paused));
  await expect.poll(paused).toEqual([false, false]);
}

async function share(person: Person): Promise<void> {
  await shareButton(person).click();
  await expect(shareButton(person)).toHaveAttribute('aria-pressed', 'true');
}

test('a screen is seen and heard by browsers that take no sections with different sound', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person({ prepare: drawAScreen }), await person()];
  for (const { page } of [ada, bob]) await page.addInitScript(refuseSoundThatDiffers);
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(bob.page);
  await share(ada);
  await expectScreen(bob);
  expect((await connections(ada.page)).made, 'nothing was connected anew').toBe(1);
  expect(await ada.page.evaluate(() => window.refused)).toBe(1);
  expect(await bob.page.evaluate(() => window.refused)).toBe(1);
});

test('a screen is seen and heard by everybody, and by who comes later, until it ends', async ({
  browserName,
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '3');
  const [ada, bob] = [await person({ url, prepare: drawAScreen }), await person({ url })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expectMedia(bob.page);

  await share(ada);
  await expectScreen(bob);
  await expect(layout(bob)).toHaveAttribute('data-layout', 'screen');
  await expect(bob.page.getByText('Screen of Ada')).toBeVisible();
  await expect(bob.page.getByTestId('remote-video'), 'her camera goes on').toBeVisible();
  await expect(ada.page.getByText('You are sharing your screen.')).toBeVisible();
  await expect(layout(ada), 'no screen in itself').toHaveAttribute('data-layout', 'pair');
  // Firefox starts no AudioContext on a machine without a loudspeaker.
  if (browserName === 'chromium') await expectLeftOnly(bob.page, 1);
  const hint = () => ada.page.evaluate(() => window.shared.find(({ kind }) => kind === 'video')?.contentHint);
  expect(await hint()).toBe('text');
  const smooth = ada.page.getByRole('button', { name: 'Smooth motion' });
  await smooth.click();
  await expect(smooth).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(hint).toBe('motion');

  const eve = await person({ url });
  await eve.enter(room, 'Eve');
  await expectScreen(eve);
  await expect(screens(eve)).toHaveCount(1);
  if (browserName === 'chromium') await expectLeftOnly(eve.page, 1);
  expect((await connections(ada.page)).made, 'nothing was connected anew').toBe(2);

  await ada.page.getByRole('button', { name: 'Stop sharing' }).click();
  await expect(shareButton(ada)).toHaveAttribute('aria-pressed', 'false');
  await expect(screens(bob)).toBeHidden();
  await expect(layout(bob)).toHaveAttribute('data-layout', 'grid');
  expect(await ada.page.evaluate(() => window.shared.every(({ readyState }) => readyState === 'ended'))).toBe(
    true,
  );

  const { offers } = await connections(ada.page);
  await share(ada);
  await expectScreen(bob);
  await expectScreen(eve);
  expect((await connections(ada.page)).offers, 'shared again without negotiation').toBe(offers);
});

test('two people share at once, and the button of the browser ends one', async ({ person, room }) => {
  const ada = await person({ prepare: drawAScreen });
  const bob = await person({ prepare: drawAScreen });
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await Promise.all([share(ada), share(bob)]);
  await expectScreen(ada);
  await expectScreen(bob);
  expect((await connections(ada.page)).made).toBe(1);

  await ada.page.evaluate(() => window.endSharing());
  await expect(shareButton(ada)).toHaveAttribute('aria-pressed', 'false');
  await expect(screens(bob)).toBeHidden();
  await expectScreen(ada);
});

test('loading the page anew ends sharing, and says so', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: drawAScreen }), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(bob.page);
  await share(ada);
  await expectScreen(bob);

  await ada.reload();
  await ada.expectState('connected');
  await expect(ada.page.getByText('Your screen is no longer shared.')).toBeVisible();
  await expect(screens(bob)).toHaveCount(0);
  await expect(layout(bob)).toHaveAttribute('data-layout', 'pair');
  await ada.page.locator('.notice').getByRole('button', { name: 'Share screen' }).click();
  await expectScreen(bob);
  await expect(ada.page.getByText('Your screen is no longer shared.')).toBeHidden();
});

test('closing the question is no error; a system that blocks is one', async ({ person, room }) => {
  const ada = await person({ prepare: refuseScreens });
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await shareButton(ada).click();
  await expect(shareButton(ada)).toHaveAttribute('aria-pressed', 'false');
  await expect(ada.page.locator('.notice')).toHaveCount(0);

  await ada.page.evaluate(() => sessionStorage.setItem('reason', 'Permission denied by system'));
  await shareButton(ada).click();
  const notice = ada.page.getByText('Your system does not let the browser record the screen.');
  await expect(notice).toBeVisible();
  await ada.page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toBeHidden();
});

test('a screen can be seen pixel by pixel', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: drawAScreen }), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(bob.page);
  await share(ada);
  await expectScreen(bob);
  const size = () =>
    screens(bob).evaluate((video: HTMLVideoElement) => [video.clientWidth - video.videoWidth]);
  const button = bob.page.getByRole('button', { name: 'Actual size' });
  await button.focus();
  await bob.page.keyboard.press('Enter');
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(size, 'wider or narrower than it is').toEqual([0]);
  await bob.page.keyboard.press('Enter');
  await expect(button).toHaveAttribute('aria-pressed', 'false');
});
