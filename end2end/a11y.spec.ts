import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Each language and each scheme once: colours do not depend on words. */
const LOOKS = [
  { locale: 'en', colorScheme: 'light' },
  { locale: 'zh-CN', colorScheme: 'dark' },
] as const;

/** Nothing that keeps people out, in this state of the page. */
async function expectAccessible({ page }: { page: Page }, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found, state).toEqual([]);
}

for (const look of LOOKS) {
  test(`accessible in all states, ${look.locale}, ${look.colorScheme}`, async ({ person, room }) => {
    const [ada, bob, eve] = [await person(look), await person(), await person()];
    // The browser itself logs the page that is not there.
    ada.allow(/404/);

    await ada.goto('/');
    await expect(ada.page.locator('html')).toHaveAttribute('lang', look.locale);
    const dark = await ada.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    expect(dark).toBe(look.colorScheme === 'dark');
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
    await ada.tile.hover();
    await ada.page.getByTestId('open-volume').click();
    await expect(ada.page.getByRole('slider')).toBeVisible();
    await expectAccessible(ada, 'volume');
    await ada.page.keyboard.press('Escape');
    await ada.page.getByTestId('open-chat').click();
    await ada.page.getByTestId('chat-input').fill('`code` at https://example.org/\n```\nblock\n```');
    await ada.page.getByTestId('chat-send').click();
    await ada.page.getByTestId('chat-message').hover();
    await ada.page.getByTestId('chat-reply').click();
    await ada.page.locator('button[data-testid=chat-emoji]').click();
    await expectAccessible(ada, 'chat');
    await ada.page.getByTestId('close-drawer').click();
    await ada.page.getByTestId('open-people').click();
    for (const panel of ['tab-people', 'open-stats', 'open-invite']) {
      await ada.page.getByTestId(panel).click();
      await expect(ada.page.getByTestId(panel)).toHaveAttribute('aria-selected', 'true');
      await expectAccessible(ada, panel);
    }
    await ada.page.getByTestId('close-drawer').click();
    await ada.page.getByTestId('raise-hand').click();
    await ada.page.getByTestId('open-more').click();
    await ada.page.getByTestId('lock-room').click();
    await expect(ada.page.getByTestId('hand')).toBeVisible();
    await expect(ada.page.getByTestId('room-locked')).toBeVisible();
    await expectAccessible(ada, 'menu, hand and lock');
    const opened = ada.page.context().waitForEvent('page');
    await ada.page.getByTestId('small-window').click();
    const small = await opened;
    await expect(small.getByTestId('small-tile')).toHaveCount(1);
    await expectAccessible({ page: small }, 'small window');
    await small.close();
    await bob.camera.click();
    await bob.microphone.click();
    await expect(ada.tile).toHaveAttribute('data-picture', 'false');
    await expectAccessible(ada, 'call without the picture of the other');
    await ada.leave.click();
    await ada.expectState('left');
    await expectAccessible(ada, 'left');

    await ada.page.getByTestId('rejoin').click();
    await ada.expectState('locked');
    await expectAccessible(ada, 'locked');
    await bob.page.getByTestId('open-more').click();
    await bob.page.getByTestId('lock-room').click();
    await bob.page.keyboard.press('Escape');
    await ada.expectState('connected');
    await ada.leave.click();
    await ada.expectState('left');

    await eve.enter(room, 'Eve');
    await bob.expectState('connected');
    await ada.page.getByTestId('rejoin').click();
    await ada.expectState('full');
    await expectAccessible(ada, 'full');
  });
}
