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
  await bob.page.addInitScript(() => {
    const seen: [string, EventTarget | null][] = [];
    Object.assign(window, { seen });
    document.addEventListener('loadeddata', ({ target }) => { seen.push(['picture', target]); }, true);
    new MutationObserver(() => {
      if (document.documentElement.dataset.hydrated) seen.push(['page', null]);
    }).observe(document, { attributeFilter: ['data-hydrated'], subtree: true });
    // However slow this machine is: the page does not lose its patience.
    const { setTimeout } = window;
    const patient = (run: TimerHandler, ms?: number) => (ms === 400 ? 0 : setTimeout(run, ms));
    Object.assign(window, { setTimeout: patient });
  });
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await expectMedia(bob.page);
  const [steps, taken] = await bob.page.evaluate(() => {
    const { seen } = window as unknown as { seen: [string, EventTarget | null][] };
    const tile = document.querySelector('.others video');
    return [seen.slice(0, 2).map(([step]) => step), seen[0]?.[1] === tile] as const;
  });
  expect(steps).toEqual(['picture', 'page']);
  expect(taken).toBe(true);
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
