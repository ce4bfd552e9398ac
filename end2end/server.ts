// The program under test, on a free port and with a key of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const BINARY = resolve(import.meta.dirname, process.env['HALLOO_BIN'] ?? '../target/release/halloo');
const START_MS = 15_000;
const POLL_MS = 20;

export class Server {
  private process: ChildProcess | undefined;
  private log = '';

  private constructor(
    readonly port: number,
    /** Where it keeps its key and its certificate. */
    readonly directory: string,
    private readonly flags: string[],
  ) {}

  /** A new server, with these flags, that answers. */
  static async start(...flags: string[]): Promise<Server> {
    const directory = await mkdtemp(join(tmpdir(), 'halloo-end2end-'));
    const server = new Server(await freePort(), directory, flags);
    await server.restart();
    return server;
  }

  get url(): string {
    const scheme = this.flags.includes('--tls-self-signed') ? 'https' : 'http';
    return `${scheme}://127.0.0.1:${this.port}`;
  }

  get running(): boolean {
    return this.process !== undefined;
  }

  /** Starts it again at the same address with the same key; ends it before if it runs. */
  async restart(): Promise<void> {
    await this.kill();
    // Settings of the person who runs the tests must not reach the server: neither variables nor a
    // Leptos.toml.
    const variables = Object.entries(process.env).filter(([name]) => !/^(HALLOO|LEPTOS)_/.test(name));
    const own = ['--listen', `127.0.0.1:${this.port}`, '--key-file', join(this.directory, 'key')];
    const child = spawn(BINARY, [...own, ...this.flags], {
      cwd: this.directory,
      // Two, as in the tutorial; tests of groups say otherwise.
      env: { ...Object.fromEntries(variables), STATE_DIRECTORY: this.directory, HALLOO_ROOM_CAPACITY: '2' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    const note = (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-20_000));
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.on('error', note);
    await this.answering(child);
  }

  /** As a crash would: nobody is told. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As for an update: it says goodbye. Tells its exit status. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.process;
    this.process = undefined;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async answering(child: ChildProcess): Promise<void> {
    const end = Date.now() + START_MS;
    while (Date.now() < end && child.exitCode === null) {
      // With HTTPS plain requests are sent there; then it answers too.
      const ok = await fetch(`http://127.0.0.1:${this.port}/healthz`, { redirect: 'manual' }).then(
        ({ status }) => status < 400,
        () => false,
      );
      if (ok) return;
      await pause(POLL_MS);
    }
    throw new Error(`${BINARY} does not answer at ${this.url}:\n${this.log}`);
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
