import { languagesShown } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

test('who asks for Chinese is answered in Chinese, from the first byte on', async ({ person, launch, server }) => {
  const ada = await person({ browser: await launch({ languages: 'zh-CN,zh' }), locale: 'zh-CN' });
  const answer = await ada.page.goto(server.url);
  const html = await answer?.text();
  expect(html).toContain('<html lang="zh-CN"');
  expect(html).toContain('喊一声');

  await ada.hydrated();
  await expect(ada.page.getByRole('heading', { level: 1 })).toContainText('喊一声');
  expect(await languagesShown(ada.page), 'no other language shows up on the way').toEqual(['zh-CN']);
});

test('the language can be switched, in mid-call too, and is remembered', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.joinNow(room);
  await ada.expectState('waiting');
  await expect(ada.page.getByTestId('leave')).toContainText('Hang up');

  await ada.page.getByRole('button', { name: '简体中文' }).click();
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(ada.page.getByTestId('leave')).toContainText('挂断');
  await ada.expectState('waiting');

  await ada.open('/');
  await expect(ada.page.getByRole('heading', { level: 1 })).toContainText('喊一声');
  expect(await languagesShown(ada.page)).toEqual(['zh-CN']);
  await ada.page.getByRole('button', { name: 'English' }).click();
  await ada.reload();
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'en');
});
