// The drawer beside a call: people, connections, invitation.

import type { Locator } from '@playwright/test';
import { expect, test, type Person } from './fixtures.ts';
import { expectMedia } from './media.ts';

declare global {
  interface Window {
    /** What the page has copied last. */
    copied?: string;
    /** What the page has shared last. */
    handedOn?: ShareData;
  }
}

const ADDRESS = /\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:]*|\.local/i;

const at = ({ page }: Person, id: string): Locator => page.getByTestId(id);

/** Ada and Ben in a call. */
async function call(ada: Person, ben: Person, room: string): Promise<void> {
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await ben.enter(room, 'Ben');
  await ada.expectState('connected');
}

test('everybody is listed, with what they send', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await call(ada, ben, room);
  await at(ada, 'open-people').click();
  const people = at(ada, 'person');
  await expect(people).toHaveCount(2);
  await expect(people.first()).toContainText('Ada (you)');
  await expect(people.last()).toContainText('Ben');
  await expect(people.last()).toContainText('Microphone on');
  await ben.microphone.click();
  await ben.camera.click();
  await expect(people.last()).toContainText('Microphone off');
  await expect(people.last()).toContainText('Camera off');
  await ben.leave.click();
  await expect(people).toHaveCount(1);
});

test('from the list people are pinned, made less loud and muted for oneself, by keyboard', async ({
  person,
  room,
}) => {
  // Ada's window is the last one: in Firefox keys press no buttons in others.
  const [ben, ada] = [await person(), await person()];
  await call(ada, ben, room);
  await at(ada, 'open-people').click();
  const [own, bens] = [at(ada, 'person').first(), at(ada, 'person').last()];
  await expect(own.getByRole('button')).toHaveCount(0);
  const pin = bens.getByRole('button', { name: 'Keep Ben large' });
  const mute = bens.getByRole('button', { name: 'Mute Ben for me' });
  const volume = bens.getByRole('slider', { name: 'Volume of Ben' });
  await expect(pin).toHaveCount(1);
  const sound = ada.page.getByTestId('remote-audio');
  const heard = () => sound.evaluate(({ volume, muted }: HTMLAudioElement) => ({ volume, muted }));
  for (const control of [pin, mute, volume]) {
    const box = await control.boundingBox();
    expect(Math.min(box!.width, box!.height), 'large enough to hit').toBeGreaterThanOrEqual(24);
  }

  await pin.focus();
  await ada.page.keyboard.press('Enter');
  await expect(pin).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.tile).toHaveAttribute('data-pinned', 'true');
  await expect(ada.tile.getByTestId('pin')).toHaveAttribute('aria-pressed', 'true');
  await ada.page.keyboard.press('Enter');
  await expect(ada.tile).toHaveAttribute('data-pinned', 'false');

  await ada.page.keyboard.press('Tab');
  await expect(mute).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(heard).toEqual({ volume: 1, muted: true });
  await expect(ada.tile).toContainText('Muted for you');
  await expect(mute).toBeFocused();
  await ada.page.keyboard.press('Tab');
  await expect(volume).toBeFocused();
  await ada.page.keyboard.press('ArrowLeft');
  // Who moves the slider wants to hear.
  await expect.poll(heard).toEqual({ volume: 0.95, muted: false });
  await expect(mute).toHaveAttribute('aria-pressed', 'false');

  // The menu of the tile says the same.
  await ada.tile.getByTestId('open-volume').focus();
  await ada.page.keyboard.press('Enter');
  await expect(ada.tile.getByTestId('volume')).toHaveValue('95');
  await ada.tile.getByTestId('mute-for-me').check();
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
});

test('the numbers of a connection are shown, and copied without addresses', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await ada.page.addInitScript(() => {
    const writeText = async (text: string) => { window.copied = text; };
    Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
  });
  await call(ada, ben, room);
  await expectMedia(ada.page);
  for (const one of [ada, ben]) {
    await at(one, 'open-people').click();
    await at(one, 'open-stats').click();
    const connection = at(one, 'connection');
    await expect(connection).toHaveCount(1);
    await expect(connection.getByRole('heading')).toHaveText(one === ada ? 'Ben' : 'Ada');
    const row = (name: string) => connection.getByRole('row', { name });
    await expect(row('Path')).toContainText(/direct.* \(UDP\)/);
    for (const [name, number] of [
      ['Bitrate', /[1-9]\d* kbit\/s|\d\.\d Mbit\/s/],
      ['Loss', /\d\.\d %/],
      ['Picture', /\d+×\d+/],
      ['Frame rate', /[1-9]\d* fps/],
      ['Codec', /VP8|VP9|H264|AV1/],
    ] as const) {
      for (const cell of [row(name).getByRole('cell').nth(-2), row(name).getByRole('cell').last()]) {
        await expect(cell, name).toHaveText(number, { timeout: 15_000 });
      }
    }
    await expect(connection.locator('.graph')).toHaveCount(3);
    // After ten seconds.
    await expect(at(one, 'verdict')).toHaveAttribute('data-grade', /good|fair|poor/, { timeout: 20_000 });
  }
  const copy = async (): Promise<string> => {
    await ada.page.evaluate(() => delete window.copied);
    await at(ada, 'copy-report').click();
    await expect.poll(() => ada.page.evaluate(() => window.copied)).toBeTruthy();
    return (await ada.page.evaluate(() => window.copied)) ?? '';
  };
  const report = await copy();
  expect(report).toContain('connection 1: ');
  expect(report).not.toMatch(ADDRESS);
  expect(report).not.toContain('Ben');
  await expect(ada.page.getByText('Report copied')).toBeVisible();
  await at(ada, 'report-addresses').check();
  expect(await copy()).toMatch(/addresses: \S+ \d+ to \S+ \d+/);
});

