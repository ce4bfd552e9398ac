// The chat as a person uses it.

import type { Locator } from '@playwright/test';
import { expect, type Person } from './fixtures.ts';

export const at = ({ page }: Person, id: string): Locator => page.getByTestId(id);

/** Opens the chat, once the part that has it is loaded. */
export async function openChat(one: Person): Promise<void> {
  await at(one, 'open-chat').click();
  await expect(at(one, 'chat-input')).toBeVisible();
}

export async function write(one: Person, text: string): Promise<void> {
  // The driver of Firefox would press Enter for a line break.
  await at(one, 'chat-input').evaluate((field: HTMLTextAreaElement, text) => {
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, text);
  await at(one, 'chat-send').click();
  await expect(at(one, 'chat-input')).toHaveValue('');
}

/** The texts of the messages that are shown, in their order. */
export async function texts(one: Person): Promise<string[]> {
  return one.page.locator('.chat-text').allInnerTexts();
}

/** All of these people see these messages, in this order, and everybody for whom they are has them. */
export async function expectTexts(people: Person[], expected: string[]): Promise<void> {
  for (const one of people) await expect.poll(() => texts(one)).toEqual(expected);
  for (const one of people) await expect(at(one, 'chat-waiting')).toHaveCount(0);
}
