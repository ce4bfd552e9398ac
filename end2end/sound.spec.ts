// Browsers that play nothing before the person has clicked.

import { expect, test } from './fixtures.ts';
import { expectPlaying, holdBack } from './media.ts';

for (const [what, selector, told] of [
  ['sound', 'audio', true],
  ['everything', 'audio, video', true],
  ['silent pictures', 'video', false],
] as const) {
  test(`${what} held back by the browser: ${told ? 'told, and a click plays it' : 'not told'}`, async ({
    person,
    room,
  }) => {
    const [ada, bob] = [await person(), await person()];
    await ada.enter(room, 'Ada');
    await holdBack(bob.page, selector);
    await bob.goto(`/r/${room}?join=now&name=Bob`);
    await bob.expectState('connected');
    const turnOn = bob.page.getByTestId('turn-on-sound');
    if (!told) {
      await expect(bob.tile).toContainText('Ada');
      await expect(turnOn).toHaveCount(0);
      return;
    }
    const plays = bob.page.locator(`:is(${selector})[data-peer]`);
    await expect.poll(() => plays.evaluateAll((all) => all.every(({ paused }: any) => paused))).toBe(true);
    await turnOn.click();
    await expect(turnOn).toHaveCount(0);
    await expect.poll(() => plays.evaluateAll((all) => all.some(({ paused }: any) => paused))).toBe(false);
    await expectPlaying(bob.page.getByTestId('remote-video'));
    // What is played again is not told of again.
    await bob.page.getByRole('button', { name: '中文' }).click();
    await expect(bob.status).toContainText('正在与 Ada 通话');
    await expect(turnOn).toHaveCount(0);
  });
}

test('what the browser allows a moment later plays without a click', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  // As Chromium does before it knows that the page uses a microphone.
  await bob.page.addInitScript(() => {
    const { play } = HTMLMediaElement.prototype;
    const asked = new WeakSet();
    HTMLMediaElement.prototype.play = async function () {
      if (asked.has(this)) return play.call(this);
      asked.add(this);
      this.autoplay = false;
      this.pause();
      throw new DOMException('not yet', 'NotAllowedError');
    };
  });
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await expectPlaying(bob.page.getByTestId('remote-video'));
  await expect(bob.page.getByTestId('turn-on-sound')).toHaveCount(0);
});
