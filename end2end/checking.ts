// The connection check as people use it, and pages for which something is broken.

import type { Locator } from '@playwright/test';
import { expect, type Person } from './fixtures.ts';

/** Longer than the whole may take. */
export const WHOLE = { timeout: 25_000 };

export const at = ({ page }: Person, id: string): Locator => page.getByTestId(id);
export const check = (person: Person, code: string): Locator =>
  person.page.locator(`[data-testid=check][data-check=${code}]`);
export const states = (person: Person, ...codes: string[]): Promise<(string | null)[]> =>
  Promise.all(codes.map((code) => check(person, code).getAttribute('data-state')));

/** Opens the lobby and, once its devices are there, the check. */
export async function openCheck(person: Person, room: string): Promise<void> {
  await person.openLobby(room);
  await expect(person.camera).not.toHaveAttribute('data-device', 'starting');
  await at(person, 'check-connection').click();
  await expect(at(person, 'connection-check')).toBeVisible();
}

export async function expectVerdict(person: Person, code: string): Promise<void> {
  await expect(at(person, 'check-verdict')).toHaveAttribute('data-verdict', code, WHOLE);
}

/** Changes what connections of pages yet to be loaded are told of ICE servers. `change` gets each URL. */
export async function changeServers({ page }: Person, change: string): Promise<void> {
  await page.addInitScript(`
    const change = ${change};
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration) {
        const iceServers = configuration?.iceServers?.map((server) => change({ ...server }));
        super({ ...configuration, iceServers });
      }
    };
  `);
}

/** The WebSockets of pages yet to be loaded do not get through. */
export async function loseSockets(one: Person): Promise<void> {
  one.allow(/WebSocket connection to|can.t establish a connection/);
  await one.page.addInitScript(() => {
    const Original = window.WebSocket;
    window.WebSocket = class extends Original {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(String(url).replace('/signal', '/nowhere'), protocols);
      }
    };
  });
}
