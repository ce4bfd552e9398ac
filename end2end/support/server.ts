// A halloo server of the tests: on a free port, with a key of its own, started and stopped at will.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { INSECURE_HOST } from '../browsers.mjs';

const BINARY = process.env.HALLOO_BIN ?? join(import.meta.dirname, '../../target/release/halloo');

export class Server {
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly port: number,
    private readonly scratch: string,
    private readonly flags: string[],
  ) {}

  /** Starts a server with these flags and waits until it serves. */
  static async start(...flags: string[]): Promise<Server> {
    const server = new Server(await freePort(), mkdtempSync(join(tmpdir(), 'halloo-e2e-')), flags);
    await server.start();
    return server;
  }

  /** Where browsers give pages a camera. */
  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** The same server as another site, which is trusted too. */
  get otherSiteUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The same server where browsers give pages no camera. */
  get insecureUrl(): string {
    return `http://${INSECURE_HOST}:${this.port}`;
  }

  /** Starts the server again on the same port, with the same key. */
  async start(): Promise<void> {
    const args = ['--listen', `127.0.0.1:${this.port}`, '--key-file', join(this.scratch, 'key'), ...this.flags];
    const process = spawn(BINARY, args, { cwd: this.scratch, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = process;
    const listen = (chunk: Buffer) => (this.output += chunk.toString());
    process.stdout.on('data', listen);
    process.stderr.on('data', listen);
    process.on('error', (error) => (this.output += `${error}\n`));
    const serves = async () => {
      if (process.exitCode !== null || process.pid === undefined) throw new Error(`the server ended: ${this.output}`);
      return fetch(`${this.otherSiteUrl}/healthz`).then((answer) => answer.status, () => 0);
    };
    await expect.poll(serves, { message: 'the server serves', intervals: [20, 50, 100] }).toBe(200);
  }

  /** Stops the server and waits for its end; tells how long that took, in milliseconds. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number> {
    const process = this.process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return 0;
    const begin = performance.now();
    const ended = once(process, 'exit');
    process.kill(signal);
    await ended;
    return performance.now() - begin;
  }

  /** Stops the server for good. */
  async dispose(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** Without the settings of whoever runs the tests. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HALLOO|LEPTOS)_/.test(name)));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
