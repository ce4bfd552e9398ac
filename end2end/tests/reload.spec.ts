import { expect, test } from '../support/test.ts';

test('either side reloads, ten times in a row, and the call is back', async ({ person, room }) => {
  test.slow();
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));

  for (let round = 0; round < 10; round += 1) {
    const [reloading, staying] = round % 2 ? [ada, bob] : [bob, ada];
    await test.step(`reload ${round + 1}: ${reloading.name}`, async () => {
      await reloading.reload();
      await Promise.all([ada, bob].map((one) => one.expectState('connected')));
      await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
      await expect(staying.remotePicture).toHaveCount(1);
    });
  }
});

test('who joined through the lobby is back in the call after a reload', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.join(room);
  await ada.expectState('waiting');
  await bob.join(room);
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
  await bob.reload();
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
  await expect(ada.tileOf('Bob')).toBeVisible();
});
