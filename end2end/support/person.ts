// Somebody in front of a browser: one context, one page, and the actions and findings of a call.
import {
  expect,
  test,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from '@playwright/test';
import { installProbe, received, type Received } from './probe.ts';
import type { Server } from './server.ts';

export type CallState = 'lobby' | 'connecting' | 'waiting' | 'connected' | 'reconnecting' | 'full' | 'left' | 'error';

export interface PersonOptions extends BrowserContextOptions {
  name?: string;
  /** Let the browser's answer about camera and microphone wait for {@link Person.giveMedia}. */
  holdMedia?: boolean;
}

export class Person {
  /** What the browser complained about: errors on the console, exceptions, breaches of the content security policy. */
  readonly problems: string[] = [];
  private readonly expected: RegExp[] = [];

  private constructor(
    readonly name: string,
    readonly server: Server,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.watch(page);
  }

  static async arrive(browser: Browser, server: Server, options: PersonOptions = {}): Promise<Person> {
    const { name = 'Ada', holdMedia = false, ...contextOptions } = options;
    const context = await browser.newContext({ locale: 'en-US', ...contextOptions });
    await context.addInitScript(installProbe, { holdMedia });
    return new Person(name, server, context, await context.newPage());
  }

  private watch(page: Page): void {
    page.on('console', (message) => message.type() === 'error' && this.note(message.text()));
    page.on('pageerror', (error) => this.note(`${error.name}: ${error.message}`));
    page.on('crash', () => this.note('the page crashed'));
  }

  private note(problem: string): void {
    // The screenshot that Playwright takes of a failure breaches the policy by itself.
    if (test.info().errors.length) return;
    if (!this.expected.some((pattern) => pattern.test(problem))) this.problems.push(`${this.name}: ${problem}`);
  }

  /** Complaints that a test brings about on purpose; to be called before it does. */
  expectProblems(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** Opens an address of the server and waits until the page is alive. */
  async open(path: string, base = this.server.url): Promise<void> {
    await this.page.goto(base + path);
    await this.hydrated();
  }

  async hydrated(): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  }

  /** Opens a room's page without going in. */
  async openLobby(room: string, base?: string): Promise<void> {
    await this.open(`/r/${room}`, base);
    await expect(this.joinButton).toBeVisible();
  }

  /** Goes into a room by its page, under this person's name. */
  async join(room: string): Promise<void> {
    await this.openLobby(room);
    await this.nameField.fill(this.name);
    await this.joinButton.click();
  }

  /** Goes into a room by a link that says so. */
  async joinNow(room: string): Promise<void> {
    await this.open(`/r/${room}?join=now&name=${encodeURIComponent(this.name)}`);
  }

  async leave(): Promise<void> {
    await this.page.getByTestId('leave').click();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.hydrated();
  }

  /** Lets the browser answer about camera and microphone. */
  async giveMedia(): Promise<void> {
    await this.page.evaluate(() => window.probe.giveMedia());
  }

  get status(): Locator {
    return this.page.getByTestId('call-status');
  }

  get nameField(): Locator {
    return this.page.getByTestId('name-input');
  }

  get joinButton(): Locator {
    return this.page.getByTestId('join');
  }

  get microphone(): Locator {
    return this.page.getByTestId('toggle-mic');
  }

  get camera(): Locator {
    return this.page.getByTestId('toggle-camera');
  }

  get ownPicture(): Locator {
    return this.page.getByTestId('local-video');
  }

  get remotePicture(): Locator {
    return this.page.getByTestId('remote-video');
  }

  /** The tile of somebody else, with the name they gave. */
  tileOf(name: string): Locator {
    return this.page.getByRole('listitem').filter({ has: this.remotePicture, hasText: name });
  }

  async expectState(state: CallState): Promise<void> {
    await expect(this.status, `state of ${this.name}`).toHaveAttribute('data-state', state);
  }

  received(): Promise<Received> {
    return received(this.page);
  }

  /** More video is decoded, more sound played, from now on; and it is shown. */
  async expectToSeeAndHear(): Promise<void> {
    const before = await this.received();
    const gained = async () => {
      const now = await this.received();
      return {
        frames: now.frames - before.frames > 5,
        samples: now.samples - before.samples > 4_800,
        sound: now.energy > before.energy,
      };
    };
    await expect
      .poll(gained, { message: `${this.name} sees and hears`, intervals: [100] })
      .toEqual({ frames: true, samples: true, sound: true });
    await expect(this.remotePicture).toHaveJSProperty('muted', false);
    await this.expectPicture(this.remotePicture);
  }

  /** A video element plays, and shows a picture of some size. */
  async expectPicture(video: Locator): Promise<void> {
    const plays = () => video.evaluate((v: HTMLVideoElement) => v.videoWidth > 0 && !v.paused && v.readyState >= 2);
    await expect.poll(plays, { message: `${this.name} is shown a picture`, intervals: [100] }).toBe(true);
    await expect(video).toBeVisible();
  }
}
