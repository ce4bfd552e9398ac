// Rooms and how many they hold.

import { expect, test } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia, expectPlaying, ownTracks } from './media.ts';
import { typesHeard } from './wire.ts';

test('a third person is told that the room is full, and gets in by itself when somebody has left', async ({
  person,
  room,
}) => {
  const [ada, bob, eve, zoe] = [await person(), await person(), await person(), await person()];
  await zoe.enter(`${room}-other`, 'Zoe');
  await zoe.expectState('waiting');
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');

  await eve.enter(room, 'Eve');
  await eve.expectState('full');
  await expect(eve.page.getByRole('heading', { name: 'The room is full' })).toBeVisible();
  await expect(eve.page.getByText('Both seats are taken')).toBeVisible();
  await expect(eve.page.getByTestId('remote-video')).toHaveCount(0);
  const states = async () => (await ownTracks(eve.page)).map(({ state }) => state);
  expect(new Set(await states()), 'her devices are off meanwhile').toEqual(new Set(['ended']));
  await expect(ada.tile).toHaveCount(1);
  await expectFramesToGrow(ada.page);
  await expectFramesToGrow(bob.page);

  // Once this has come to Ada, it has been told to everybody who is to hear it: not to Eve, nor to the room
  // of Zoe.
  await bob.microphone.click();
  await expect(ada.tile).toContainText('Microphone off');
  expect(new Set(await typesHeard(eve.page))).toEqual(new Set(['welcome', 'full']));
  expect(await typesHeard(zoe.page)).toEqual(['welcome', 'joined']);
  for (const one of [eve, zoe]) expect((await connections(one.page)).made).toBe(0);
  for (const one of [ada, bob]) expect(await connections(one.page)).toMatchObject({ made: 1, open: 1 });

  await bob.leave.click();
  await eve.expectState('connected');
  await expectMedia(eve.page);
  await expectMedia(ada.page);
  await expect(ada.tile).toContainText('Eve');
});

/** The seat of a page that was just loaded is kept for five seconds: it might be loading anew. */
test('who closes the own tab and comes back at once is in the call when the seat is free', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  const again = await bob.another();
  await bob.page.close();
  await again.goto(`/r/${room}?join=now&name=Bob`);
  await again.expectState('connected');
  await expectMedia(again.page);
  await expect(ada.tile).toHaveCount(1);
});

test('in a room with three seats everybody sees everybody', async ({ make, person, room }) => {
  const { url } = await make.server('--room-capacity', '3');
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await eve.enter(room, 'Eve');
  for (const one of [ada, bob, eve]) {
    const videos = one.page.getByTestId('remote-video');
    await expect(videos).toHaveCount(2);
    for (const video of await videos.all()) await expectPlaying(video);
    expect(await connections(one.page)).toMatchObject({ made: 2, open: 2 });
  }

  await eve.leave.click();
  await expectMedia(ada.page);
  await expectMedia(bob.page);
  for (const one of [ada, bob]) expect(await connections(one.page)).toMatchObject({ made: 2, open: 1 });
});
