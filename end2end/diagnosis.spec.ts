// The connection check: what it finds where everything works, and what it says about what is broken on
// purpose.

import { AxeBuilder } from '@axe-core/playwright';
import {
  at,
  changeServers,
  check,
  expectVerdict,
  loseSockets,
  openCheck,
  states,
  WHOLE,
} from './checking.ts';
import { expect, test, type Person } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia } from './media.ts';
import { freePort } from './server.ts';
import { heard, sent } from './wire.ts';

declare global {
  interface Window {
    /** What the page has copied last. */
    copied?: string;
    /** How often the page has asked for devices. */
    timesAsked?: number;
  }
}

const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-f]*:[0-9a-f]*:[0-9a-f:]*|\.local/i;
const RELAYS = ['turn-udp', 'turn-tcp', 'turn-tls'];

async function expectAccessible({ page }: Person): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found).toEqual([]);
}

/** Takes down what pages yet to be loaded copy: no browser lets a test read its clipboard unasked. */
async function watchCopies({ page }: Person): Promise<void> {
  await page.addInitScript(() => {
    // Empty pages have none.
    if (!navigator.clipboard) return;
    Object.defineProperty(navigator.clipboard, 'writeText', {
      value: async (text: string) => void (window.copied = text),
    });
  });
}

/** All that the check has opened is closed, and its seat given up. */
async function expectReleased(person: Person, open: number): Promise<void> {
  await expect.poll(async () => (await connections(person.page)).open).toBe(open);
  await expect.poll(async () => (await sent(person.page, 'leave')).length).toBe(1);
}

test('where everything works all of it is said so, with times, and a report can be copied', async ({
  person,
  room,
}) => {
  const ada = await person();
  await watchCopies(ada);
  await openCheck(ada, room);
  await expectVerdict(ada, 'all-well');
  const passed = ['browser', 'devices', 'https', 'websocket', 'host', 'stun', 'turn-udp', 'turn-tcp', 'loop'];
  expect(await states(ada, ...passed)).toEqual(passed.map(() => 'passed'));
  expect(await states(ada, 'turn-tls')).toEqual(['not-offered']);
  for (const code of passed) await expect(check(ada, code)).toContainText(/\d+ ms/);
  await expect(at(ada, 'check-verdict')).toContainText('Everything works');
  await expectAccessible(ada);
  await expectReleased(ada, 0);

  await at(ada, 'copy-check').click();
  await expect(ada.page.getByText('Report copied')).toBeVisible();
  const report = (await ada.page.evaluate(() => window.copied)) ?? '';
  expect(report).toContain('halloo connection check: all-well');
  expect(report).toMatch(/^turn-udp +passed +\d+ ms/m);
  expect(report).toMatch(/(?:Chrome|Firefox)\/\d+\.\d+/);
  expect(report).not.toMatch(ADDRESS);
  expect(report).not.toContain(room);
  const joined = (await heard(ada.page)).find(({ type }) => type === 'joined');
  const { ice_servers: servers } = joined as unknown as { ice_servers: Record<string, string>[] };
  for (const secret of [joined!['resume_token'], servers[0]!['username'], servers[0]!['credential']]) {
    expect(secret).toBeTruthy();
    expect(report).not.toContain(String(secret));
  }
  // A room of its own: nobody of this room has heard of it.
  expect(joined!['room']).not.toBe(room);

  await ada.page.keyboard.press('Escape');
  await expect(at(ada, 'connection-check')).toHaveCount(0);
  await expect(at(ada, 'check-connection')).toBeFocused();
  await ada.joinAs('Ada');
  await ada.expectState('waiting');
});

test('without a relay it says with whom calls connect', async ({ make, person, room }) => {
  const { url } = await make.server('--turn-listen', 'off');
  const ada = await person({ url });
  await openCheck(ada, room);
  await expectVerdict(ada, 'only-nearby');
  expect(await states(ada, 'stun', ...RELAYS, 'loop')).toEqual(Array(5).fill('not-offered'));
  await expect(at(ada, 'check-operator')).toContainText('ice_servers');
});

test('WebSockets that do not get through are named, and what needs them is not tried', async ({
  person,
  room,
}) => {
  const ada = await person();
  await loseSockets(ada);
  await openCheck(ada, room);
  await expectVerdict(ada, 'websocket-blocked');
  expect(await states(ada, 'https', 'websocket', 'host', 'turn-udp', 'loop')).toEqual([
    'passed',
    'failed',
    'passed',
    'skipped',
    'skipped',
  ]);
});

