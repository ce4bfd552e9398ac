// The signals view: what is said to the server and what comes of it, live and in capsules.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { expect, skip, test, type Person } from './fixtures.ts';
import { expectFramesToGrow, expectMedia } from './media.ts';
import { heard, sent, type Message } from './wire.ts';

declare global {
  interface Window {
    /** What the page records. */
    hallooRecord: unknown[] & { onentry?: () => void };
    /** What the page has offered as a file last. */
    savedFile?: Blob;
  }
}

const ADDRESS = /\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:]*|\.local/i;

/** A capsule has times and sizes, which have no colons; member names end with one. */
const withoutMembers = (text: string) => text.replaceAll(/"\w+":/g, '');

const at = ({ page }: Person, id: string): Locator => page.getByTestId(id);
const entries = (person: Person, selector = ''): Locator =>
  person.page.locator(`[data-testid=signal-entry]${selector}`);
const kinds = (rows: Locator): Promise<(string | null)[]> =>
  rows.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-kind')));

const kindOf = ({ type, signal }: Message): unknown =>
  type === 'signal' ? (signal as { kind: string }).kind : type;

const stepOf = ({ page }: Person, name: string): Locator =>
  page.locator(`[data-testid=waterfall-step][data-step="halloo: ${name}"]`);

/** Ada and Ben in a call. */
async function call(ada: Person, ben: Person, room: string): Promise<void> {
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await ben.enter(room, 'Ben');
  await ada.expectState('connected');
  await expectMedia(ada.page);
}

async function openSignals(person: Person): Promise<void> {
  if (await at(person, 'open-people').isVisible()) {
    await at(person, 'open-people').click();
  } else {
    await at(person, 'open-more').click();
    await at(person, 'open-people-narrow').click();
  }
  await at(person, 'open-signals').click();
  await expect(entries(person).first()).toBeVisible();
  // The second exchange with somebody is that of the data channel.
  if (await person.tile.count()) await expect(entries(person, '[data-kind=answer]')).toHaveCount(2);
}

/** Takes down what pages yet to be loaded offer as files: Firefox does not tell the driver of downloads. */
async function watchFiles({ page }: Person): Promise<void> {
  await page.addInitScript(() => {
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => create((window.savedFile = blob));
  });
}

/** What the button saves. */
async function saved(person: Person): Promise<string> {
  await person.page.evaluate(() => delete window.savedFile);
  await at(person, 'save-capsule').click();
  await expect.poll(() => person.page.evaluate(() => Boolean(window.savedFile))).toBe(true);
  return person.page.evaluate(() => window.savedFile!.text());
}

async function open(person: Person, capsule: string): Promise<void> {
  await at(person, 'capsule-file').setInputFiles({
    name: 'capsule.json',
    mimeType: 'application/json',
    buffer: Buffer.from(capsule),
  });
}

test('messages are shown in their order, with the states between them', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await call(ada, ben, room);
  // Heartbeats go on.
  await openSignals(ada);
  await at(ada, 'signals-pause').click();
  const shown = async (direction: string) => kinds(entries(ada, `[data-direction=${direction}]`));
  const [received, said] = [await shown('received'), await shown('sent')];
  expect(received).toEqual((await heard(ada.page)).map(kindOf).slice(0, received.length));
  const texts = await ada.page.evaluate(() => window.said);
  expect(said).toEqual(texts.map((text) => kindOf(JSON.parse(text))).slice(0, said.length));

  const all = await kinds(entries(ada));
  const steps = 'hello join joined peer_joined offer candidate ice connection picture';
  const order = steps.split(' ');
  expect(all.filter((kind, index) => order.includes(kind!) && all.indexOf(kind) === index)).toEqual(order);
  expect(all.indexOf('answer')).toBeGreaterThan(all.indexOf('offer'));
  for (const kind of ['client', 'devices', 'socket', 'signaling', 'gathering']) expect(all).toContain(kind);
  const dtls = entries(ada, '[data-kind=dtls]');
  await expect(dtls.first()).toContainText('DTLS: connecting');
  await expect(dtls.last()).toContainText('DTLS: connected');
  expect(all.indexOf('dtls')).toBeLessThan(all.indexOf('picture'));
  const times = await entries(ada).evaluateAll((rows) =>
    rows.map((row) => Number(row.getAttribute('data-at'))),
  );
  expect(times).toEqual([...times].sort((one, other) => one - other));

  // Whoever listens hears what is drawn.
  await expect(entries(ada, '[data-kind=offer]').first()).toContainText('sent to Ben');
  await expect(entries(ada, '[data-kind=answer]').first()).toContainText('received from Ben');
  await at(ada, 'signals-list').click();
  await expect(entries(ada, '[data-kind=answer]').first()).toContainText(/\d\.\d kB/);
});

