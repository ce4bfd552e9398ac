// A TURN server that is not halloo's, for as long as a test.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './server.ts';

const START_MS = 15_000;
const POLL_MS = 20;
/** A Binding request (RFC 8489, section 5) without attributes: every STUN server answers it. */
const ARE_YOU_THERE = Buffer.from('000100002112a442' + '00'.repeat(12), 'hex');

export class Coturn {
  private log = '';

  private constructor(
    private readonly port: number,
    private readonly directory: string,
    private readonly child: ChildProcess,
  ) {
    const note = (chunk: Buffer | Error) => (this.log = (this.log + chunk.toString()).slice(-20_000));
    child.stdout!.on('data', note);
    child.stderr!.on('data', note);
    child.on('error', note);
  }

  /** Why there cannot be one, or nothing. */
  static missing(): string | undefined {
    const { error } = spawnSync('turnserver', ['--version'], { stdio: 'ignore' });
    return error && 'there is no turnserver here (Debian: apt install coturn)';
  }

  /** One that believes logins made with this secret. */
  static async start(secret: string): Promise<Coturn> {
    const directory = await mkdtemp(join(tmpdir(), 'halloo-coturn-'));
    const port = await freePort();
    const own = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--allow-loopback-peers'];
    const login = ['--realm', 'example.org', '--use-auth-secret', '--static-auth-secret', secret];
    const addresses = ['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1'];
    const at = ['--listening-port', String(port), '--log-file', 'stdout'];
    const files = ['--pidfile', join(directory, 'pid'), '--userdb', join(directory, 'users')];
    const child = spawn('turnserver', [...own, ...login, ...addresses, ...at, ...files], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const coturn = new Coturn(port, directory, child);
    await coturn.answering();
    return coturn;
  }

  get url(): string {
    return `turn:127.0.0.1:${this.port}?transport=udp`;
  }

  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  private async answering(): Promise<void> {
    const socket = createSocket('udp4');
    let answers = false;
    socket.on('message', () => (answers = true));
    // Nobody there yet.
    socket.on('error', () => {});
    const end = Date.now() + START_MS;
    while (!answers && Date.now() < end && this.child.exitCode === null) {
      socket.send(ARE_YOU_THERE, this.port, '127.0.0.1');
      await pause(POLL_MS);
    }
    socket.close();
    if (answers) return;
    await this.dispose();
    throw new Error(`turnserver does not answer:\n${this.log}`);
  }
}
