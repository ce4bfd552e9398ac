import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';

/** What keeps people out, or nearly so, in words: `rule: where`. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

const prefersDark = (page: Page) => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    const dark = colorScheme === 'dark';
    for (const language of ['en', 'zh-CN']) {
      test(`home, no such page and a bad room, in ${language}`, async ({ person, launch, server }) => {
        const ada = await person({ browser: await launch({ dark }), colorScheme });
        await ada.context.addCookies([{ name: 'halloo_lang', value: language, url: server.url }]);
        ada.expectProblems(/404/);
        for (const path of ['/', '/no/such/page', '/r/not_a_room']) {
          await ada.open(path);
          expect(await prefersDark(ada.page)).toBe(dark);
          await expect(ada.page.locator('html')).toHaveAttribute('lang', language);
          expect(await barriers(ada.page), path).toEqual([]);
        }
      });
    }

    test('lobby, alone, in a call, hung up', async ({ person, launch, room }) => {
      const browser = await launch({ dark });
      const ada = await person({ name: 'Ada', browser, colorScheme });
      await ada.openLobby(room);
      await ada.expectPicture(ada.ownPicture);
      expect(await barriers(ada.page), 'lobby').toEqual([]);
      await ada.joinButton.click();
      await ada.expectState('waiting');
      expect(await barriers(ada.page), 'alone').toEqual([]);
      await ada.page.getByTestId('open-devices').click();
      expect(await barriers(ada.page), 'choice of devices').toEqual([]);
      await ada.page.keyboard.press('Escape');

      const bob = await person({ name: 'Bob', browser });
      await bob.joinNow(room);
      await ada.expectToSeeAndHear();
      expect(await barriers(ada.page), 'call').toEqual([]);

      const carol = await person({ name: 'Carol', browser, colorScheme });
      await carol.joinNow(room);
      await carol.expectState('full');
      expect(await barriers(carol.page), 'full').toEqual([]);

      await ada.leave();
      await ada.expectState('left');
      expect(await barriers(ada.page), 'left').toEqual([]);
    });

    test('a page that ends with an error', async ({ person, launch, room }) => {
      const ada = await person({ browser: await launch({ dark }), colorScheme });
      await ada.context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
      await ada.open(`/r/${room}`);
      await ada.expectState('error');
      expect(await barriers(ada.page)).toEqual([]);
    });
  });
}

test('a call can be made with the keyboard alone', async ({ person, room }) => {
  const ada = await person({ name: 'Ada' });
  await ada.openLobby(room);
  await ada.nameField.focus();
  await ada.page.keyboard.type('Ada');
  await ada.page.keyboard.press('Enter');
  await ada.expectState('waiting');
  const leave = ada.page.getByTestId('leave');
  const isFocused = () => leave.evaluate((button) => button === document.activeElement);
  for (let tabs = 0; tabs < 20 && !(await isFocused()); tabs += 1) await ada.page.keyboard.press('Tab');
  await expect(leave).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await ada.expectState('left');
});