test('the waterfall agrees with marks of the page', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await ben.page.addInitScript(() => {
    const { port1, port2 } = new MessageChannel();
    const once = (name: string) => {
      if (performance.getEntriesByName(name).length === 0) performance.mark(name);
    };
    port1.onmessage = ({ data }) => once(`after ${data}`);
    // Of all listeners these are the first; the message comes after the last one.
    const mark = (name: string) => {
      once(`before ${name}`);
      port2.postMessage(name);
    };
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
      constructor(url: string | URL) {
        super(url);
        this.addEventListener('open', () => mark('socket open'));
        this.addEventListener('message', ({ data }) => {
          if (String(data).includes('"type":"joined"')) mark('joined');
        });
      }
    };
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        this.addEventListener('iceconnectionstatechange', () => {
          if (/connected|completed/.test(this.iceConnectionState)) mark('ICE connected');
        });
        this.addEventListener('connectionstatechange', () => {
          if (this.connectionState === 'connected') mark('connection connected');
        });
        // The transports exist from the first description on.
        const transports = new Set<RTCDtlsTransport>();
        this.addEventListener('signalingstatechange', () => {
          for (const { transport } of this.getSenders()) {
            if (!transport || transports.has(transport)) continue;
            transports.add(transport);
            transport.addEventListener('statechange', () => {
              if (transport.state === 'connected') mark('DTLS connected');
            });
          }
        });
      }
    };
    const create = document.createElement.bind(document);
    document.createElement = (...args: Parameters<typeof create>) => {
      const element = create(...args);
      if (element instanceof HTMLVideoElement) {
        element.addEventListener('loadeddata', () => {
          if (element.dataset['testid'] === 'remote-video') mark('first frame');
        });
      }
      return element;
    };
  });
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await ben.goto(`/r/${room}?join=now&name=Ben`);
  await ben.expectState('connected');
  await expectMedia(ben.page);
  await openSignals(ben);
  await at(ben, 'signals-waterfall').click();
  const step = (name: string) => stepOf(ben, name);
  const end = async (name: string) => Number(await step(name).getAttribute('data-end'));
  const marked = (name: string) =>
    ben.page.evaluate((name) => performance.getEntriesByName(name)[0]?.startTime ?? -1, name);
  for (const name of ['socket open', 'joined', 'ICE connected', 'DTLS connected', 'first frame']) {
    await expect(step(name), name).toHaveCount(1);
    const shown = await end(name);
    expect(shown, name).toBeGreaterThan(0);
    // Where transports tell nothing, the connection does.
    const own = name !== 'DTLS connected' || (await marked(`before ${name}`)) > 0;
    const of = own ? name : 'connection connected';
    expect(shown, name).toBeGreaterThan((await marked(`before ${of}`)) - 2);
    expect(shown, name).toBeLessThan((await marked(`after ${of}`)) + 2);
    // The browser's own tools show it, too.
    expect(Math.abs(shown - (await marked(`halloo: ${name}`))), name).toBeLessThan(2);
  }
  const page = await ben.page.evaluate(
    () => performance.getEntriesByType('navigation')[0]!.toJSON() as { responseEnd: number },
  );
  expect(Math.abs((await end('page received')) - page.responseEnd)).toBeLessThan(2);
  const ends: number[] = [];
  for (const name of ['offer', 'answer', 'ICE connected', 'DTLS connected', 'first frame']) {
    ends.push(await end(name));
  }
  expect(ends).toEqual([...ends].sort((one, other) => one - other));
  await expect(step('client started')).toContainText('WASM');
});