test('devices that are not allowed are named, and nobody is asked', async ({ person, room }) => {
  const prepare = () => {
    navigator.mediaDevices.getUserMedia = () => {
      window.timesAsked = (window.timesAsked ?? 0) + 1;
      return Promise.reject(new DOMException('made up', 'NotAllowedError'));
    };
  };
  const ada = await person({ prepare });
  await openCheck(ada, room);
  await expect(ada.page.getByText('No permission to use your camera or microphone')).toHaveCount(1);
  const asked = () => ada.page.evaluate(() => window.timesAsked);
  const before = await asked();
  await expectVerdict(ada, 'devices-denied');
  await expect(check(ada, 'devices')).toHaveAttribute('data-reason', 'denied');
  expect(await asked()).toBe(before);
});

test('a relay that refuses the login is told from one that cannot be reached', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await changeServers(ada, `(server) => ({ ...server, credential: server.credential && 'wrong' })`);
  await openCheck(ada, room);
  await expectVerdict(ada, 'relay-refuses-login');
  await expect(check(ada, 'turn-udp')).toHaveAttribute('data-reason', 'bad-login');
  expect(await states(ada, 'stun', 'loop')).toEqual(['passed', 'skipped']);

  const port = await freePort();
  const away = `url.replace(/:\\d+(?=[?]|$)/, ':${port}')`;
  await changeServers(bob, `(server) => ({ ...server, urls: server.urls.map((url) => ${away}) })`);
  await openCheck(bob, room);
  await expectVerdict(bob, 'relay-unreachable');
  expect(await states(bob, 'turn-udp', 'turn-tcp')).toEqual(['failed', 'failed']);
});

test('without UDP the relay is found by TCP', async ({ person, room }) => {
  const ada = await person();
  const port = await freePort();
  const blocked = `/^stun:|transport=udp/.test(url) ? url.replace(/:\\d+(?=[?]|$)/, ':${port}') : url`;
  await changeServers(ada, `(server) => ({ ...server, urls: server.urls.map((url) => ${blocked}) })`);
  await openCheck(ada, room);
  await expectVerdict(ada, 'udp-blocked');
  expect(await states(ada, 'turn-udp', 'turn-tcp', 'loop')).toEqual(['failed', 'passed', 'passed']);
});

test('what is stopped is aborted and has not failed, and can be made again', async ({ person, room }) => {
  const ada = await person();
  // Nobody answers for as long as the test wants.
  await ada.page.route('**/healthz', () => {});
  await openCheck(ada, room);
  await expect(check(ada, 'https')).toHaveAttribute('data-state', 'running');
  await expect(check(ada, 'loop')).toHaveAttribute('data-state', 'passed');
  await expect(at(ada, 'copy-check')).toBeDisabled();
  await at(ada, 'check-again').click();
  await expectVerdict(ada, 'stopped');
  await expect(check(ada, 'https')).toHaveAttribute('data-state', 'aborted');
  await expect(ada.page.locator('[data-testid=check][data-state=failed]')).toHaveCount(0);
  await expectReleased(ada, 0);

  await ada.page.unroute('**/healthz');
  await at(ada, 'check-again').click();
  await expectVerdict(ada, 'all-well');
});

test('Check again keeps the focus while it waits, which a dialog opened anew does not shorten', async ({
  person,
  room,
}) => {
  const ada = await person();
  await ada.page.route('**/healthz', () => {});
  await openCheck(ada, room);
  await expect(check(ada, 'https')).toHaveAttribute('data-state', 'running');
  await expect(check(ada, 'loop')).toHaveAttribute('data-state', 'passed');
  const again = at(ada, 'check-again');
  await again.press('Enter');
  await expectVerdict(ada, 'stopped');
  await expect(again).toBeDisabled();
  await expect(again).toBeFocused();
  await ada.page.keyboard.press('Enter');

  await at(ada, 'close-check').click();
  await at(ada, 'check-connection').click();
  await expect(again).toHaveText('Check again in a few seconds');
  await expectVerdict(ada, 'stopped');
  await expect(check(ada, 'https')).toHaveAttribute('data-state', 'aborted');
  expect(await sent(ada.page, 'join')).toHaveLength(1);

  await ada.page.unroute('**/healthz');
  await again.focus();
  await expect(again).toBeEnabled(WHOLE);
  await expect(again).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await expectVerdict(ada, 'all-well');
  expect(await sent(ada.page, 'join')).toHaveLength(2);
});

