import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from './fixtures.ts';
import { expectMedia } from './media.ts';
import { listenIn, sent } from './wire.ts';

const FACT = /data-join-now="(true|false)"/;

test('only navigations that no other site started may join at once', async ({ request, room, server }) => {
  const allowed = async (site: string) => {
    const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
    const html = await (await request.get(`${server.url}/r/${room}?join=now`, { headers })).text();
    return FACT.exec(html)?.[1];
  };
  expect(await allowed('none')).toBe('true');
  expect(await allowed('same-origin')).toBe('true');
  expect(await allowed('same-site')).toBe('false');
  expect(await allowed('cross-site')).toBe('false');
});

test('join=now skips the lobby and takes the name along', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await expectMedia(bob.page);
  await expectMedia(ada.page);
  await expect(ada.tile).toContainText('Bob');
  await expect(ada.tile).toHaveAttribute('data-picture', 'true');
});

test('join=now joins once, before the client is there', async ({ person, room }) => {
  const ada = await person();
  await listenIn(ada.page.context());
  // The client comes late: what the page has sent and heard meanwhile is the client's.
  let deliver = () => {};
  const late = new Promise<void>((resolve) => { deliver = resolve; });
  await ada.page.route('**/*.wasm', async (route) => {
    await late;
    await route.continue();
  });
  const opened = ada.goto(`/r/${room}?join=now&name=Ada`);
  await expect.poll(() => sent(ada.page, 'join').catch(() => [])).toMatchObject([{ room, name: 'Ada' }]);
  // Long enough to ask oneself whether anything happens.
  await expect(ada.page.getByText('Connecting…')).toBeVisible();
  deliver();
  await opened;
  await ada.expectState('waiting');
  const bob = await person();
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  expect(await sent(ada.page, 'join')).toHaveLength(1);
});

test('the first picture shows before the page is drawn, which takes it over', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.page.addInitScript(withoutPatience);
  await bob.page.addInitScript(() => {
    const seen: [string, EventTarget | null][] = [];
    Object.assign(window, { seen });
    document.addEventListener(
      'loadeddata',
      ({ target }) => {
        const video = target as HTMLVideoElement;
        if (!video.dataset.peer) return;
        const { width, height } = video.getBoundingClientRect();
        const shows = video.closest('#early-stage') && width > 100 && height > 100 && video.checkVisibility();
        seen.push([shows ? 'picture' : 'hidden picture', video]);
      },
      true,
    );
    let status: string | undefined;
    new MutationObserver(() => {
      if (document.documentElement.dataset.hydrated) seen.push(['page', null]);
      const words = document.querySelector('[role=status]')?.textContent?.trim();
      if (words !== status) seen.push([`status: ${(status = words)}`, null]);
    }).observe(document, { attributes: true, childList: true, characterData: true, subtree: true });
  });
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await expectMedia(bob.page);
  const [steps, taken] = await bob.page.evaluate(() => {
    const { seen } = window as unknown as { seen: [string, EventTarget | null][] };
    const tile = document.querySelector('.others video');
    const steps = seen.map(([step]) => step);
    return [[...new Set(steps)], seen.find(([step]) => step === 'picture')?.[1] === tile] as const;
  });
  // A screen reader says what changes in the status.
  expect(steps).toEqual(['picture', 'page', 'status: ', 'status: In a call with Ada']);
  expect(taken).toBe(true);
});

test('the page is drawn at once where no picture is to come', async ({ person, room }) => {
  const [ada, bob, eve] = [await person(), await person(), await person()];
  for (const one of [ada, bob, eve]) await one.page.addInitScript(withoutPatience);
  await ada.goto(`/r/${room}?join=now&name=Ada`);
  await ada.expectState('waiting');
  await ada.camera.click();
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'false');

  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await bob.expectState('connected');
  await expect(bob.tile).toContainText('Ada');

  await eve.goto(`/r/${room}?join=now&name=Eve`);
  await eve.expectState('full');
  await expect(eve.page.getByTestId('rejoin')).toBeVisible();
});

test('the page is drawn though an awaited picture does not come', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.page.addInitScript(() => {
    RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});
  });
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await bob.expectState('connecting');
  await expect(bob.tile).toContainText('Ada');
  await bob.leave.click();
  await bob.expectState('left');
});

test('a client that cannot be loaded is told of, and holds no seat', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  bob.allow(/Failed to load resource|TypeError|NetworkError|WebAssembly|AbortError/);
  // The page gives its socket up, which may still be on its way: Firefox calls that a failure.
  bob.allow(/can.t establish a connection to the server|connection to ws/);
  let missing = true;
  await bob.page.route('**/*.wasm', (route) => (missing ? route.abort() : route.continue()));
  await bob.page.goto(`${bob.url}/r/${room}?join=now&name=Bob`);
  await expect(bob.page.getByRole('alert')).toContainText('could not be loaded completely');
  await ada.expectState('waiting');

  missing = false;
  await bob.page.getByRole('link', { name: 'Reload' }).click();
  await expectMedia(bob.page);
  await expect(bob.page.getByTestId('not-started')).toHaveCount(0);
});

test('join=now takes a name along without what cannot be seen of it', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.goto(`/r/${room}?join=now&name=${encodeURIComponent('Bob\u202e \u{1f468}\u200d\u{1f469}')}`);
  await expectMedia(bob.page);
  await expect(ada.tile).toContainText('Bob \u{1f468}\u200d\u{1f469}');
});

test('join=now in a link of another site leads to the lobby', async ({ person, room, server }) => {
  const target = `${server.url}/r/${room}?join=now&name=Bob`;
  // Another site, not just another origin: 127.0.0.1 and localhost have no registrable domain in common.
  const foreign = createServer((_, response) => {
    response
      .setHeader('Content-Type', 'text/html')
      .end(`<!doctype html><title>x</title><a href="${target}">call</a>`);
  }).listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  try {
    const bob = await person();
    bob.allow(/favicon/);
    await bob.page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}/`);
    await bob.page.getByRole('link').click();
    await expect(bob.page).toHaveURL(target);
    await bob.live();
    await expect(bob.join).toBeVisible();
    await bob.expectState('lobby');
    await expect(bob.name).toHaveValue('Bob');
  } finally {
    foreign.close();
  }
});

/** Run in a page: it never draws itself just because time has passed. */
function withoutPatience(): void {
  const PATIENCE_MS = 400;
  const { setTimeout } = window;
  const patient = (run: TimerHandler, ms?: number, ...more: unknown[]) =>
    ms === PATIENCE_MS ? 0 : setTimeout(run, ms, ...more);
  Object.assign(window, { setTimeout: patient });
}
