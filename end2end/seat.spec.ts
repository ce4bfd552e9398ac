// Whose seat is whose: duplicated tabs, closed ones, and pages that are come back to.

import { expect, test, type Person } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia } from './media.ts';
import { seats } from './wire.ts';

const RELOAD_WINDOW_MS = 5_000;

test('a duplicated tab is a second person and steals no seat', async ({ person, room }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');

  const twin = await ada.duplicate();
  await twin.enter(room, 'Twin');
  await twin.expectState('connected');
  await ada.expectState('connected');
  await expectMedia(ada.page);
  await expectMedia(twin.page);
  await expect(ada.tile).toContainText('Twin');
  await expect(twin.tile).toContainText('Ada');
  expect(await seats(ada.page), 'the first seat and no other').toHaveLength(1);
  expect(await seats(twin.page)).not.toEqual(await seats(ada.page));

  // From now on each tab has a seat of its own to come back to.
  await twin.reload();
  await expectMedia(twin.page);
  await expect(ada.tile).toHaveCount(1);
  await ada.expectState('connected');
  await expectFramesToGrow(ada.page);
});

test('a tab duplicated in a full room is told so, and the call goes on in the first', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.goto(`/r/${room}?join=now&name=Ada`);
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);

  const twin = await ada.duplicate();
  await twin.goto(`/r/${room}?join=now&name=Twin`);
  await twin.expectState('full');
  for (const one of [ada, bob]) {
    await one.expectState('connected');
    await expectMedia(one.page);
    expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });
    expect(await seats(one.page)).toHaveLength(1);
  }
});

/** Seed fault 12: `pagehide` says that a page goes, `beforeunload` never fires on iOS. */
test('a closed tab leaves no frozen picture and frees the seat at once', async ({ person, room }) => {
  const [ada, bob, eve] = [await person(), await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  const entered = Date.now();
  await expectMedia(ada.page);
  // Somebody who has just loaded the page might be loading it again: such a seat is kept for five seconds.
  await expect.poll(() => Date.now() - entered, { timeout: 10_000 }).toBeGreaterThan(RELOAD_WINDOW_MS);
  await bob.page.close();
  await expect(ada.status).toHaveAttribute('data-state', 'waiting', { timeout: RELOAD_WINDOW_MS / 2 });
  await expect(ada.page.getByText('Bob has left the call')).toBeVisible();
  await expect(ada.tile).toHaveCount(0);
  await eve.enter(room, 'Eve');
  await expectMedia(ada.page);
  await expectMedia(eve.page);
});

test('who goes to another page and back again is in the call again', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expectMedia(bob.page);

  ada.allowCutParts();
  await ada.goto('/');
  // Whether the browser has kept the page or loads it anew.
  await ada.page.goBack();
  await ada.live();
  for (const one of [ada, bob]) {
    await one.expectState('connected');
    await expectMedia(one.page);
    await expect(one.tile).toHaveCount(1);
    expect((await connections(one.page)).open).toBe(1);
  }
  await ada.microphone.click();
  await expect(bob.tile).toContainText('Microphone off');
});

/** These browsers keep no page that has a call, so what such a page is told is said here. */
test('a page that the browser has kept takes its seat again', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  const [seat] = await seats(ada.page);
  const tell = (name: string) =>
    ada.page.evaluate((type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })), name);

  await tell('pagehide');
  await expect(bob.tile).toContainText('Ada is reconnecting');
  await tell('pageshow');
  for (const one of [ada, bob]) {
    await one.expectState('connected');
    await expectMedia(one.page);
    await expect(one.tile).toHaveCount(1);
  }
  expect(await seats(ada.page), 'the very same seat, taken twice').toEqual([seat, seat]);
});

test('a second tab is told of a page that went straight into the call', async ({ person, room, server }) => {
  const ada = await person();
  await ada.page.goto(`${server.url}/r/${room}?join=now&name=Ada`);
  await ada.expectState('waiting');
  const second = await ada.another();
  await second.openLobby(room);
  await expect(second.page.getByTestId('in-call-elsewhere')).toBeVisible();
});

test('a second tab is told that this person is in the call already', async ({ person, room }) => {
  const ada = await person();
  const told = ({ page }: Person) => page.getByTestId('in-call-elsewhere');
  await ada.openLobby(room);
  await expect(ada.camera).toHaveAttribute('data-device', 'on');
  await expect(told(ada)).toHaveCount(0);
  await ada.joinAs('Ada');
  await ada.expectState('waiting');

  const second = await ada.another();
  await second.openLobby(room);
  await expect(told(second)).toContainText('in another tab');
  await second.openLobby(`${room}-other`);
  await expect(second.camera).toHaveAttribute('data-device', 'on');
  await expect(told(second)).toHaveCount(0);

  await ada.leave.click();
  await ada.expectState('left');
  await second.openLobby(room);
  await expect(second.camera).toHaveAttribute('data-device', 'on');
  await expect(told(second)).toHaveCount(0);
});
