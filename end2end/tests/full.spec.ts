import { expect, test } from '../support/test.ts';

test('a third person is told that the room is full and disturbs nobody', async ({ person, room }) => {
  const [ada, bob, carol] = [await person({ name: 'Ada' }), await person({ name: 'Bob' }), await person({ name: 'Carol' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));

  await carol.join(room);
  await carol.expectState('full');
  await expect(carol.page.getByRole('heading', { level: 1 })).toBeVisible();
  expect((await carol.received()).connectionsMade).toBe(0);

  // As people do who were told so: try again, and close the tab.
  await carol.page.getByTestId('rejoin').click();
  await carol.expectState('full');
  await carol.page.close();

  for (const one of [ada, bob]) {
    await one.expectState('connected');
    await expect(one.remotePicture).toHaveCount(1);
    await one.expectToSeeAndHear();
    expect((await one.received()).connectionsMade, `${one.name} kept the connection`).toBe(1);
  }
});
