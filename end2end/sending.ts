// Files as people send and receive them.

import { createHash } from 'node:crypto';
import type { Locator } from '@playwright/test';
import { at } from './chatting.ts';
import { expect, type Person } from './fixtures.ts';

export interface Sent {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A file of so many bytes, none like the one before, the same every time. */
export function someFile(name: string, size: number, mimeType = 'application/octet-stream'): Sent {
  const buffer = Buffer.alloc(size);
  let state = 1;
  for (let at = 0; at + 4 <= size; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    buffer.writeUInt32LE(state, at);
  }
  if (size % 4 > 0) buffer.fill(7, size - (size % 4));
  return { name, mimeType, buffer };
}

/** A PNG of 8 x 8 pixels. */
export function picture(name: string): Sent {
  const data =
    'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC';
  return { name, mimeType: 'image/png', buffer: Buffer.from(data, 'base64') };
}

/** Chooses files in the chat, which is open. */
export async function send(one: Person, ...files: Sent[]): Promise<void> {
  await at(one, 'send-file').locator('input').setInputFiles(files);
}

/** The row of a file. */
export const row = (one: Person, name: string): Locator => at(one, 'file').filter({ hasText: name });

/** How far the transfer of a file to or from the one other person is. */
export const transfer = (one: Person, name: string): Locator => row(one, name).getByTestId('file-transfer');

export async function accept(one: Person, name: string): Promise<void> {
  await row(one, name).getByTestId('accept-file').click();
}

export async function expectTransfer(one: Person, name: string, state: string): Promise<void> {
  await expect(transfer(one, name), name).toHaveAttribute('data-state', state, { timeout: 20_000 });
}

declare global {
  interface Window {
    /** What the page has made addresses for. */
    blobs: Map<string, Blob>;
  }
}

/** The next pages of somebody keep what they make addresses for: no page may fetch these. */
export async function keepBlobs({ page }: Person): Promise<void> {
  await page.addInitScript(() => {
    const blobs = new Map<string, Blob>();
    window.blobs = blobs;
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (object) => {
      const url = create(object);
      blobs.set(url, object as Blob);
      return url;
    };
  });
}

/** What somebody has received is what was sent, under its name, and nothing that a browser would open. */
export async function expectReceived(one: Person, { name, buffer }: Sent): Promise<void> {
  await expectTransfer(one, name, 'done');
  const link = row(one, name).getByTestId('received-file');
  await expect(link).toHaveAttribute('download', name);
  const received = await link.evaluate(async (link: HTMLAnchorElement) => {
    const blob = window.blobs.get(link.href);
    const bytes = (await blob?.arrayBuffer()) ?? new ArrayBuffer(0);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const digits = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return [blob?.size, blob?.type, digits];
  });
  const hash = createHash('sha256').update(buffer).digest('hex');
  expect(received, name).toEqual([buffer.length, 'application/octet-stream', hash]);
}