test('closing it in the middle ends all of it', async ({ person, room }) => {
  const ada = await person();
  await ada.page.route('**/healthz', () => {});
  await openCheck(ada, room);
  await expect(check(ada, 'turn-udp')).toHaveAttribute('data-state', 'passed');
  await at(ada, 'close-check').click();
  await expect(at(ada, 'connection-check')).toHaveCount(0);
  await expectReleased(ada, 0);
});

test('it is offered when a connection fails, and the call goes on meanwhile', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await at(ada, 'open-more').click();
  await at(ada, 'check-connection-more').click();
  await expectVerdict(ada, 'all-well');
  await at(ada, 'close-check').click();
  await expectReleased(ada, 1);
  await expectFramesToGrow(ada.page);
  await expect(at(ada, 'check-connection')).toHaveCount(0);

  await ada.page.evaluate(() => {
    const { connection } = window.watched[0]!;
    Object.defineProperty(connection, 'connectionState', { get: () => 'failed' });
    connection.dispatchEvent(new Event('connectionstatechange'));
  });
  await expect(ada.tile).toContainText('No way through to Bob');
  await ada.tile.getByTestId('check-connection').click();
  await expect(at(ada, 'connection-check')).toBeVisible();
  // What the one before has found is shown for ten seconds after that began.
  const again = at(ada, 'check-again');
  const joins = async () => {
    const { length } = await sent(ada.page, 'join');
    if (length === 2 && (await again.textContent()) === 'Check again') await again.click();
    return length;
  };
  await expect.poll(joins, WHOLE).toBe(3);
  await expectVerdict(ada, 'all-well');
});

test('when the server goes away during a call the check is there, and says so', async ({
  make,
  person,
  room,
}) => {
  const server = await make.server();
  const [ada, bob] = [await person({ url: server.url }), await person({ url: server.url })];
  for (const one of [ada, bob]) one.allowLostServer();
  const part = ada.page.waitForResponse(/split_diagnosis/);
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await (await part).finished();
  await server.kill();
  await at(ada, 'check-connection').click();
  await expectVerdict(ada, 'server-unreachable');
  await expectFramesToGrow(ada.page);
});

/** Servers with which nobody answers over UDP while a condition holds. */
async function unanswered(condition: string): Promise<string> {
  const port = await freePort();
  const blocked = `/^stun:|transport=udp/.test(url) ? url.replace(/:\\d+(?=[?]|$)/, ':${port}') : url`;
  return `(server) => ${condition} ? { ...server, urls: server.urls.map((url) => ${blocked}) } : server`;
}

test('a server that goes away in the middle of a check is named', async ({ make, person, room }) => {
  const server = await make.server();
  const ada = await person({ url: server.url });
  ada.allowLostServer();
  // The check takes some seconds.
  await changeServers(ada, await unanswered('true'));
  await openCheck(ada, room);
  await expect(check(ada, 'turn-tcp')).toHaveAttribute('data-state', 'passed');
  expect(await states(ada, 'https', 'websocket', 'turn-udp')).toEqual(['passed', 'passed', 'running']);
  await server.kill();
  await expectVerdict(ada, 'server-unreachable');
  expect(await states(ada, 'https', 'websocket', 'turn-udp')).toEqual(['failed', 'failed', 'skipped']);
});

test('a server that is restarted in the middle is joined again', async ({ make, person, room }) => {
  const server = await make.server();
  const ada = await person({ url: server.url });
  ada.allowLostServer();
  // Asked once more, the server answers when it is back.
  let asked = 0;
  let answers = () => {};
  const isBack = new Promise<void>((back) => (answers = back));
  await ada.page.route('**/healthz', async (route) => {
    asked += 1;
    if (asked > 1) await isBack;
    await route.continue();
  });
  // Until then nobody answers over UDP.
  await changeServers(ada, await unanswered('!window.restarted'));
  await openCheck(ada, room);
  await expect(check(ada, 'turn-tcp')).toHaveAttribute('data-state', 'passed');
  expect(await states(ada, 'websocket', 'turn-udp')).toEqual(['passed', 'running']);
  await ada.page.evaluate(() => Object.assign(window, { restarted: true }));
  await server.restart();
  answers();
  await expectVerdict(ada, 'all-well');
  expect(asked).toBe(2);
});

test('in Chinese, in the dark, on a phone', async ({ person, room }) => {
  const ada = await person({
    locale: 'zh-CN',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
  });
  await openCheck(ada, room);
  await expectVerdict(ada, 'all-well');
  await expect(at(ada, 'check-verdict')).toContainText('一切正常');
  await expect(check(ada, 'turn-udp')).toContainText('正常');
  await expectAccessible(ada);
  const dialog = at(ada, 'connection-check');
  expect(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});
