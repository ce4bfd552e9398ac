// People with browsers on hosts of their own, as a program on another host sees them.

import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { atEnd, runOn, until } from './hosts.mjs';

const PATIENCE_MS = 20_000;
/** So many new ones are a picture that moves. */
const FRAMES = 10;

export class Person {
  /**
   * Somebody with this browser, who trusts the certificate in this directory and knows the names in a file
   * such as /etc/hosts.
   */
  static async on(host, browser, directory, names) {
    // Only this process and its children see the mount: `ip netns exec` gives them a mount namespace, too.
    const knowing = ['sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', names];
    const program = [execPath, join(import.meta.dirname, 'person.mjs'), browser, directory];
    const child = runOn(host, [...knowing, ...program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const person = new Person(host, child);
    await person.ask('start');
    return person;
  }

  constructor(host, child) {
    this.host = host;
    this.child = child;
    this.gone = once(child, 'exit');
    this.questions = [];
    child.on('message', ({ id, value, error }) => {
      const { resolve, reject } = this.questions[id];
      if (error) reject(new Error(`${host}: ${error}`));
      else resolve(value);
    });
    void this.gone.then(() => this.questions.forEach(({ reject }) => reject(new Error(`${host} has gone`))));
    atEnd(() => this.leave());
  }

  /** Has `person.mjs` do this. */
  ask(what, ...given) {
    return new Promise((resolve, reject) => {
      const id = this.questions.push({ resolve, reject }) - 1;
      this.child.send({ id, what, given }, (error) => error && reject(error));
    });
  }

  /** What a function in the page returns. */
  inPage(what) {
    return this.ask('evaluate', String(what));
  }

  /** Closes the browser. */
  async leave() {
    if (this.child.connected) this.child.disconnect();
    await this.gone;
  }

  async enter(url, room) {
    await this.ask('goto', `${url}/r/${room}?join=now&name=${this.host}`);
  }

  /** Waits until something in the page is true. */
  async until(what, holds) {
    await until(`${this.host}: ${what}`, () => this.inPage(holds), PATIENCE_MS);
  }

  /** Waits for a picture that moves. Returns when the first one came. */
  async seesTheOther() {
    const frames = async () => (await this.inPage(() => window.received())).frames;
    await until(`${this.host} sees a picture`, frames, PATIENCE_MS);
    const before = await frames();
    await until(`${this.host} sees it move`, async () => (await frames()) >= before + FRAMES, PATIENCE_MS);
    return this.inPage(() => window.firstPicture);
  }

  /** By what kind of candidate this end is connected, and how the relay is reached if it is one. */
  way() {
    return this.inPage(async () => {
      const { connection } = window.watched.find(
        ({ connection }) => connection.connectionState === 'connected',
      );
      const stats = await connection.getStats();
      const all = [...stats.values()];
      const nominated = all.find(
        ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
      );
      // Chromium nominates several, one after the other.
      const selected = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
      const pair = stats.get(selected) ?? nominated;
      const { candidateType, relayProtocol } = stats.get(pair.localCandidateId);
      return candidateType === 'relay' ? `relay by ${relayProtocol}` : candidateType;
    });
  }
}
