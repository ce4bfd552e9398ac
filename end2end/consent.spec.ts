// Links on other sites: nobody's camera goes on before a click.

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test as base, type Person } from './fixtures.ts';
import { expectMedia, ownTracks } from './media.ts';

const test = base.extend<{ followLink: (person: Person, path: string) => Promise<void> }>({
  /** Somebody follows a link to this path on a page of another site. */
  followLink: async ({ server }, use) => {
    // Another site, not just another origin: 127.0.0.1 and localhost have no registrable domain in common.
    const foreign = createServer(({ url }, response) => {
      response
        .setHeader('Content-Type', 'text/html')
        .end(`<!doctype html><title>x</title><a href="${server.url}${url}">call</a>`);
    }).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    await use(async (person, path) => {
      person.allow(/favicon/);
      await person.page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}${path}`);
      await person.page.getByRole('link').click();
      await expect(person.page).toHaveURL(server.url + path);
      await person.live();
    });
    foreign.close();
  },
});

const askedFor = async ({ page }: Person) => (await ownTracks(page)).map(({ kind }) => kind).sort();

test('a link on another site asks for no device before a click', async ({ followLink, person, room }) => {
  const ada = await person();
  await followLink(ada, `/r/${room}`);
  const use = ada.page.getByTestId('use-devices');
  await expect(use).toBeVisible();
  await expect(ada.join).toBeVisible();
  expect(await askedFor(ada)).toEqual([]);
  await use.click();
  await expect(ada.camera).toHaveAttribute('data-device', 'on');
  await expect(ada.microphone).toHaveAttribute('data-device', 'on');
  await expect(use).toHaveCount(0);
  expect(await askedFor(ada)).toEqual(['audio', 'video']);
});

test('joining from a link on another site is one click, with camera and microphone', async ({
  followLink,
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await followLink(bob, `/r/${room}?join=now&name=Bob`);
  await bob.expectState('lobby');
  expect(await askedFor(bob)).toEqual([]);
  await bob.join.click();
  await expectMedia(ada.page);
  await expectMedia(bob.page);
});

test('a typed address asks at once', async ({ person, room }) => {
  const ada = await person();
  await ada.openLobby(room);
  await expect(ada.camera).toHaveAttribute('data-device', 'on');
  await expect(ada.page.getByTestId('use-devices')).toHaveCount(0);
});
