import type { Page } from '@playwright/test';
import { expect, test } from '../support/test.ts';

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [width, height] of [[360, 740], [390, 844], [844, 390]] as const) {
  test(`nothing sticks out at ${width} x ${height}`, async ({ person, room }) => {
    const ada = await person({ name: 'Ada', viewport: { width, height } });
    await ada.open('/');
    expect(await overflow(ada.page), 'home').toBeLessThanOrEqual(0);
    await ada.openLobby(room);
    expect(await overflow(ada.page), 'lobby').toBeLessThanOrEqual(0);
    await ada.joinButton.scrollIntoViewIfNeeded();
    await ada.joinButton.click();
    await ada.expectState('waiting');
    expect(await overflow(ada.page), 'alone').toBeLessThanOrEqual(0);

    const bob = await person({ name: 'Bob' });
    await bob.joinNow(room);
    await ada.expectToSeeAndHear();
    expect(await overflow(ada.page), 'call').toBeLessThanOrEqual(0);
    for (const control of ['toggle-mic', 'toggle-camera', 'leave']) {
      await expect(ada.page.getByTestId(control), control).toBeInViewport({ ratio: 1 });
    }
    await expect(ada.remotePicture).toBeInViewport({ ratio: 0.9 });
    await ada.leave();
    await ada.expectState('left');
    expect(await overflow(ada.page), 'left').toBeLessThanOrEqual(0);
  });
}
