// Pictures of all layouts of a call, to look at: scenes in windows of several sizes, light and dark, in both
// languages, and a page (index.html) that shows them beside each other.
//
//   node scripts/layouts.mjs [--only pair,screen] [folder, by default target/layouts]
//
// HALLOO_BIN names the server, by default target/release/halloo. Needs what the tests in browsers need.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '../end2end/node_modules/playwright-core/index.mjs';
import { chromiumOptions } from '../end2end/launch.mjs';
import { enter, hideQualityMarks } from './people.mjs';
import { startServer } from './server.mjs';

/** How the person who looks does so. A page that was touched once does not believe in a mouse any more. */
const DEVICES = [
  { name: 'desktop', touch: false, sizes: [{ width: 1280, height: 800 }, { width: 2560, height: 1440 }] },
  { name: 'phone', touch: true, sizes: [{ width: 390, height: 844 }, { width: 844, height: 390 }] },
];
const SCHEMES = ['light', 'dark'];
const LANGUAGES = ['en', 'zh-CN'];
/** Nobody looks at the pages of the others. */
const SMALL = { viewport: { width: 640, height: 400 }, locale: 'en' };
/** Who comes after Ada, in this order. One name is long. */
const OTHERS = ['Ben', 'Cleo', 'Dan', 'Eve', 'Finn Featherstonehaugh-Cholmondeley'];

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const folder = positionals[0] ?? join(import.meta.dirname, '../target/layouts');
mkdirSync(folder, { recursive: true });

const MORE = { button: 'open-more', id: 'more-menu', content: '[data-testid=lock-room]' };
const SETTINGS = { button: 'open-devices', id: 'device-menu', content: '#choose-view' };

/** Ada's device, her page, and those of the others who are in the call, or before the locked room. */
let device;
let ada;
let others = [];
let outside;

/**
 * What Ada sees, who is in the call with so many others. `set` brings it about and `unset` ends it. `again`
 * does what does not last, before each picture, and returns what must be there when it is taken.
 */
const SCENES = {
  alone: { others: 0 },
  pair: { others: 1 },
  'grid-3': { others: 2 },
  'grid-4': { others: 3 },
  speaker: { others: 3, set: () => choose('speaker'), unset: () => choose('automatic') },
  screen: { others: 3, set: shareScreen, unset: () => press(others[0], 'share-screen') },
  pinned: { others: 3, set: () => pin('Ben', 'Cleo'), unset: () => pin('Ben', 'Cleo') },
  hands: { others: 3, set: raiseHands, again: react, unset: lowerHands },
  more: { others: 3, again: () => openMenu(ada, MORE), unset: closeMenu },
  devices: { others: 3, again: () => openMenu(ada, SETTINGS), unset: closeMenu },
  people: { others: 3, set: () => openDrawer('tab-people', 'person'), unset: closeDrawer },
  connections: { others: 3, set: () => openDrawer('open-stats', 'connection'), unset: closeDrawer },
  invite: { others: 3, set: () => openDrawer('open-invite', 'qr-code'), unset: closeDrawer },
  'locked-inside': { others: 1, set: () => lock(true), unset: () => lock(false) },
  'locked-outside': { others: 1, set: comeToLockedRoom, unset: leaveLockedRoom },
  'grid-6': { others: 5 },
};

const chosen = values.only?.split(',') ?? Object.keys(SCENES);
for (const name of chosen) if (!SCENES[name]) throw new Error(`--only: no scene ${name}`);

const { origin, stop } = await startServer();
const browser = await chromium.launch(chromiumOptions());
try {
  for (device of DEVICES) {
    ada = await look('Ada');
    for (const name of chosen) {
      const scene = SCENES[name];
      await gather(scene.others);
      const page = (await scene.set?.()) ?? ada;
      await shootAll(page, name, scene.again);
      await scene.unset?.();
      console.log(`${name}, ${device.name}`);
    }
    for (const page of [ada, ...others]) await page.context().close();
    others = [];
  }
  writeFileSync(join(folder, 'index.html'), contactSheet());
  console.log(join(folder, 'index.html'));
} finally {
  await browser.close();
  stop();
}

