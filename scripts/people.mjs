// People with drawn faces in calls, for scripts that take pictures.

/** Drawn people: skin, hair, clothes, wall. */
const LOOKS = {
  Ada: { skin: '#f6cfae', hair: '#2f1d18', clothes: '#2a8f86', wall: '#ffd2a8', long: true },
  Ben: { skin: '#c07c4c', hair: '#1b1009', clothes: '#cf6733', wall: '#fbe6bd', beard: true, glasses: true },
  Cleo: { skin: '#8d5a3b', hair: '#120c0a', clothes: '#7a5ea8', wall: '#cfe3dc', long: true, glasses: true },
  Dan: { skin: '#f2c4a0', hair: '#c98a3d', clothes: '#3c5d8f', wall: '#d8d3ee' },
  Eve: { skin: '#dba67f', hair: '#5b2c17', clothes: '#a8435c', wall: '#d9e6f5', long: true },
  Finn: { skin: '#f7d7bd', hair: '#a5401c', clothes: '#57703a', wall: '#f2dcd2', beard: true },
};

/**
 * Somebody in a call, as soon as the page is there. The first name says who is drawn.
 * @returns {Promise<import('@playwright/test').Page>}
 */
export async function enter(browser, room, name, options = {}) {
  const context = await browser.newContext(options);
  await context.addInitScript(drawnCamera, portrait(LOOKS[name.split(' ')[0]]));
  await context.addInitScript(drawnScreen, slide());
  const page = await context.newPage();
  await page.goto(`${room}?join=now&name=${encodeURIComponent(name)}`);
  return page;
}

/** Hides the marks that the machine is too slow for the call. */
export async function hideQualityMarks(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.quality-mark { display: none !important }');
    document.adoptedStyleSheets.push(sheet);
  });
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
    const paint = () => context.drawImage(drawing, 0, 4 * Math.sin(performance.now() / 700) - 4, 1280, 728);
    paint();
    setInterval(paint, 100);
    const [drawn] = canvas.captureStream(10).getVideoTracks();
    stream.removeTrack(camera);
    camera.stop();
    stream.addTrack(drawn);
    return stream;
  };
}

/** Replaces the screen, which a browser without a window may not have, by a drawing. */
function drawnScreen(svg) {
  MediaDevices.prototype.getDisplayMedia = async () => {
    const drawing = new Image();
    drawing.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    await drawing.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 800 });
    const paint = () => canvas.getContext('2d').drawImage(drawing, 0, 0);
    paint();
    setInterval(paint, 200);
    return canvas.captureStream(5);
  };
}

/** A slide with a title, lines and a chart, as a drawing of 1280 by 800. */
function slide() {
  const lines = ['Opened in March', 'Two guides each day', 'Closed on Mondays', 'Next: the greenhouse'];
  const text = (x, y, size, words) => `<text x="${x}" y="${y}" font-size="${size}">${words}</text>`;
  const bar = (height, i) =>
    `<rect x="${760 + 80 * i}" y="${660 - height}" width="52" height="${height}" fill="#2a8f86"/>`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 800" width="1280" height="800">',
    '<path d="M0 0h1280v800H0z" fill="#fff"/><path d="M0 0h1280v14H0z" fill="#cf6733"/>',
    '<g fill="#26313b" font-family="sans-serif">',
    text(80, 130, 58, 'Visitors of the garden'),
    ...lines.map((line, i) => text(80, 260 + 90 * i, 34, `${i + 1}.  ${line}`)),
    text(760, 730, 26, 'March to July'),
    '</g>',
    ...[120, 210, 180, 320, 410].map(bar),
    '<path d="M740 660h440" stroke="#26313b" stroke-width="4"/>',
    '</svg>',
  ].join('');
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
