import { expect, test } from './fixtures.ts';
import { firefoxOptions } from './launch.mjs';
import { connections, expectMedia } from './media.ts';

for (const firefoxIsFirst of [false, true]) {
  const [first, second] = firefoxIsFirst ? ['Firefox', 'Chromium'] : ['Chromium', 'Firefox'];

  test(`${second} joins ${first}`, async ({ person, playwright, room }) => {
    const firefox = await playwright.firefox.launch(firefoxOptions());
    try {
      const options = [{ largePictures: true }, { largePictures: true, browser: firefox }];
      if (firefoxIsFirst) options.reverse();
      const ada = await person(options[0]);
      const bob = await person(options[1]);
      await ada.enter(room, 'Ada');
      await ada.expectState('waiting');
      await bob.enter(room, 'Bob');
      await expectMedia(ada.page);
      await expectMedia(bob.page);
      expect((await connections(ada.page)).made).toBe(1);
      expect((await connections(bob.page)).made).toBe(1);
    } finally {
      await firefox.close();
    }
  });
}
