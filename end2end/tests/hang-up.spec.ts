import { localTracks } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

test('hanging up frees the camera, the microphone and the seat', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
  expect((await localTracks(bob.page)).toSorted()).toEqual(['audio: live', 'video: live']);

  await bob.leave();
  await bob.expectState('left');
  expect((await localTracks(bob.page)).toSorted()).toEqual(['audio: ended', 'video: ended']);
  await ada.expectState('waiting');
  await expect(ada.remotePicture, 'no frozen picture is left').toHaveCount(0);

  const carol = await person({ name: 'Carol' });
  await carol.joinNow(room);
  await Promise.all([ada, carol].map((one) => one.expectToSeeAndHear()));
  await expect(ada.tileOf('Carol')).toBeVisible();
});

test('one can come back after hanging up', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await ada.expectToSeeAndHear();
  await bob.leave();
  await bob.expectState('left');
  await bob.page.getByTestId('rejoin').click();
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
});

test('a closed tab frees the seat', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await ada.expectToSeeAndHear();
  await bob.page.close();
  await ada.expectState('waiting');
  await expect(ada.remotePicture).toHaveCount(0);
});
