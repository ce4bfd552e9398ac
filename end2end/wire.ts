// What a page hears and says on its signaling sockets, read inside the page: both browsers can do that.

import type { BrowserContext, Page } from '@playwright/test';

declare global {
  interface Window {
    /** Every signaling message that this page has heard, oldest first. */
    heard: string[];
    /** Every signaling message that this page has sent, oldest first. */
    said: string[];
  }
}

export interface Message {
  type: string;
  [field: string]: unknown;
}

/** Takes down what pages yet to be loaded will hear and say. */
export async function listenIn(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const heard: string[] = [];
    const said: string[] = [];
    window.heard = heard;
    window.said = said;
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener('message', ({ data }) => heard.push(String(data)));
      }

      override send(data: string): void {
        said.push(data);
        super.send(data);
      }
    };
  });
}

/** What a page has heard since it was loaded. */
export async function heard(page: Page): Promise<Message[]> {
  return (await page.evaluate(() => window.heard)).map((text) => JSON.parse(text));
}

/** The messages of a type that a page has sent since it was loaded. */
export async function sent(page: Page, type: string): Promise<Message[]> {
  const said: Message[] = (await page.evaluate(() => window.said)).map((text) => JSON.parse(text));
  return said.filter((message) => message.type === type);
}

/** The types of the messages that a page has heard, without the heartbeats. */
export async function typesHeard(page: Page): Promise<string[]> {
  return (await heard(page)).map(({ type }) => type).filter((type) => type !== 'heartbeat');
}

/** The ids under which a page has been seated since it was loaded, one for each time. */
export async function seats(page: Page): Promise<unknown[]> {
  return (await heard(page)).filter(({ type }) => type === 'joined').map(({ you }) => you);
}
