import { expect, test } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia } from './media.ts';

test('the first HTML is in the language of the browser', async ({ request, server }) => {
  const html = async (headers: Record<string, string>) => (await request.get(server.url, { headers })).text();

  const chinese = await html({ 'Accept-Language': 'zh-CN,zh;q=0.9,en;q=0.5' });
  expect(chinese).toContain('<html lang="zh-CN"');
  expect(chinese).toContain('发起通话');
  expect(chinese).not.toContain('New call');

  const english = await html({ 'Accept-Language': 'en-GB' });
  expect(english).toContain('<html lang="en"');
  expect(english).toContain('New call');

  const chosen = await html({ 'Accept-Language': 'en-GB', Cookie: 'halloo_lang=zh-CN' });
  expect(chosen).toContain('<html lang="zh-CN"');
});

test('a Chinese browser gets a Chinese page that stays Chinese', async ({ person, room }) => {
  const ada = await person({ locale: 'zh-CN' });
  await ada.openLobby(room);
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(ada.join).toHaveText('加入');
});

test('switching the language during a call changes every text and keeps the call', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  const element = await ada.page.getByTestId('remote-video').elementHandle();

  await ada.page.getByRole('button', { name: '简体中文' }).click();
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(ada.leave).toHaveText('挂断');
  await expect(ada.status).toHaveText('正在与 Bob 通话');
  await expect(ada.page).toHaveTitle(/正在与 Bob 通话/);

  await ada.expectState('connected');
  await expectFramesToGrow(ada.page);
  await expectFramesToGrow(bob.page);
  expect((await connections(ada.page)).made).toBe(1);
  expect(await element?.evaluate((video) => video.isConnected)).toBe(true);

  // The choice is remembered, by the server's first HTML too.
  await ada.reload();
  await expect(ada.leave).toHaveText('挂断');
});
