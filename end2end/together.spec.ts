// What people do together beside talking: the lock of the room, hands, reactions.

import { expect, skip, test, type Person } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia } from './media.ts';
import { heard, seats, sent } from './wire.ts';

const hand = (person: Person) => person.page.getByTestId('raise-hand');
const lock = (person: Person) => person.page.getByTestId('lock-room');
const notice = (person: Person) => person.page.getByTestId('room-locked');

async function openMore(person: Person): Promise<void> {
  await person.page.getByTestId('open-more').click();
  await expect(lock(person)).toBeVisible();
}

/** Opens the menu, locks or unlocks, and closes it again. */
async function switchLock(person: Person, locked: boolean): Promise<void> {
  await openMore(person);
  await lock(person).click();
  await expect(lock(person)).toHaveAttribute('aria-pressed', String(locked));
  await person.page.keyboard.press('Escape');
  await expect(lock(person)).toBeHidden();
}

/** The hands that somebody sees, as a screen reader reads them. */
async function hands(person: Person): Promise<string[]> {
  const list = person.page.getByRole('list', { name: 'Raised hands' }).getByRole('listitem');
  const texts = await list.allTextContents();
  return texts.map((text) => text.replace(/[^\w ]/g, '').replace(/\s+/g, ' ').trim());
}

test('a locked room lets nobody new in, says so, and lets them in by itself once it is unlocked', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '4');
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await one.expectState('connected');
  await switchLock(ada, true);
  await expect(notice(ada)).toContainText('You locked the room');
  await expect(notice(bob)).toContainText('Ada locked the room');
  await expect(bob.page.getByRole('status').filter({ hasText: 'Ada locked the room' })).toHaveCount(1);

  await eve.enter(room, 'Eve');
  await eve.expectState('locked');
  await expect(eve.page.getByRole('heading', { name: 'The room is locked' })).toBeVisible();
  await expect(eve.page.getByText('This page joins by itself')).toBeVisible();
  expect((await connections(eve.page)).made).toBe(0);
  const told = (await heard(eve.page)).filter(({ type }) => type !== 'welcome');
  expect(new Set(told.map(({ code }) => code)), 'all that she is told').toEqual(new Set(['room_locked']));
  await expect(ada.tile).toHaveCount(1);

  // Who has a seat comes back.
  const [seat] = await seats(bob.page);
  await bob.reload();
  await bob.expectState('connected');
  await expectMedia(ada.page);
  expect(await seats(bob.page)).not.toEqual([seat]);
  await expect(notice(bob)).toContainText('The room is locked');

  await switchLock(bob, false);
  await expect(notice(ada)).toHaveCount(0);
  await expect(ada.page.getByRole('status').filter({ hasText: 'Bob unlocked the room' })).toHaveCount(1);
  await eve.expectState('connected');
  await expect(ada.tile).toHaveCount(2);
  await expectFramesToGrow(ada.page);
});

test('a lock outlives the server', async ({ make, person, room }) => {
  const server = await make.server('--room-capacity', '4');
  const { url } = server;
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  for (const one of [ada, bob]) one.allowLostServer();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const { page } of [ada, bob]) await expectMedia(page);
  await switchLock(ada, true);
  await expect(notice(bob)).toBeVisible();

  await server.kill();
  for (const one of [ada, bob]) await one.expectState('reconnecting');
  await server.restart();
  for (const one of [ada, bob]) await one.expectState('connected');
  await eve.enter(room, 'Eve');
  await eve.expectState('locked');
  for (const one of [ada, bob]) {
    await expect(notice(one)).toContainText('locked the room');
    await expect(one.tile).toHaveCount(1);
    expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
  }

  // The lock goes with the last person.
  await ada.leave.click();
  await bob.leave.click();
  await eve.expectState('waiting');
});

test('hands are seen in order, by who comes later, too, and stay up across a reload', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '4');
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await one.expectState('connected');
  await expect(hand(bob)).toHaveAttribute('aria-pressed', 'false');
  await hand(bob).click();
  await expect(hand(bob)).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => hands(ada)).toEqual(['Hand of Bob 1']);
  await expect(ada.page.getByRole('status').filter({ hasText: 'Bob raised a hand' })).toHaveCount(1);
  await hand(ada).click();
  await expect.poll(() => hands(bob)).toEqual(['Your hand 1', 'Hand of Ada 2']);

  await eve.enter(room, 'Eve');
  await expect.poll(() => hands(eve)).toEqual(['Hand of Bob 1', 'Hand of Ada 2']);
  await bob.reload();
  await bob.expectState('connected');
  await expect(hand(bob)).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => hands(bob)).toEqual(['Your hand 1', 'Hand of Ada 2']);
  await expect.poll(() => hands(eve)).toEqual(['Hand of Bob 1', 'Hand of Ada 2']);
  // In one step: tiles may still be moving.
  const offset = () =>
    eve.page.evaluate(() => {
      const find = (css: string) =>
        [...document.querySelectorAll(css)].find(({ textContent }) => textContent?.includes('Ada'))!;
      const at = (css: string) => find(css).getBoundingClientRect();
      const [tile, mark] = [at('.others > .tile'), at('[data-testid=hand]')];
      return [mark.x - tile.x, mark.y - tile.y, mark.width - tile.width];
    });
  await expect.poll(offset, 'over the tile of Ada').toEqual([0, 0, 0]);

  await hand(bob).click();
  for (const one of [ada, bob, eve]) await expect(one.page.getByTestId('hand')).toHaveCount(1);
  await expect.poll(() => hands(eve)).toEqual(['Hand of Ada 1']);
});

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`a reaction is seen by everybody for some seconds, motion: ${reducedMotion}`, async ({
    person,
    room,
  }) => {
    const [ada, bob] = [await person({ reducedMotion }), await person()];
    const reduces = await ada.page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches);
    if (reduces !== (reducedMotion === 'reduce')) skip('this browser cannot be told to reduce motion');
    await ada.enter(room, 'Ada');
    await bob.enter(room, 'Bob');
    for (const one of [ada, bob]) await one.expectState('connected');
    await openMore(bob);
    const buttons = bob.page.getByRole('group', { name: 'Reactions' }).getByRole('button');
    await expect(buttons).toHaveCount(5);
    await bob.page.getByRole('button', { name: 'Applause' }).click();
    for (const one of [ada, bob]) {
      await expect(one.page.getByTestId('reaction').getByRole('img', { name: 'Applause' })).toHaveCount(1);
    }
    const animations = await ada.page
      .getByTestId('reaction')
      .locator('.reaction')
      .evaluate((mark) => mark.getAnimations().length);
    expect(animations).toBe(reducedMotion === 'reduce' ? 0 : 1);
    expect(await sent(bob.page, 'react')).toEqual([{ type: 'react', reaction: 'clap' }]);
    await expect(ada.page.getByTestId('reaction')).toHaveCount(0);
  });
}

test('on a telephone the hand is raised from the menu', async ({ person, room }) => {
  const ada = await person({ viewport: { width: 360, height: 640 } });
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await expect(hand(ada)).toBeHidden();
  await openMore(ada);
  const narrow = ada.page.getByTestId('raise-hand-narrow');
  await narrow.click();
  await expect(narrow).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => hands(ada)).toEqual(['Your hand 1']);
});