test('entries are searched, filtered, held back and cleared', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await call(ada, ben, room);
  await openSignals(ada);
  await at(ada, 'signals-kind').selectOption('candidate');
  expect(new Set(await kinds(entries(ada)))).toEqual(new Set(['candidate']));
  await at(ada, 'signals-kind').selectOption('ICE');
  await expect(entries(ada).last()).toContainText('connected');
  await at(ada, 'signals-all').click();
  await at(ada, 'signals-search').fill('A=FINGERPRINT');
  expect(await kinds(entries(ada))).toEqual(['offer', 'answer', 'offer', 'answer']);
  await at(ada, 'signals-search').fill('nothing has this');
  await expect(entries(ada)).toHaveCount(0);
  await expect(at(ada, 'signals')).toContainText('Nothing fits the filter.');
  await at(ada, 'signals-search').fill('');
  await at(ada, 'signals-peer').selectOption('Ben');
  expect(await kinds(entries(ada))).not.toContain('join');
  await at(ada, 'signals-all').click();

  const pause = at(ada, 'signals-pause');
  const media = entries(ada, '[data-kind=media_changed]');
  await pause.click();
  await expect(pause).toHaveAttribute('aria-pressed', 'true');
  const before = await media.count();
  await ben.camera.click();
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');
  await expect(media).toHaveCount(before);
  await pause.click();
  await expect(media).toHaveCount(before + 1);

  await at(ada, 'signals-clear').click();
  await expect(entries(ada, '[data-kind=offer]')).toHaveCount(0);
  await ben.camera.click();
  await expect(media).toHaveCount(1);
  await at(ada, 'signals-all').click();
  await expect(entries(ada, '[data-kind=offer]')).toHaveCount(2);

  // Closed, it listens to nothing.
  const listens = () => ada.page.evaluate(() => Boolean(window.hallooRecord.onentry));
  expect(await listens()).toBe(true);
  await at(ada, 'close-drawer').click();
  expect(await listens()).toBe(false);
});

test('the view scrolls along while its end is in sight', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  await call(ada, ben, room);
  await openSignals(ada);
  const body = ada.page.locator('#drawer-body');
  const media = entries(ada, '[data-kind=media_changed]');
  const toggle = async () => {
    const before = await media.count();
    await ben.camera.click();
    await expect(media).toHaveCount(before + 1);
  };
  const scrollable = await body.evaluate((body) => body.scrollHeight - body.clientHeight);
  expect(scrollable).toBeGreaterThan(200);
  await entries(ada).last().evaluate((row) => row.scrollIntoView({ block: 'nearest' }));
  await expect(entries(ada).last()).toBeInViewport();
  for (let times = 0; times < 4; times += 1) {
    await toggle();
    await expect(media.last()).toBeInViewport({ ratio: 0.5 });
  }
  const scrolled = () => body.evaluate((body) => body.scrollTop);
  const end = await scrolled();
  await body.evaluate((body) => body.scrollTo(0, 0));
  await toggle();
  await toggle();
  // A frame later it would have scrolled.
  const frame = () => ada.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  await frame();
  await frame();
  expect(await scrolled()).toBe(0);
  expect(end).toBeGreaterThan(0);
});

test('lines of a description are explained, by keyboard only', async ({ person, room }) => {
  // Ada's window is the last one: in Firefox keys press no buttons in others.
  const [ben, ada] = [await person(), await person()];
  await call(ada, ben, room);
  await openSignals(ada);
  const { keyboard } = ada.page;
  await at(ada, 'signals-pause').click();
  await at(ada, 'signals-kind').selectOption('offer');
  await at(ada, 'signals-kind').focus();
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  const offer = entries(ada, '[data-kind=offer]').first();
  await expect(offer).toBeFocused();
  await keyboard.press('Enter');
  await expect(offer).toHaveAttribute('aria-expanded', 'true');
  const sections = at(ada, 'sdp-section');
  await expect(sections.nth(1)).toContainText(/audio · mid \d/);
  await expect(sections.nth(2)).toContainText(/video · mid \d/);
  const line = (start: string) => at(ada, 'sdp-line').filter({ hasText: start }).first();
  await line('v=0').focus();
  await expect(at(ada, 'explained')).toContainText('RFC 8866 § 5.1');
  await keyboard.press('ArrowDown');
  await expect(line('o=')).toBeFocused();
  await expect(at(ada, 'explained')).toContainText('Who made this description.');
  for (const [start, words] of [
    ['a=group:BUNDLE', 'RFC 9143 § 5'],
    ['m=audio', 'payload types'],
    ['a=ice-ufrag', 'The short name of this side'],
    ['a=fingerprint', 'This is what makes the call safe'],
    ['a=setup', 'Who opens the DTLS connection'],
    ['a=mid', 'The name of this section'],
    ['a=rtpmap', 'codec'],
    ['a=fmtp', 'parameters'],
    ['a=msid:', 'track'],
  ] as const) {
    await line(start).focus();
    await expect(at(ada, 'explained'), start).toContainText(new RegExp(words, 'i'));
  }
  await at(ada, 'signals-all').click();
  const candidate = entries(ada, '[data-kind=candidate]').first();
  await candidate.click();
  await expect(at(ada, 'explained')).toContainText('host');
  await expect(at(ada, 'explained')).toContainText('RFC 8839 § 5.1');
  // From row to row.
  await keyboard.press('ArrowUp');
  await expect(candidate).not.toBeFocused();
  await keyboard.press('End');
  await expect(entries(ada).last()).toBeFocused();
  await keyboard.press('Home');
  await expect(entries(ada).first()).toBeFocused();
});

