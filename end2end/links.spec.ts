// Links as people and programs hand them on.

import { expect, test } from './fixtures.ts';

test('a link with the marks of the sentence around it leads to its room', async ({ person, room }) => {
  const ada = await person();
  for (const after of ['.', ')', ',%20', '%E2%80%9D', '%E2%80%8B', '%3E']) {
    await ada.goto(`/r/${room}${after}`);
    await expect(ada.page).toHaveURL(`${ada.url}/r/${room}`);
    await expect(ada.join).toBeVisible();
  }
  await ada.goto(`/r/${room.replace('-', '%E2%80%93')}`);
  await expect(ada.page).toHaveURL(`${ada.url}/r/${room}`);
});

test('the field of the home page takes names with spaces, and links in sentences', async ({
  person,
  room,
}) => {
  const ada = await person();
  const { host } = new URL(ada.url);
  const spaced = room.replace('-', ' ').toUpperCase();
  for (const typed of [` ${spaced}. `, `Join me: <http://${host}/r/${room}>.`]) {
    await ada.goto('/');
    await ada.page.getByTestId('room-input').fill(typed);
    await ada.page.getByTestId('go').click();
    await expect(ada.page).toHaveURL(`${ada.url}/r/${room}`);
  }
});
