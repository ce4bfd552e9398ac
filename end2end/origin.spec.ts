// Pages whose address the server does not accept.

import { expect, test } from './fixtures.ts';

test('a page of an address that is not accepted says so, and not that the server is away', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--allowed-origins', 'https://call.example.org');
  const ada = await person({ url });
  ada.allowLostServer();
  ada.allow(/status of 403|\/signal/);
  await ada.enter(room, 'Ada');
  await ada.expectState('error');
  await expect(ada.page.getByRole('heading', { name: 'This address is not accepted' })).toBeVisible();
  await expect(ada.page.getByText('allowed_origins')).toBeVisible();
});
