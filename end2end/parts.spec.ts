// Parts of the client that load when they are first wanted, and a server that no longer has them.

import type { Page, Route } from '@playwright/test';
import { expect, test, type Person } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia } from './media.ts';

const PARTS = /\/pkg\/(?:split|chunk)_[^/]+\.wasm$/;
const COMPLAINTS = [
  /Failed to load resource/,
  /TypeError|NetworkError|Failed to fetch|WebAssembly|CompileError/,
  // Firefox, for whatever object a page logs.
  /^Error$/,
];

/** Ada and Bob in a call; Ada's requests for parts are answered like this. */
async function call(
  ada: Person,
  bob: Person,
  room: string,
  answer: (route: Route) => Promise<void>,
): Promise<void> {
  // The lobby is a part, too: it comes before the server is gone.
  await ada.openLobby(room);
  await ada.page.route(PARTS, answer);
  // Also of Bob, who fetches parts ahead.
  for (const one of [ada, bob]) one.allow(...COMPLAINTS);
  await ada.joinAs('Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of [ada, bob]) await expectMedia(page);
}

/** Whether a page has fetched these parts and whatever they consist of: asked of what is returned. */
function watchParts(page: Page): (...parts: string[]) => boolean {
  const [asked, here] = [new Set<string>(), new Set<string>()];
  page.on('request', (request) => PARTS.test(request.url()) && asked.add(request.url()));
  page.on('requestfinished', (request) => here.add(request.url()));
  return (...parts) =>
    parts.every((part) => [...asked].some((url) => url.includes(`split_${part}`))) &&
    [...asked].every((url) => here.has(url));
}

async function expectCallToGoOn(...people: Person[]): Promise<void> {
  for (const { page } of people) {
    await expectFramesToGrow(page);
    expect(await connections(page)).toMatchObject({ made: 1, open: 1 });
  }
}

test('going straight into a call loads no part before the call is up', async ({ person, room }) => {
  const ada = await person();
  const loaded: string[] = [];
  ada.page.on('request', (request) => PARTS.test(request.url()) && loaded.push(request.url()));
  let joined = false;
  await ada.page.exposeFunction('hasJoined', () => (joined = true));
  await ada.page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('[data-state=waiting]'))
        (window as unknown as { hasJoined(): void }).hasJoined();
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const before: boolean[] = [];
  ada.page.on('request', (request) => PARTS.test(request.url()) && before.push(!joined));
  await ada.goto(`/r/${room}?join=now&name=Ada`);
  await ada.expectState('waiting');
  await expect.poll(() => loaded.some((url) => url.includes('split_extras'))).toBe(true);
  await expect.poll(() => loaded.some((url) => url.includes('split_ended'))).toBe(true);
  expect(before).not.toContain(true);
  expect(loaded.filter((url) => /split_(?:lobby|pages)/.test(url))).toEqual([]);
});

test('parts that the call may want are there when the server is gone', async ({ person, room, server }) => {
  const [ada, bob] = [await person(), await person()];
  for (const one of [ada, bob]) one.allowLostServer();
  bob.allow(...COMPLAINTS);
  const fetched = watchParts(ada.page);
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expect.poll(() => fetched('extras', 'ended')).toBe(true);

  await server.kill();
  await ada.page.getByTestId('open-devices').click();
  await expect(ada.page.getByRole('combobox', { name: 'Camera' })).toBeVisible();
  await expectFramesToGrow(ada.page);
  await ada.page.keyboard.press('Escape');
  await ada.leave.click();
  await expect(ada.page.getByTestId('rejoin')).toHaveText('Join again');
});

test('a part that is wanted when the server is gone says so, and comes when it is back', async ({
  person,
  room,
  server,
}) => {
  const [ada, bob] = [await person(), await person()];
  for (const one of [ada, bob]) one.allowLostServer();
  await call(ada, bob, room, (route) => route.abort('connectionrefused'));

  await server.kill();
  await ada.page.getByTestId('open-devices').click();
  const failed = ada.page.getByTestId('part-failed');
  await expect(failed).toContainText("the server can't be reached. The call goes on.");
  await ada.page.getByTestId('part-retry').click();
  await expect(failed).toBeVisible();
  await expectCallToGoOn(ada, bob);

  await server.restart();
  await ada.page.unroute(PARTS);
  await ada.page.getByTestId('part-retry').click();
  await expect(ada.page.getByRole('combobox', { name: 'Camera' })).toBeVisible();
  await expect(failed).toHaveCount(0);
  await ada.expectState('connected');
  await expectCallToGoOn(ada, bob);
});

test('a part that the server lost in an update asks for a reload after the call', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await call(ada, bob, room, (route) => route.fulfill({ status: 404, body: 'Not found' }));

  await ada.page.getByTestId('open-devices').click();
  const failed = ada.page.getByTestId('part-failed');
  await expect(failed).toContainText('Reload the page after it.');
  await expect(failed.getByRole('button', { name: 'Reload' })).toHaveCount(0);
  await expectCallToGoOn(ada, bob);
  await ada.page.keyboard.press('Escape');

  await ada.leave.click();
  await ada.expectState('left');
  const reload = failed.getByRole('button', { name: 'Reload' });
  await expect(reload).toBeVisible();
  await ada.page.unroute(PARTS);
  await reload.click();
  await ada.live();
  await expect(ada.join).toBeVisible();
});
