// The codelab mode: pages of the tutorial and halloo's page call each other.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Person } from './fixtures.ts';
import { CLIENTS, Lesson, expectMoving, waitsForTheCamera, type Client } from './lesson.ts';
import { connections, expectFramesToGrow } from './media.ts';

const VERSIONS = Object.keys(CLIENTS).map(Number) as Client[];

const remoteVideo = (person: Person) => person.page.getByTestId('remote-video');

/** Both see each other, now. */
async function expectCall(lesson: Lesson, person: Person): Promise<void> {
  await person.expectState('connected');
  await expectMoving(remoteVideo(person));
  await lesson.expectPicture();
}

for (const client of VERSIONS) {
  test(`a page with Socket.IO ${client} calls halloo's page, and once more after a reload`, async ({
    make,
    person,
    room,
  }) => {
    const { url } = await make.lessonAt(await make.server('--codelab', '--room-capacity', '6'));
    const [lesson, ada] = [new Lesson(await person({ url }), client), await person({ url })];
    await lesson.enter(room);
    await lesson.expectHeard(`created ${room} string`);
    await ada.enter(room, 'Ada');
    await expectCall(lesson, ada);
    expect(await lesson.heard()).not.toContain('message offer');

    await ada.reload();
    await expectCall(lesson, ada);

    await lesson.enter(room);
    await lesson.expectHeard(`joined ${room}`);
    await expectCall(lesson, ada);
    expect(await lesson.heard()).toContain('message offer');

    await ada.leave.click();
    await lesson.expectHeard('message bye');
    await lesson.expectHeard(`created ${room} string`);
  });

  test(`halloo's page calls a page with Socket.IO ${client} that gets its camera late`, async ({
    make,
    person,
    room,
  }) => {
    const { url } = await make.lessonAt(await make.server('--codelab'));
    const [ada, late] = [await person({ url }), await person({ url, prepare: waitsForTheCamera })];
    const lesson = new Lesson(late, client);
    await ada.enter(room, 'Ada');
    await ada.expectState('waiting');
    await lesson.enter(room);
    await lesson.expectHeard('ready');
    await expect(ada.tile).toContainText('Codelab');
    await lesson.page.evaluate('grantCamera()');
    await expectCall(lesson, ada);

    await lesson.page.getByRole('button', { name: 'Hang up' }).click();
    await ada.expectState('waiting');
  });
}

for (const [first, second] of [
  [1, 4],
  [2, 2],
] as const) {
  test(`pages with Socket.IO ${first} and ${second} call each other, and nobody else hears them`, async ({
    make,
    person,
    room,
  }) => {
    const { url } = await make.lessonAt(await make.server('--codelab', '--room-capacity', '6'));
    const people = [];
    for (const client of [first, second, 4, 2] as const) {
      people.push(new Lesson(await person({ url }), client));
    }
    const [ann, bob, eve, zoe] = people as [Lesson, Lesson, Lesson, Lesson];
    await zoe.enter(`${room}-other`);
    await zoe.expectHeard(`created ${room}-other string`);
    await ann.enter(room);
    await ann.expectHeard(`created ${room} string`);
    await bob.enter(room);
    await bob.expectPicture();
    await ann.expectPicture();
    expect((await ann.heard()).slice(0, 4)).toEqual([
      `created ${room} string`,
      `join ${room}`,
      'ready',
      'message got user media',
    ]);

    await eve.enter(room);
    await eve.expectHeard(`full ${room}`);
    const ada = await person({ url });
    ada.allowCutParts();
    await ada.enter(room, 'Ada');
    await ada.expectState('full');
    await ada.page.goto('about:blank');
    // Its `bye` ends nobody's call.
    await eve.page.goto('about:blank');
    for (const one of [ann, bob]) await expectFramesToGrow(one.page);
    expect(await zoe.heard()).toEqual([`created ${room}-other string`]);

    // Whoever loads the page anew is called again.
    await bob.enter(room);
    await bob.expectHeard('message offer');
    await bob.expectPicture();
    await ann.expectPicture();
  });
}