test('a bad connection is marked on the tile, in a language', async ({ person, room }) => {
  const [ada, ben] = [await person({ locale: 'zh-CN' }), await person()];
  await ada.page.addInitScript(() => {
    const { getStats } = RTCPeerConnection.prototype;
    const slow = { currentRoundTripTime: 0.6, roundTripTime: 0.6 };
    RTCPeerConnection.prototype.getStats = async function () {
      const report = (await getStats.call(this)) as unknown as Map<string, object>;
      const slowed = new Map([...report].map(([id, stat]) => [id, { ...stat, ...slow }]));
      return slowed as unknown as RTCStatsReport;
    };
  });
  await call(ada, ben, room);
  const mark = ada.tile.getByTestId('quality-mark');
  await expect(mark).toHaveAttribute('data-grade', 'poor', { timeout: 25_000 });
  await expect(mark).toBeVisible();
  await expect(mark).toHaveText(/连接：较差/);
  await at(ada, 'open-people').click();
  await expect(ada.page.getByRole('complementary', { name: '通话详情' })).toBeVisible();
  await expect(at(ada, 'verdict')).toContainText('较差');
});

test('the drawer is opened, used and closed by keyboard', async ({ person, room }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  const [more, drawer] = [at(ada, 'open-people'), at(ada, 'drawer')];
  await expect(more).toHaveAttribute('aria-expanded', 'false');
  await more.focus();
  await ada.page.keyboard.press('Enter');
  await expect(more).toHaveAttribute('aria-expanded', 'true');
  await expect(drawer.getByRole('heading', { level: 2 })).toBeFocused();
  await ada.page.keyboard.press('Tab');
  await expect(at(ada, 'close-drawer')).toBeFocused();
  await ada.page.keyboard.press('Tab');
  await expect(at(ada, 'tab-people')).toBeFocused();
  await ada.page.keyboard.press('ArrowRight');
  await expect(at(ada, 'open-stats')).toBeFocused();
  await expect(at(ada, 'open-stats')).toHaveAttribute('aria-selected', 'true');
  await expect(drawer).toContainText('Nobody else is here yet.');
  await ada.page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(more).toBeFocused();
  // Opened again, it shows people.
  await ada.page.keyboard.press('Enter');
  await expect(at(ada, 'person')).toHaveCount(1);
  await at(ada, 'close-drawer').click();
  await expect(more).toBeFocused();
});

test('the link is handed on, and nothing but the link', async ({ person, room }) => {
  const ada = await person();
  await ada.page.addInitScript(() => {
    navigator.share = async (data) => { if (data) window.handedOn = data; };
  });
  await ada.goto(`/r/${room}?join=now&name=Ada`);
  await ada.expectState('waiting');
  await at(ada, 'open-people').click();
  await at(ada, 'open-invite').click();
  const [drawer, link] = [at(ada, 'drawer'), `${ada.url}/r/${room}`];
  await expect(drawer.getByRole('textbox')).toHaveValue(link);
  const email = new URL((await at(ada, 'email-link').getAttribute('href')) ?? '');
  expect([email.protocol, email.searchParams.get('body')]).toEqual(['mailto:', `Join the call: ${link}`]);
  await at(ada, 'share-link').click();
  await expect.poll(() => ada.page.evaluate(() => window.handedOn)).toEqual({ url: link });
  const code = drawer.getByRole('img', { name: /QR code/ });
  await expect(code).toBeVisible();
  const box = await code.boundingBox();
  expect(box!.width).toBeGreaterThan(150);
  expect(box!.height).toBe(box!.width);
});

for (const viewport of [
  { width: 390, height: 844 },
  { width: 844, height: 390 },
  { width: 700, height: 900 },
  { width: 1280, height: 720 },
]) {
  test(`the drawer is in reach in a window of ${viewport.width} by ${viewport.height}`, async ({
    person,
    room,
  }) => {
    // Ada's window is the last one: in Firefox others have no focus.
    const [ben, ada] = [await person(), await person({ viewport })];
    await call(ada, ben, room);
    await expect(at(ada, 'leave')).toBeInViewport({ ratio: 1 });
    await at(ben, 'open-more').click();
    await at(ben, 'lock-room').click();
    if (viewport.width < 480) {
      await at(ada, 'open-more').click();
      await at(ada, 'open-people-narrow').click();
    } else {
      await at(ada, 'open-people').click();
    }
    const inReach = ['drawer', 'close-drawer', 'tab-people', 'open-stats', 'open-invite', 'leave'];
    for (const id of [...inReach, 'room-locked']) {
      await expect(at(ada, id), id).toBeInViewport({ ratio: 1 });
    }
    const [drawer, stage] = [await at(ada, 'drawer').boundingBox(), await at(ada, 'stage').boundingBox()];
    if (viewport.width > 1000) {
      expect(stage!.x + stage!.width, 'the stage makes room').toBeLessThanOrEqual(drawer!.x);
    }
    const wide = () => ada.page.evaluate(() => document.documentElement.scrollWidth);
    expect(await wide()).toBeLessThanOrEqual(viewport.width);
    await at(ada, 'close-drawer').click();
    await expect(at(ada, viewport.width < 480 ? 'open-more' : 'open-people')).toBeFocused();
  });
}
