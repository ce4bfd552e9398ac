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
    await expect(ada.join).toBeVisible();
  }
});

test('a button pressed while the client takes over the page does what it says', async ({ person, room }) => {
  const ada = await person();
  let deliver = () => {};
  const late = new Promise<void>((resolve) => { deliver = resolve; });
  await ada.page.route('**/*.wasm', async (route) => {
    await late;
    await route.continue();
  });
  await ada.page.goto(ada.url);
  await ada.page.getByTestId('room-input').fill(room);
  await ada.page.getByTestId('go').hover();
  await ada.page.mouse.down();
  const fetched = ada.page.waitForResponse(/chunk|split/);
  deliver();
  await fetched;
  // Long enough to draw the page.
  const drawn = ada.page.waitForFunction(
    (since) => document.documentElement.dataset.hydrated ?? performance.now() > since + 1_000,
    await ada.page.evaluate(() => performance.now()),
  );
  await drawn;
  await ada.page.mouse.up();
  await expect(ada.page).toHaveURL(`${ada.url}/r/${room}`);
});
