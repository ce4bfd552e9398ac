import { expect, test } from '../support/test.ts';

test('who grants the camera late is in the call at once, and is seen when it comes', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');

  const bob = await person({ name: 'Bob', holdMedia: true });
  await bob.join(room);
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await bob.expectToSeeAndHear();
  expect(await ada.received()).toMatchObject({ frames: 0 });

  await bob.giveMedia();
  await ada.expectToSeeAndHear();
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'true');
});

test('two people who both grant late see each other', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada', holdMedia: true }), await person({ name: 'Bob', holdMedia: true })];
  await ada.join(room);
  await bob.join(room);
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await Promise.all([ada, bob].map((one) => one.giveMedia()));
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
});
