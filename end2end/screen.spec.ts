// The screen during a call.

import { expect, test, type Person } from './fixtures.ts';

declare global {
  interface Window {
    /** What was done with the lock on the screen. */
    screenLocks: string[];
  }
}

/** A lock on the screen that the browser gives or refuses. */
async function watchScreen({ page }: Person, given: boolean): Promise<void> {
  await page.addInitScript((given) => {
    window.screenLocks = [];
    const request = async (kind: string) => {
      window.screenLocks.push(`${kind} requested`);
      if (!given) throw new DOMException('made up', 'NotAllowedError');
      return { release: async () => void window.screenLocks.push('released') };
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  }, given);
}

for (const given of [true, false]) {
  test(`a call keeps the screen on${given ? '' : ', and goes on where that is refused'}`, async ({
    person,
    room,
  }) => {
    const ada = await person();
    await watchScreen(ada, given);
    const locks = () => ada.page.evaluate(() => window.screenLocks);
    await ada.openLobby(room);
    expect(await locks()).toEqual([]);
    await ada.joinAs('Ada');
    await ada.expectState('waiting');
    const taken = ['screen requested'];
    await expect.poll(locks).toEqual(taken);
    // The browser released it while the page was hidden.
    await ada.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const again = [...taken, 'screen requested', ...(given ? ['released'] : [])];
    await expect.poll(locks).toEqual(again);
    await ada.leave.click();
    await ada.expectState('left');
    await expect.poll(locks).toEqual([...again, ...(given ? ['released'] : [])]);
  });
}