test('credentials are masked on the screen until they are asked for', async ({ person, room }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await openSignals(ada);
  const [joined] = (await heard(ada.page)).filter(({ type }) => type === 'joined');
  const token = String(joined!['resume_token']);
  await entries(ada, '[data-kind=joined]').click();
  const content = at(ada, 'signal-content');
  await expect(content).toContainText('"resume_token": "credential-');
  await expect(content).not.toContainText(token);
  await at(ada, 'show-credentials').check();
  await expect(content).toContainText(token);
});

test('a capsule has no address and no credential, opens again, and is gone through', async ({
  person,
  room,
  browserName,
}) => {
  const [ben, ada] = [await person(), await person()];
  await watchFiles(ada);
  await call(ada, ben, room);
  await openSignals(ada);
  await at(ada, 'signals-pause').click();
  const count = await entries(ada).count();
  const capsule = await saved(ada);
  expect(withoutMembers(capsule)).not.toMatch(ADDRESS);
  const wire = JSON.stringify([await heard(ada.page), await ada.page.evaluate(() => window.said)]);
  const secrets = [
    ...wire.matchAll(/a=(?:ice-ufrag|ice-pwd):([^\\]+)|a=fingerprint:sha-256 ([0-9A-F:]+)/g),
    ...wire.matchAll(/\\*"(?:resume_token|credential|username|visit)\\*":\\*"([^\\"]+)/g),
    ...wire.matchAll(/\\*"(?:name|username_fragment)\\*":\\*"([^\\"]+)/g),
  ].map(([, one, other]) => one ?? other!);
  expect(secrets.length).toBeGreaterThan(8);
  for (const secret of [...secrets, room]) expect(capsule, secret).not.toContain(secret);
  expect(JSON.parse(capsule)).toMatchObject({ halloo_capsule: 1, redacted: true });

  if (browserName === 'chromium') {
    const download = ada.page.waitForEvent('download');
    await at(ada, 'save-capsule').click();
    expect((await download).suggestedFilename()).toBe('halloo-signals.json');
  }

  await at(ada, 'capsule-addresses').check();
  const whole = await saved(ada);
  expect(whole).toMatch(ADDRESS);
  expect(whole).toContain('Ben');
  const tokens = [...wire.matchAll(/"(?:resume_token|credential)":"([^"]+)"/g)].map(([, token]) => token!);
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of [...tokens, room]) expect(whole).not.toContain(token);

  await ada.goto('/signals');
  await open(ada, capsule);
  await expect(at(ada, 'capsule-opened')).toContainText('Addresses and names were taken out.');
  await expect(entries(ada)).toHaveCount(count);
  await at(ada, 'signals-waterfall').click();
  await expect(stepOf(ada, 'first frame')).toHaveCount(1);
  await at(ada, 'signals-diagram').click();

  const place = at(ada, 'step-place');
  await expect(place).toHaveText(`0 of ${count}`);
  await expect(at(ada, 'step-back')).toBeDisabled();
  await at(ada, 'step-on').click();
  await expect(place).toHaveText(`1 of ${count}`);
  await ada.page.keyboard.press('ArrowRight');
  await ada.page.keyboard.press('ArrowRight');
  await expect(place).toHaveText(`3 of ${count}`);
  // Firefox may take the window for one in the background.
  const hasFocus = (row: Element) => row === document.activeElement;
  await expect.poll(() => entries(ada).nth(2).evaluate(hasFocus)).toBe(true);
  await expect(at(ada, 'signal-detail')).toHaveCount(1);
  await ada.page.keyboard.press('ArrowLeft');
  await expect(place).toHaveText(`2 of ${count}`);
  await at(ada, 'step-back').click();
  await expect(place).toHaveText(`1 of ${count}`);
  await at(ada, 'signals-kind').selectOption('offer');
  await entries(ada).first().click();
  await expect(at(ada, 'sdp')).toContainText('a=ice-ufrag:ufrag-1');
});

