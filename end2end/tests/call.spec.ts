import { expect, test } from '../support/test.ts';

test('two people meet through the lobby, see and hear each other', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.openLobby(room);
  await ada.expectState('lobby');
  await ada.expectPicture(ada.ownPicture);
  await ada.nameField.fill('Ada');
  await ada.joinButton.click();
  await ada.expectState('waiting');

  const bob = await person({ name: 'Bob' });
  await bob.join(room);
  await Promise.all([ada, bob].map((one) => one.expectState('connected')));
  await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
  await expect(ada.tileOf('Bob')).toBeVisible();
  await expect(bob.tileOf('Ada')).toBeVisible();
  for (const one of [ada, bob]) {
    await expect(one.remotePicture).toHaveCount(1);
    await expect(one.remotePicture).toHaveAttribute('data-peer', /^[0-9a-f]{16}$/);
  }
});

test('a new call is made on the home page, and its link leads into it', async ({ person }) => {
  const ada = await person({ name: 'Ada' });
  await ada.open('/');
  await ada.page.getByTestId('new-call').click();
  await expect(ada.page).toHaveURL(/\/r\/[a-z2-9]{3}-[a-z2-9]{3}-[a-z2-9]{3}$/);
  await ada.joinButton.click();
  await ada.expectState('waiting');

  const bob = await person({ name: 'Bob' });
  await bob.open('/');
  await bob.page.getByTestId('room-input').fill(ada.page.url());
  await bob.page.getByTestId('go').click();
  await bob.joinButton.click();
  await ada.expectState('connected');
  await bob.expectToSeeAndHear();
});

test('two calls at once know nothing of each other', async ({ person, room }) => {
  const [ada, bob, carol] = [await person({ name: 'Ada' }), await person({ name: 'Bob' }), await person({ name: 'Carol' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await carol.joinNow(`${room}-other`);
  await ada.expectToSeeAndHear();
  await carol.expectState('waiting');
  await expect(carol.remotePicture).toHaveCount(0);
  expect((await carol.received()).connectionsMade).toBe(0);
});

test('a name is remembered', async ({ person, room }) => {
  const ada = await person({ name: 'Ada Lovelace' });
  await ada.join(room);
  await ada.expectState('waiting');
  await ada.openLobby(`${room}-other`);
  await expect(ada.nameField).toHaveValue('Ada Lovelace');
});
