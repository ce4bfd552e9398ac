// What goes on beside a call: sounds, the loudspeaker, hints about the microphone, more keys.

import { expect, skip, test, type Person } from './fixtures.ts';

declare global {
  interface Window {
    /** The sounds of the page that it has played, oldest first. */
    sounds: string[];
  }
}

/** Notes which of the page's sounds are played. */
function noteSounds(): void {
  window.sounds = [];
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    const name = /\/sounds\/(.*)\.wav$/.exec(this.src)?.[1];
    if (name) window.sounds.push(name);
    return play.call(this);
  };
}

/** A microphone that hums, in pages that somebody has clicked in. */
function humming(): void {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    addEventListener('click', () => void context.resume());
    const hum = new OscillatorNode(context, { frequency: 200 });
    const stream = new MediaStreamAudioDestinationNode(context);
    hum.connect(stream);
    hum.start();
    return stream.stream;
  };
}

/** A microphone that gives digital silence. */
function dead(): void {
  navigator.mediaDevices.getUserMedia = async () =>
    new MediaStreamAudioDestinationNode(new AudioContext()).stream;
}

/** Firefox's made-up camera says that it faces away, and such a picture is no mirror. */
function facing(): void {
  const { getSettings } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.getSettings = function () {
    return { ...getSettings.call(this), facingMode: 'user' };
  };
}

/** Skips a test that listens, where nothing could be heard. */
function needsAudioGraph(browserName: string): void {
  if (browserName === 'firefox') skip('Firefox runs no audio graph on a machine without a sound card');
}

const sounds = ({ page }: Person) => page.evaluate(() => window.sounds);

/** The part that does all this is there. */
async function expectBackground({ page }: Person): Promise<void> {
  await expect(page.locator('#shortcut-list')).toBeAttached();
}

test('a sound for who comes and who goes, and none once switched off', async ({ person, room }) => {
  const ada = await person({ prepare: noteSounds });
  await ada.enter(room, 'Ada');
  await expectBackground(ada);
  const bob = await person();
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  await expect.poll(() => sounds(ada)).toEqual(['joined']);
  const heard = Date.now();
  await expect.poll(() => Date.now() - heard, 'there is at most one sound a second').toBeGreaterThan(1_000);
  await bob.leave.click();
  await expect(ada.tile).toHaveCount(0);
  await expect.poll(() => sounds(ada)).toEqual(['joined', 'left']);

  await ada.page.getByTestId('open-devices').click();
  await ada.page.getByRole('checkbox', { name: 'Sounds when somebody comes or goes' }).uncheck();
  await ada.page.getByRole('button', { name: 'Test sound' }).click();
  await expect.poll(() => sounds(ada), 'the test is heard').toEqual(['joined', 'left', 'joined']);
  await ada.page.keyboard.press('Escape');
  const eve = await person();
  await eve.enter(room, 'Eve');
  await expect(ada.tile).toContainText('Eve');
  await ada.expectState('connected');
  expect(await sounds(ada)).toEqual(['joined', 'left', 'joined']);
});

test('who speaks while the microphone is off is told', async ({ browserName, person, room }) => {
  needsAudioGraph(browserName);
  const ada = await person({ prepare: humming });
  await ada.enter(room, 'Ada');
  await expectBackground(ada);
  const hint = ada.page.getByText('You are speaking, but your microphone is off.');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');
  await ada.microphone.click();
  await expect(hint).toBeVisible();
  await ada.page.getByRole('button', { name: 'Turn on microphone', exact: true }).last().click();
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');
  await expect(hint).toHaveCount(0);
});

test('a microphone that gives nothing is reported', async ({ browserName, person, room }) => {
  needsAudioGraph(browserName);
  const ada = await person({ prepare: dead });
  await ada.enter(room, 'Ada');
  await expect(ada.page.getByText('Nothing comes from your microphone.')).toBeVisible();
});

test('the microphone is on while a key is held; a key lists all keys', async ({ person, room }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await expectBackground(ada);
  await ada.microphone.click();
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'false');
  await ada.page.keyboard.down('t');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');
  await ada.page.keyboard.up('t');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'false');

  const list = ada.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await ada.page.keyboard.press('?');
  await expect(list).toContainText('Hold to talk');
  await ada.page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);

  await ada.microphone.click();
  await ada.page.keyboard.down('t');
  await ada.page.keyboard.up('t');
  await expect(ada.microphone, 'who was heard before is heard after').toHaveAttribute('aria-pressed', 'true');
});

test('the others play on the loudspeaker that was chosen, also who comes later', async ({ person, room }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await expectBackground(ada);
  const listed = await ada.page.evaluate(async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const speakers = devices.filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId);
    return speakers.map(({ deviceId }) => deviceId);
  });
  await ada.page.getByTestId('open-devices').click();
  const choice = ada.page.getByRole('combobox', { name: 'Loudspeaker' });
  if (listed.length === 0) {
    console.log('this browser lists no loudspeaker here: nothing is offered');
    await expect(ada.page.getByRole('button', { name: 'Test sound' })).toBeVisible();
    await expect(choice).toHaveCount(0);
    return;
  }
  const chosen = listed.at(-1)!;
  await choice.selectOption(chosen);
  await ada.page.keyboard.press('Escape');
  const bob = await person();
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  const sink = () => ada.page.getByTestId('remote-audio').evaluate((audio: HTMLAudioElement) => audio.sinkId);
  await expect.poll(sink).toBe(chosen);
});

test('the own picture is a mirror unless switched off', async ({ person, room }) => {
  const ada = await person({ prepare: facing });
  await ada.enter(room, 'Ada');
  await expectBackground(ada);
  const transform = () => ada.ownVideo.evaluate((video) => getComputedStyle(video).transform);
  expect(await transform()).toContain('-1');
  await ada.page.getByTestId('open-devices').click();
  await ada.page.getByRole('checkbox', { name: 'Show my picture mirrored' }).uncheck();
  await expect.poll(transform).toBe('none');
  await ada.reload();
  await expectBackground(ada);
  await expect.poll(transform, 'remembered').toBe('none');
});
