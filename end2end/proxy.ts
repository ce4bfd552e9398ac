// The network between a page and the server: carries bytes, until it does not.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Proxy {
  private readonly joints = new Set<[Socket, Socket]>();
  private silent = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  /** A way to a port of this machine. */
  static async start(target: number): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection: both ends are told so by a reset. */
  sever(): void {
    for (const joint of this.joints) for (const end of joint) end.resetAndDestroy();
  }

  /** Nothing arrives any more, over old connections nor new ones, and nobody is told. */
  fallSilent(): void {
    this.silent = true;
  }

  /** New connections carry again. What the old ones swallowed is lost, so they stay dead. */
  recover(): void {
    this.silent = false;
  }

  close(): void {
    this.server.close();
    this.sever();
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    const joint: [Socket, Socket] = [near, far];
    this.joints.add(joint);
    let dead = false;
    const carry = (from: Socket, to: Socket) => {
      from.on('data', (chunk) => {
        dead ||= this.silent;
        if (!dead) to.write(chunk);
      });
      // Not even the end of a connection is heard of over one that is dead.
      from.on('end', () => dead || to.end());
      from.on('error', () => dead || to.resetAndDestroy());
      from.on('close', () => near.destroyed && far.destroyed && this.joints.delete(joint));
    };
    carry(near, far);
    carry(far, near);
  }
}