/** Somebody in the call, or before it, with the device whose pictures are taken. */
function look(name) {
  const { touch, sizes: [viewport] } = device;
  const options = { locale: 'en', reducedMotion: 'reduce', viewport, hasTouch: touch, isMobile: touch };
  return enter(browser, room(), name, options);
}

function room() {
  return `${origin}/r/meeting-${device.name}`;
}

/** A picture of each size, scheme and language. What is open stays open meanwhile. */
async function shootAll(page, name, again) {
  await hideQualityMarks(page);
  for (const language of LANGUAGES) {
    // As an event: a real click would close menus, and narrow pages may have no room for the button.
    await page.locator(`.languages button[lang="${language}"]`).dispatchEvent('click');
    await page.locator(`html[lang="${language}"]`).waitFor();
    for (const size of device.sizes) {
      await page.setViewportSize(size);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        await shoot(page, join(folder, file(name, size, colorScheme, language)), again);
      }
    }
  }
  await page.setViewportSize(device.sizes[0]);
}

async function shoot(page, path, again) {
  for (let attempts = 0; attempts < 20; attempts += 1) {
    const shown = await again?.();
    await page.mouse.move(2, 2);
    await page.evaluate(settled);
    await page.screenshot({ path });
    // On a slow machine what does not last may be gone already.
    if (!shown || (await shown.isVisible())) return;
  }
  throw new Error(`what ${path} is to show is gone before the picture is taken`);
}

/** In the page: waits until nothing has moved for some frames. */
async function settled() {
  const box = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height].join();
  };
  const shapes = '.stage, .tile, .drawer, .menu, .control';
  const boxes = () => [...document.querySelectorAll(shapes)].map(box).join(';');
  const isMoving = () => document.getAnimations().some((animation) =>
    animation.playState === 'running' && Number.isFinite(animation.effect?.getComputedTiming().endTime));
  let before;
  for (let still = 0; still < 6; still += 1) {
    await new Promise((next) => requestAnimationFrame(next));
    const now = boxes();
    if (now !== before || isMoving()) still = 0;
    before = now;
  }
}

/** So many others are in the call, with pictures. One of them has the microphone on. */
async function gather(count) {
  while (others.length > count) await others.pop().context().close();
  while (others.length < count) {
    const page = await enter(browser, room(), OTHERS[others.length], SMALL);
    await page.locator('[data-testid=call-status][data-state=connected]').waitFor({ state: 'attached' });
    if (others.length > 0) await press(page, 'toggle-mic');
    others.push(page);
  }
  await ada.waitForFunction((count) => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const videos = all('.others > .tile[data-picture=true] [data-testid=remote-video]');
    const lists = [all('.others > .tile'), all('[data-testid=pin]'), videos];
    const plays = ({ videoWidth, currentTime }) => videoWidth > 0 && currentTime > 0;
    const speaking = all('.others > .tile[data-speaking=true]').length;
    return lists.every(({ length }) => length === count) && videos.every(plays) && speaking <= 1;
  }, count);
  await ada.locator('.tile-self[data-picture=true]').waitFor();
}

/** As an event, which works in windows that have no room for the button. */
function press(page, id) {
  return page.getByTestId(id).first().dispatchEvent('click');
}

/** Opens a menu unless it is open, and returns it. */
async function openMenu(page, { button, id, content }) {
  const menu = page.locator(`#${id}:popover-open`);
  if (!(await menu.isVisible())) await press(page, button);
  await menu.locator(content).waitFor();
  return menu;
}

async function closeMenu() {
  await ada.keyboard.press('Escape');
  await blur();
}

async function choose(view) {
  const menu = await openMenu(ada, SETTINGS);
  await menu.locator('#choose-view').selectOption(view);
  await closeMenu();
  const layout = view === 'speaker' ? 'speaker' : 'grid';
  await ada.locator(`[data-testid=stage][data-layout=${layout}]`).waitFor();
}

