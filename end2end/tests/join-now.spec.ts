import { expect, test } from '../support/test.ts';

test('a link with join=now goes in when nobody else opened it', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');
});

test('a page of the same site may use join=now', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.open('/');
  await ada.page.evaluate((path) => location.assign(path), `/r/${room}?join=now&name=Ada`);
  await ada.page.waitForURL(/join=now/);
  await ada.hydrated();
  await ada.expectState('waiting');
});

test('another site cannot open somebody into a call', async ({ person, server, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.open('/', server.otherSiteUrl);
  await ada.page.evaluate((url) => location.assign(url), `${server.url}/r/${room}?join=now&name=Ada`);
  await ada.page.waitForURL(/join=now/);
  await ada.hydrated();
  await expect(ada.joinButton).toBeVisible();
  await ada.expectState('lobby');

  // It is the person's own choice then.
  await ada.joinButton.click();
  await ada.expectState('waiting');
});