test('a broken capsule says where', async ({ person }) => {
  const ada = await person();
  await ada.goto('/signals');
  await expect(at(ada, 'capsule-file')).toHaveCount(1);
  const entry = '{"number":1,"at_us":5,"kind":"ice","value":"connected"}';
  const capsule = (entries: string) => `{"halloo_capsule":1,\n"entries":[\n${entries}\n]}`;
  const problem = at(ada, 'capsule-error');
  for (const [text, code, place] of [
    [capsule(entry).replace('"ice"', 'ice'), 'not_json', 'Line 3, column'],
    ['hello', 'not_json', 'Line 1, column 1.'],
    ['{"calls":[]}', 'not_a_capsule', ''],
    [capsule(entry).replace('capsule":1', 'capsule":9'), 'unsupported_version', 'halloo_capsule'],
    [capsule(entry.replace('"at_us":5,', '')), 'missing_member', 'entries[0].at_us'],
    [capsule(entry.replace(':5', ':"noon"')), 'bad_member', 'entries[0].at_us'],
    [capsule(`${entry},\n${entry}`), 'bad_member', 'entries[1].number'],
    ['['.repeat(5000), 'too_deep', 'Line 1'],
    [capsule(Array(5001).fill('{}').join()), 'too_many_entries', 'entries'],
    [' '.repeat(4 * 1024 * 1024 + 1), 'too_large', '4 MiB'],
  ] as const) {
    await open(ada, text);
    await expect(problem, code).toHaveAttribute('data-code', code);
    await expect(problem).toContainText(place);
    await expect(entries(ada)).toHaveCount(0);
  }
  await open(ada, capsule(entry));
  await expect(problem).toHaveCount(0);
  await expect(entries(ada)).toHaveCount(1);
});

test('a view that cannot be loaded says so, and the call goes on', async ({ person, room }) => {
  const [ada, ben] = [await person(), await person()];
  ada.allow(/Failed to load resource/, /TypeError|NetworkError|Failed to fetch|WebAssembly/, /^Error$/);
  const part = /\/pkg\/split_signals[^/]+\.wasm$/;
  await ada.page.route(part, (route) => route.abort('connectionrefused'));
  await call(ada, ben, room);
  await at(ada, 'open-people').click();
  await at(ada, 'open-signals').click();
  await expect(at(ada, 'part-failed')).toBeVisible();
  await expectFramesToGrow(ada.page);
  await ada.page.unroute(part);
  await at(ada, 'part-retry').click();
  await expect(entries(ada, '[data-kind=offer]').first()).toBeVisible();
  expect(await sent(ada.page, 'join')).toHaveLength(1);
});

for (const look of [
  { locale: 'en-US', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const) {
  test(`accessible in all states, ${look.locale}, ${look.colorScheme}`, async ({
    person,
    room,
    browserName,
  }) => {
    if (browserName !== 'chromium') skip('what is found hardly depends on the browser');
    const [ben, ada] = [await person(), await person(look)];
    await watchFiles(ada);
    await call(ada, ben, room);
    const expectAccessible = async (state: string) => {
      const { violations } = await new AxeBuilder({ page: ada.page }).analyze();
      const found = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect(found, state).toEqual([]);
      const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, state).toBeLessThanOrEqual(look.viewport.width);
    };
    await openSignals(ada);
    await at(ada, 'signals-pause').click();
    await expectAccessible('diagram');
    await entries(ada, '[data-kind=offer]').first().click();
    await at(ada, 'sdp-line').filter({ hasText: 'a=fingerprint' }).first().click();
    await expectAccessible('offer');
    await at(ada, 'signals-list').click();
    await expectAccessible('list');
    await at(ada, 'signals-waterfall').click();
    await expectAccessible('waterfall');
    const capsule = await saved(ada);
    await ada.goto('/signals');
    await expectAccessible('page');
    await open(ada, 'broken');
    await expect(at(ada, 'capsule-error')).toBeVisible();
    await expectAccessible('broken capsule');
    await open(ada, capsule);
    await at(ada, 'step-on').click();
    await expectAccessible('capsule');
  });
}
