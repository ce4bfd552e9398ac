import { expect, test } from './fixtures.ts';
import { expectFramesToGrow, expectMedia } from './media.ts';

test('a duplicated tab is a second person and steals no seat', async ({ person, room, server }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');

  // What "duplicate tab" does: a new page that starts with a copy of the first one's sessionStorage.
  const memory = await ada.page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  expect(Object.keys(JSON.parse(memory)).length, 'the seat is remembered').toBeGreaterThan(1);
  const twin = await ada.another();
  const copy = { origin: server.url, memory };
  await twin.page.addInitScript(({ origin, memory }) => {
    if (location.origin !== origin || sessionStorage.length > 0) return;
    for (const [key, value] of Object.entries(JSON.parse(memory))) sessionStorage.setItem(key, String(value));
  }, copy);
  await twin.enter(room, 'Twin');
  await twin.expectState('connected');
  await ada.expectState('connected');
  await expectMedia(ada.page);
  await expectMedia(twin.page);
  await expect(ada.tile).toContainText('Twin');
  await expect(twin.tile).toContainText('Ada');

  // From now on each tab has a seat of its own to come back to.
  await twin.page.reload();
  await twin.live();
  await expectMedia(twin.page);
  await expect(ada.tile).toHaveCount(1);
  await ada.expectState('connected');
  await expectFramesToGrow(ada.page);
});
