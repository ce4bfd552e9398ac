import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from '@playwright/test';
import { expect, test as base, type Person } from './fixtures.ts';
import { darkFirefoxOptions } from './launch.mjs';

const test = base.extend<object, { darkBrowser: Browser }>({
  /** Where a page can be had in the dark. */
  darkBrowser: [
    async ({ browser, browserName, playwright }, use) => {
      if (browserName !== 'firefox') return use(browser);
      const dark = await playwright.firefox.launch(darkFirefoxOptions());
      await use(dark);
      await dark.close();
    },
    { scope: 'worker' },
  ],
});

const LANGUAGES = ['en', 'zh-CN'] as const;
const SCHEMES = ['light', 'dark'] as const;

/** Nothing that keeps people out, in this state of the page. */
async function expectAccessible(person: Person, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: person.page }).analyze();
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found, state).toEqual([]);
}

for (const language of LANGUAGES) {
  for (const colorScheme of SCHEMES) {
    test(`accessible in all states, ${language}, ${colorScheme}`, async ({
      browser,
      darkBrowser,
      person,
      room,
    }) => {
      test.setTimeout(240_000);
      const seen = { browser: colorScheme === 'dark' ? darkBrowser : browser, locale: language, colorScheme };
      const [ada, bob, eve] = [await person(seen), await person(), await person()];
      // The browser itself logs the page that is not there.
      ada.allow(/404/);

      await ada.goto('/');
      await expect(ada.page.locator('html')).toHaveAttribute('lang', language);
      const dark = await ada.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
      expect(dark).toBe(colorScheme === 'dark');
      await expectAccessible(ada, 'home');
      await ada.page.goto(`${ada.url}/nowhere`);
      await ada.live();
      await expectAccessible(ada, 'not found');
      await ada.goto('/r/not%20a%20room!');
      await expectAccessible(ada, 'bad room');

      await ada.openLobby(room);
      await expect(ada.camera).toHaveAttribute('data-device', 'on');
      await expectAccessible(ada, 'lobby');
      await ada.joinAs('Ada');
      await ada.expectState('waiting');
      await expectAccessible(ada, 'waiting');

      await bob.enter(room, 'Bob');
      await ada.expectState('connected');
      await expectAccessible(ada, 'call');
      await bob.camera.click();
      await bob.microphone.click();
      await expect(ada.tile).toHaveAttribute('data-picture', 'false');
      await expectAccessible(ada, 'call without the picture of the other');
      await ada.leave.click();
      await ada.expectState('left');
      await expectAccessible(ada, 'left');

      await eve.enter(room, 'Eve');
      await bob.expectState('connected');
      await ada.page.getByTestId('rejoin').click();
      await ada.expectState('full');
      await expectAccessible(ada, 'full');
    });
  }
}
