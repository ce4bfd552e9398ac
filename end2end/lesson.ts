// The page of the tutorial, as tests/codelab has it, with one of three versions of Socket.IO.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
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

const FILES: Record<string, (client: Client) => [type: string, path: string]> = {
  '': () => ['text/html', 'tests/codelab/index.html'],
  'main.js': () => ['text/javascript', 'tests/codelab/main.js'],
  'socket.io.js': (client: Client) => ['text/javascript', `end2end/node_modules/${CLIENTS[client]}`],
};

declare global {
  interface Window {
    /** What the page was told, in order. */
    heard: string[];
    /** Grants the camera of a page that waits for it. */
    grantCamera: () => void;
  }
}

/** Serves the page of the tutorial at `/lesson/`, and everything else from a server, as a proxy does. */
export class LessonServer {
  private constructor(private readonly http: HttpServer) {}

  static async start({ port }: { port: number }): Promise<LessonServer> {
    const backend = ({ url, method, headers }: IncomingMessage) =>
      request({ host: '127.0.0.1', port, path: url, method, headers });
    const http = createServer((asked, answer) => {
      const [, client = '', name = ''] = /^\/lesson\/(\d)\/([^?]*)/.exec(asked.url ?? '') ?? [];
      if (client) {
        const [type, path] = FILES[name]?.(Number(client) as Client) ?? ['text/plain', ''];
        return answer.writeHead(200, { 'content-type': type }).end(readFileSync(join(ROOT, path)));
      }
      const passed = backend(asked);
      passed.on('response', (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      passed.on('error', () => answer.destroy());
      answer.on('close', () => passed.destroy());
      asked.pipe(passed);
    });
    http.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      const passed = backend(asked).end();
      const end = () => socket.destroy();
      passed.on('response', end).on('error', end);
      passed.on('upgrade', ({ rawHeaders }: IncomingMessage, far: Socket, first: Buffer) => {
        const lines = rawHeaders.map((text, i) => (i % 2 ? `: ${text}\r\n` : text)).join('');
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
        socket.write(first);
        far.write(head);
        socket.pipe(far).pipe(socket);
        for (const one of [socket, far]) one.on('error', end).on('close', () => (far.destroy(), end()));
      });
    });
    await once(http.listen(0, '127.0.0.1'), 'listening');
    return new LessonServer(http);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  close(): void {
    this.http.close();
    this.http.closeAllConnections();
  }
}

/** The page of the tutorial as somebody has opened it. */
export class Lesson {
  constructor(
    readonly person: Person,
    private readonly client: Client,
  ) {}

  get page(): Page {
    return this.person.page;
  }

  get remoteVideo(): Locator {
    return this.page.locator('#remoteVideo');
  }

  async enter(room: string): Promise<void> {
    await this.page.goto(`${this.person.url}/lesson/${this.client}/?room=${room}`);
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
