// Writes the pictures of the README: a call of four on a desktop, and a call on a phone, dark and in Chinese.
//
//   node scripts/pictures.mjs [folder, by default docs]
//
// HALLOO_BIN names the server, by default target/release/halloo. Needs what the tests in browsers need.
import { join } from 'node:path';
import { chromium } from '../end2end/node_modules/playwright-core/index.mjs';
import { chromiumOptions } from '../end2end/launch.mjs';
import { startServer } from './server.mjs';

const folder = process.argv[2] ?? join(import.meta.dirname, '../docs');
const DESKTOP = { viewport: { width: 1200, height: 720 }, locale: 'en', colorScheme: 'light' };
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 1.5,
  locale: 'zh-CN',
  colorScheme: 'dark',
};

/** Drawn people: skin, hair, clothes, wall. */
const LOOKS = {
  Ada: { skin: '#f6cfae', hair: '#2f1d18', clothes: '#2a8f86', wall: '#ffd2a8', long: true },
  Ben: { skin: '#c07c4c', hair: '#1b1009', clothes: '#cf6733', wall: '#fbe6bd', beard: true, glasses: true },
  Cleo: { skin: '#8d5a3b', hair: '#120c0a', clothes: '#7a5ea8', wall: '#cfe3dc', long: true, glasses: true },
  Dan: { skin: '#f2c4a0', hair: '#c98a3d', clothes: '#3c5d8f', wall: '#d8d3ee' },
};

const { origin, stop } = await startServer();
const browser = await chromium.launch(chromiumOptions());
try {
  const desk = `${origin}/r/weekly-meeting`;
  const ada = await enter(desk, 'Ada', DESKTOP);
  await enter(desk, 'Ben');
  const [cleo, dan] = [await enter(desk, 'Cleo'), await enter(desk, 'Dan')];
  for (const page of [cleo, dan]) await page.getByTestId('toggle-mic').click();
  await dan.getByTestId('raise-hand').click();
  await shoot(ada, 3, 'call.png');
  const phone = `${origin}/r/kcp-g3i-mm5`;
  const ben = await enter(phone, 'Ben', PHONE);
  await enter(phone, 'Ada');
  await shoot(ben, 1, 'call-phone.png');
} finally {
  await browser.close();
  stop();
}

/** Somebody in a call, as soon as the page is there. */
async function enter(room, name, options = {}) {
  const context = await browser.newContext(options);
  await context.addInitScript(drawnCamera, portrait(LOOKS[name]));
  const page = await context.newPage();
  await page.goto(`${room}?join=now&name=${name}`);
  return page;
}

/** Takes a picture once so many others are seen, without marks that the machine is too slow for them. */
async function shoot(page, others, file) {
  const pictures = page.locator('.others > .tile[data-picture=true] video');
  // The first pictures are small.
  const grown = (count) => document.querySelectorAll('.others video').length === count &&
    [...document.querySelectorAll('.others video')].every((video) => video.videoWidth >= 640);
  await pictures.nth(others - 1).waitFor();
  await page.waitForFunction(grown, others);
  await page.getByTestId('pin').nth(others - 1).waitFor({ state: 'attached' });
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.quality-mark { display: none !important }');
    document.adoptedStyleSheets.push(sheet);
  });
  await page.mouse.move(5, 5);
  await page.screenshot({ path: join(folder, file) });
}

/** Replaces the picture of the made-up camera by a drawing, which moves a little. */
function drawnCamera(svg) {
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const stream = await getUserMedia.call(this, constraints);
    const [camera] = stream.getVideoTracks();
    if (!camera) return stream;
    const drawing = new Image();
    drawing.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    await drawing.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
    const context = canvas.getContext('2d');
    const paint = () => context.drawImage(drawing, 0, 4 * Math.sin(performance.now() / 700), 1280, 728);
    paint();
    setInterval(paint, 100);
    const [drawn] = canvas.captureStream(10).getVideoTracks();
    stream.removeTrack(camera);
    camera.stop();
    stream.addTrack(drawn);
    return stream;
  };
}

/** Somebody before a wall with a window, as a drawing of 1280 by 720. */
function portrait({ skin, hair, clothes, wall, long, beard, glasses }) {
  const dark = '#2b1a14';
  const eye = (x) => [
    `<circle cx="${x}" cy="330" r="11" fill="${dark}"/>`,
    `<circle cx="${x + 4}" cy="326" r="4" fill="#fff"/>`,
    `<path d="M${x - 30} 292q30-18 60 0" stroke="${hair}" stroke-width="10" fill="none"/>`,
    glasses && `<circle cx="${x}" cy="330" r="44" stroke="${dark}" stroke-width="7" fill="none"/>`,
  ];
  const pane = (x) => `<rect x="${x}" y="134" width="108" height="182" fill="#bfe2ee"/>`;
  const ear = (x) => `<ellipse cx="${x}" cy="340" rx="24" ry="36" fill="${skin}"/>`;
  const fringe = 'M506 330c-16-140 50-205 134-205s150 65 134 205c-10-70-40-110-70-120-60 20-130 14-160-6' +
    '-20 20-34 66-38 126z';
  const drawing = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" stroke-linecap="round">',
    '<defs><radialGradient id="wall" cx="30%" cy="20%" r="110%">',
    `<stop stop-color="#fff" stop-opacity=".75"/><stop offset="1" stop-color="${wall}"/>`,
    '</radialGradient></defs>',
    `<path d="M0 0h1280v720H0z" fill="${wall}"/><path d="M0 0h1280v720H0z" fill="url(#wall)"/>`,
    '<rect x="900" y="120" width="260" height="210" rx="8" fill="#fff"/>',
    pane(914),
    pane(1038),
    long && `<path d="M480 330c0-150 60-215 160-215s160 65 160 215l26 270H454z" fill="${hair}"/>`,
    `<path d="M360 720c10-130 110-190 280-190s270 60 280 190z" fill="${clothes}"/>`,
    `<path d="M590 440h100v90a50 50 0 0 1-100 0z" fill="${skin}"/>`,
    '<path d="M590 480a70 60 0 0 0 100 0v30a70 60 0 0 1-100 0z" opacity=".12"/>',
    ear(508),
    ear(772),
    `<ellipse cx="640" cy="290" rx="133" ry="160" fill="${hair}"/>`,
    `<ellipse cx="640" cy="330" rx="130" ry="160" fill="${skin}"/>`,
    beard && `<path d="M512 350c0 110 50 160 128 160s128-50 128-160" fill="${hair}"/>`,
    beard && `<path d="M512 350c10 40 60 60 128 40c68 20 118 0 128-40z" fill="${skin}"/>`,
    `<path d="${fringe}" fill="${hair}"/>`,
    ...eye(590),
    ...eye(690),
    glasses && `<path d="M634 326h12" stroke="${dark}" stroke-width="7"/>`,
    '<path d="M640 345q-14 34 4 42" stroke="#000" stroke-opacity=".25" stroke-width="6" fill="none"/>',
    '<path d="M592 418q48 44 96 0z" fill="#fff" stroke="#a3452f" stroke-width="7" stroke-linejoin="round"/>',
    '</svg>',
  ];
  return drawing.filter(Boolean).join('');
}