/** Makes tiles large that are not, and the other way round. */
async function pin(...names) {
  for (const name of names) {
    await press(ada.locator('.others > .tile', { hasText: name }), 'pin');
  }
}

async function shareScreen() {
  await press(others[0], 'share-screen');
  await ada.locator('[data-testid=stage][data-layout=screen]').waitFor();
  await ada.waitForFunction(() => {
    const screen = document.querySelector('[data-testid=remote-screen]');
    return screen?.videoWidth > 0 && screen.currentTime > 0;
  });
}

/** Two raise their hands, or lower them. */
async function raiseHands() {
  const hands = ada.getByTestId('hand');
  const before = await hands.count();
  for (const page of [others[2], ada]) await press(page, 'raise-hand');
  await ada.waitForFunction((before) =>
    document.querySelectorAll('[data-testid=hand]').length === (before === 0 ? 2 : 0), before);
}

async function lowerHands() {
  await raiseHands();
  await ada.getByTestId('reaction').first().waitFor({ state: 'detached' });
}

async function react() {
  const [ben] = others;
  const menu = await openMenu(ben, MORE);
  await menu.locator('[data-reaction=clap]').dispatchEvent('click');
  const reaction = ada.getByTestId('reaction').first();
  await reaction.waitFor();
  return reaction;
}

async function openDrawer(tab, content) {
  if (!(await ada.getByTestId('drawer').isVisible())) await press(ada, 'open-people');
  await press(ada, tab);
  await ada.getByTestId(content).first().waitFor();
  if (content !== 'connection') return;
  // After ten seconds of measuring.
  const grades = ['good', 'fair', 'poor'].map((grade) => `[data-testid=verdict][data-grade=${grade}]`);
  await ada.locator(grades.join()).first().waitFor();
}

async function closeDrawer() {
  await press(ada, 'close-drawer');
  await ada.getByTestId('drawer').waitFor({ state: 'detached' });
  await blur();
}

/** The button that opened something has the focus, and shows that after a key was pressed. */
function blur() {
  return ada.evaluate(() => document.activeElement.blur());
}

async function lock(locked) {
  const menu = await openMenu(ada, MORE);
  await menu.getByTestId('lock-room').dispatchEvent('click');
  await menu.locator(`[data-testid=lock-room][aria-pressed=${locked}]`).waitFor();
  await closeMenu();
  await ada.getByTestId('room-locked').waitFor({ state: locked ? 'visible' : 'detached' });
}

async function comeToLockedRoom() {
  await lock(true);
  outside = await look('Eve');
  await outside.locator('[data-testid=call-status][data-state=locked]').waitFor({ state: 'attached' });
  return outside;
}

async function leaveLockedRoom() {
  await outside.context().close();
  await lock(false);
}

function file(name, { width, height }, colorScheme, language) {
  return `${name}-${width}x${height}-${colorScheme}-${language}.png`;
}

/** A page with all pictures, a scene below the other. */
function contactSheet() {
  const picture = (name, size, scheme, language) => {
    const source = file(name, size, scheme, language);
    const words = `${size.width}x${size.height} ${scheme} ${language}`;
    return `<figure><a href="${source}"><img src="${source}" alt="${name} ${words}" loading="lazy"></a>` +
      `<figcaption>${words}</figcaption></figure>`;
  };
  const row = (name, size) => {
    const pictures = LANGUAGES.flatMap((language) =>
      SCHEMES.map((scheme) => picture(name, size, scheme, language)));
    return `<div>${pictures.join('')}</div>`;
  };
  const sizes = DEVICES.flatMap(({ sizes }) => sizes);
  const sections = chosen.map((name) =>
    `<section><h2>${name}</h2>${sizes.map((size) => row(name, size)).join('')}</section>`);
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Layouts</title>
<style>
  body { margin: 1rem; font: 1rem system-ui, sans-serif; background: #888; }
  div { display: flex; gap: 1rem; margin-block-end: 1rem; }
  figure { flex: 1; margin: 0; text-align: center; }
  img { max-inline-size: 100%; max-block-size: 30rem; }
</style>
${sections.join('\n')}
</html>
`;
}
