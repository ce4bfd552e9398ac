// The page of the tutorial, as tests/codelab has it, with one of three versions of Socket.IO.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Person } from './fixtures.ts';

const ROOT = join(import.meta.dirname, '..');

/** The library file of each version. */
export const CLIENTS = {
  1: 'socket.io-client-1/dist/socket.io.js',
  2: 'socket.io-client-2/dist/socket.io.js',
  4: 'socket.io-client-4/dist/socket.io.js',
} as const;

export type Client = keyof typeof CLIENTS;

declare global {
  interface Window {
    /** What the page was told, in order. */
    heard: string[];
    /** Grants the camera of a page that waits for it. */
    grantCamera: () => void;
  }
}

/** The pages of somebody that come from the lesson instead of halloo. */
export class Lesson {
  private constructor(readonly person: Person) {}

  /** Puts the page at an address of the server, as the lesson does, without opening it. */
  static async of(person: Person, client: Client): Promise<Lesson> {
    const files = {
      '': ['text/html', join(ROOT, 'tests/codelab/index.html')],
      'main.js': ['text/javascript', join(ROOT, 'tests/codelab/main.js')],
      'socket.io.js': ['text/javascript', join(ROOT, 'end2end/node_modules', CLIENTS[client])],
    } as const;
    for (const [name, [contentType, path]] of Object.entries(files)) {
      const body = readFileSync(path);
      const at = (url: URL) => url.pathname === `/lesson/${name}`;
      await person.page.context().route(at, (route) => route.fulfill({ contentType, body }));
    }
    return new Lesson(person);
  }

  get page(): Page {
    return this.person.page;
  }

  get remoteVideo(): Locator {
    return this.page.locator('#remoteVideo');
  }

  async enter(room: string): Promise<void> {
    await this.page.goto(`${this.person.url}/lesson/?room=${room}`);
  }

  async heard(): Promise<string[]> {
    return this.page.evaluate('heard') as Promise<string[]>;
  }

  /** The page has been told this. */
  async expectHeard(what: string): Promise<void> {
    await expect.poll(() => this.heard(), what).toContain(what);
  }

  /** The other person is seen, now. */
  async expectPicture(): Promise<void> {
    await expectMoving(this.remoteVideo);
  }
}

/** The camera is granted when the test says so. */
export function waitsForTheCamera(): void {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const granted = new Promise<void>((resolve) => (window.grantCamera = resolve));
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    await granted;
    return ask(constraints);
  };
}

/** The picture of this element changes. */
export async function expectMoving(video: Locator): Promise<void> {
  const shown = () =>
    video.evaluate((video: HTMLVideoElement) => {
      if (video.videoWidth === 0) return '';
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
      const context = canvas.getContext('2d');
      context?.drawImage(video, 0, 0, 64, 36);
      return context?.getImageData(0, 0, 64, 36).data.join() ?? '';
    });
  await expect.poll(shown, 'a picture').not.toBe('');
  const before = await shown();
  await expect.poll(async () => (await shown()) !== before, 'the picture moves').toBe(true);
}