test('a page of the tutorial that was first and gets its camera late calls by itself, once', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.lessonAt(await make.server('--codelab'));
  const [late, ada] = [await person({ url, prepare: waitsForTheCamera }), await person({ url })];
  const lesson = new Lesson(late, 4);
  await lesson.enter(room);
  await lesson.expectHeard(`created ${room} string`);
  await ada.enter(room, 'Ada');
  // By now halloo's page has lost patience, and has offered.
  await expect.poll(async () => (await connections(ada.page)).offers, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await lesson.heard()).not.toContain('message offer');
  await lesson.page.evaluate('grantCamera()');
  await expectCall(lesson, ada);
  expect((await connections(lesson.page)).made).toBe(1);
});

test("a screen that is shared on halloo's page ends no call with a page of the tutorial", async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.lessonAt(await make.server('--codelab'));
  const draws = () => {
    const devices = navigator.mediaDevices as { getDisplayMedia: () => Promise<MediaStream> };
    devices.getDisplayMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
      canvas.getContext('2d');
      return canvas.captureStream(5);
    };
  };
  const [ada, ben] = [await person({ url, prepare: draws }), await person({ url })];
  const lesson = new Lesson(ben, 2);
  await lesson.enter(room);
  await lesson.expectHeard(`created ${room} string`);
  await ada.enter(room, 'Ada');
  await expectCall(lesson, ada);
  await ada.page.getByTestId('share-screen').click();
  await expect(ada.page.getByTestId('share-screen')).toHaveAttribute('aria-pressed', 'true');
  await lesson.expectHeard('message offer');
  await expectFramesToGrow(lesson.page);
  await expectFramesToGrow(ada.page);
  expect(await connections(ada.page)).toMatchObject({ made: 1, open: 1 });
});

test('the page at /codelab/ calls halloo\'s page with sound, and is accessible', async ({ make, person }) => {
  const { url } = await make.server('--codelab');
  const [cleo, ada] = [await person({ url, locale: 'zh-CN', colorScheme: 'dark' }), await person({ url })];
  await cleo.page.goto(`${url}/codelab/`);
  const invitation = await cleo.page.locator('#invite').getAttribute('href');
  const room = invitation?.replace('/r/', '') ?? '';
  expect(room).toMatch(/^[0-9a-f]{16}$/);
  await expect(cleo.page.locator('#status')).toContainText('created');
  await ada.enter(room, 'Ada');
  await ada.expectState('connected');
  await expectMoving(remoteVideo(ada));
  await expectMoving(cleo.page.locator('#remoteVideo'));
  await expectFramesToGrow(ada.page);

  for (const width of [390, 1280]) {
    await cleo.page.setViewportSize({ width, height: 800 });
    const { violations } = await new AxeBuilder({ page: cleo.page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    const overflow = await cleo.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(overflow, `nothing is cut off at ${width}`).toBe(false);
  }

  await cleo.page.locator('#hangup').click();
  await ada.expectState('waiting');
  const states = () => cleo.page.evaluate(() => window.tracks.map(({ readyState }) => readyState));
  await expect.poll(states, 'the devices are off').toEqual(['ended', 'ended']);
});

test('the codelab is off by default', async ({ person, server }) => {
  const ada = await person();
  ada.allow(/404/);
  const polling = '/socket.io/?EIO=4&transport=polling';
  for (const path of ['/codelab/', '/codelab/main.js', polling, '/socket.io/socket.io.js']) {
    const { status } = await fetch(server.url + path);
    expect(status, path).toBe(404);
  }
});

test('the library file of Socket.IO is that of its package', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
  const here = read('../src/server/web/codelab/page/socket.io.min.js');
  const there = read('node_modules/socket.io-client-4/dist/socket.io.min.js');
  expect(here === there, 'the same file').toBe(true);
});
