import type { Locator } from '@playwright/test';
import { expect, test, type Person } from './fixtures.ts';
import { expectPlaying } from './media.ts';

/** Presses Tab, or Shift+Tab, until the element has the focus, at most as often as a patient person would. */
async function tabTo(person: Person, target: Locator, key = 'Tab'): Promise<void> {
  for (let press = 0; press < 40; press += 1) {
    await person.page.keyboard.press(key);
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

test('a call of three without a mouse', async ({ make, person, room }) => {
  const { url } = await make.server('--room-capacity', '3');
  // Ada's window is the last one: in Firefox keys press no buttons in others.
  const [ben, cleo, ada] = [await person({ url }), await person({ url }), await person({ url })];
  await ben.enter(room, 'Ben');
  await cleo.enter(room, 'Cleo');
  const at = (id: string) => ada.page.getByTestId(id);
  const press = (key: string) => ada.page.keyboard.press(key);

  await ada.openLobby(room);
  await tabTo(ada, ada.name);
  await ada.page.keyboard.type('Ada');
  await press('Enter');
  await ada.expectState('connected');
  await expect(ada.tile).toHaveCount(2);
  for (const picture of await ada.page.getByTestId('remote-video').all()) await expectPlaying(picture);

  // With the late part of the page.
  await expect(at('pin')).toHaveCount(2);
  await tabTo(ada, at('raise-hand'));
  await press('Enter');
  await expect(at('raise-hand')).toHaveAttribute('aria-pressed', 'true');
  for (const one of [ben, cleo]) await expect(one.page.getByTestId('hand')).toHaveCount(1);

  await tabTo(ada, at('open-people'));
  await press('Enter');
  await expect(at('person')).toHaveCount(3);
  const mute = ada.page.getByRole('button', { name: 'Mute Cleo for me' });
  await tabTo(ada, mute);
  await press('Space');
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await press('Escape');
  await expect(at('person')).toHaveCount(0);
  await expect(at('open-people'), 'the focus goes back to where it was').toBeFocused();

  const pin = ada.tile.filter({ hasText: 'Ben' }).getByTestId('pin');
  // Back: past the end Firefox gives the focus to its own buttons.
  await tabTo(ada, pin, 'Shift+Tab');
  await press('Enter');
  await expect(ada.page.getByTestId('stage')).toHaveAttribute('data-layout', 'speaker');
  await expect(pin).toBeFocused();

  await tabTo(ada, at('open-more'));
  await press('Enter');
  await tabTo(ada, at('lock-room'));
  await press('Enter');
  await expect(ben.page.getByTestId('room-locked')).toContainText('Ada locked the room');
  await press('Escape');
  await expect(at('open-more')).toBeFocused();

  await tabTo(ada, ada.leave);
  await press('Enter');
  await ada.expectState('left');
  for (const one of [ben, cleo]) await expect(one.tile).toHaveCount(1);
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
