// The pages as a person uses them.

import { expect, type Page } from '@playwright/test';

export type State =
  'lobby' | 'connecting' | 'waiting' | 'connected' | 'reconnecting' | 'full' | 'locked' | 'left' | 'error';

export class Halloo {
  constructor(
    readonly page: Page,
    readonly url: string,
  ) {}

  get status() {
    return this.page.getByTestId('call-status');
  }
  get name() {
    return this.page.getByTestId('name-input');
  }
  get join() {
    return this.page.getByTestId('join');
  }
  get leave() {
    return this.page.getByTestId('leave');
  }
  get camera() {
    return this.page.getByTestId('toggle-camera');
  }
  get microphone() {
    return this.page.getByTestId('toggle-mic');
  }
  get ownVideo() {
    return this.page.getByTestId('local-video');
  }
  /** The other person's part of the stage. */
  get tile() {
    return this.page.locator('.others > .tile');
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.live();
  }

  /** Handlers answer. */
  async live(): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  }

  async expectState(state: State): Promise<void> {
    await expect(this.status).toHaveAttribute('data-state', state);
  }

  async openLobby(room: string): Promise<void> {
    await this.goto(`/r/${room}`);
    await this.expectState('lobby');
    await expect(this.join).toBeVisible();
  }

  async joinAs(name: string): Promise<void> {
    await this.name.fill(name);
    await this.join.click();
  }

  /** Into the room through the lobby. */
  async enter(room: string, name: string): Promise<void> {
    await this.openLobby(room);
    await this.joinAs(name);
  }
}
