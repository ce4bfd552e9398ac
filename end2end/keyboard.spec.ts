import type { Locator } from '@playwright/test';
import { expect, test, type Person } from './fixtures.ts';

/** Presses Tab until the element has the focus, at most as often as a patient person would. */
async function tabTo(person: Person, target: Locator): Promise<void> {
  for (let press = 0; press < 20; press += 1) {
    await person.page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) {
      // Where the focus is can be seen.
      const outline = await target.evaluate((element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
      });
      expect(outline, 'the focus is outlined').toBe(true);
      return;
    }
  }
  throw new Error(`Tab does not lead to ${target}`);
}

test('a whole call without a mouse', async ({ person }) => {
  const ada = await person();
  await ada.goto('/');
  await tabTo(ada, ada.page.getByTestId('new-call'));
  await ada.page.keyboard.press('Enter');
  await expect(ada.join).toBeVisible();
  await tabTo(ada, ada.name);
  await ada.page.keyboard.type('Ada');
  await ada.page.keyboard.press('Enter');
  await ada.expectState('waiting');
  await expect(ada.page.getByRole('heading', { level: 1 })).toBeFocused();

  await tabTo(ada, ada.camera);
  await ada.page.keyboard.press('Space');
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'false');
  await tabTo(ada, ada.leave);
  await ada.page.keyboard.press('Enter');
  await ada.expectState('left');
  await expect(ada.page.getByRole('heading', { level: 1, name: 'You hung up' })).toBeFocused();
});

test('the first stop leads past the head line', async ({ person }) => {
  const ada = await person();
  await ada.goto('/');
  await ada.page.keyboard.press('Tab');
  await expect(ada.page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await expect(ada.page.getByRole('link', { name: 'Skip to content' })).toBeInViewport();
});

test('single keys switch the devices, but not while somebody types, nor once switched off', async ({
  person,
  room,
}) => {
  const ada = await person();
  await ada.enter(room, 'Mv');
  await ada.expectState('waiting');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'true');

  await ada.page.keyboard.press('m');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'false');
  await ada.page.keyboard.press('v');
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'false');
  // On a Russian layout, and on a French one, where M is elsewhere.
  const press = (init: { key: string; code: string; isComposing?: boolean }) =>
    ada.page.evaluate((init) => dispatchEvent(new KeyboardEvent('keydown', init)), init);
  await press({ key: 'м', code: 'KeyV' });
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'true');
  await press({ key: ',', code: 'KeyM' });
  await press({ key: 'v', code: 'KeyV', isComposing: true });
  await expect(ada.camera).toHaveAttribute('aria-pressed', 'true');
  await ada.page.keyboard.press('Control+m');
  await ada.page.keyboard.press('M');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');

  await ada.page.getByRole('textbox', { name: 'Link to this call' }).focus();
  await ada.page.keyboard.press('m');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');

  await ada.page.getByTestId('open-devices').click();
  await ada.page.getByRole('checkbox', { name: /Keyboard shortcuts/ }).click();
  await ada.page.keyboard.press('Escape');
  await ada.page.keyboard.press('m');
  await expect(ada.microphone).toHaveAttribute('aria-pressed', 'true');
});
