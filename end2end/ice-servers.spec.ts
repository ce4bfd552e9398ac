// STUN and TURN servers that a browser refuses.

import { expect, test, type Person } from './fixtures.ts';
import { connections, expectMedia } from './media.ts';

/** The browser of this person takes URLs with this word for invalid, in pages yet to be loaded. */
async function refuse({ page }: Person, word: string): Promise<void> {
  await page.addInitScript((word) => {
    const check = (configuration?: RTCConfiguration) => {
      const urls = configuration?.iceServers?.flatMap(({ urls }) => urls) ?? [];
      if (urls.some((url) => url.includes(word))) throw new DOMException('made up', 'SyntaxError');
    };
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        check(configuration);
        super(configuration);
      }

      override setConfiguration(configuration?: RTCConfiguration): void {
        check(configuration);
        super.setConfiguration(configuration);
      }
    };
  }, word);
}

test('a server that the browser refuses is left out, and the call is not', async ({ make, person, room }) => {
  const { url } = await make.server('--ice-servers', 'stun:good.invalid:3478,stun:refused.invalid:3478');
  const [ada, bob] = [await person({ url }), await person({ url })];
  await refuse(bob, 'refused');
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await bob.enter(room, 'Bob');
  await expectMedia(ada.page);
  await expectMedia(bob.page);
  const used = await bob.page.evaluate(() => {
    const open = window.watched.filter(({ connection }) => connection.connectionState !== 'closed');
    const servers = open.flatMap(({ connection }) => connection.getConfiguration().iceServers ?? []);
    return servers.flatMap(({ urls }) => urls).filter((url) => url.includes('.invalid'));
  });
  expect(used).toEqual(['stun:good.invalid:3478']);
  expect((await connections(bob.page)).open).toBe(1);
});
