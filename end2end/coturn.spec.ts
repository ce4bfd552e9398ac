// A call that nothing but somebody else's TURN server carries, which halloo shares a secret with.

import { randomBytes } from 'node:crypto';
import { Coturn } from './coturn.ts';
import { expect, test } from './fixtures.ts';
import { expectMedia } from './media.ts';
import { relayedBy, way } from './relay.ts';

const missing = Coturn.missing();
// Said once: by the process that lists the tests, not by those that run them.
if (missing && !process.env['TEST_WORKER_INDEX']) console.log(`coturn: skipped, ${missing}`);
test.skip(missing !== undefined, missing);

test('a call goes over coturn alone, with logins made from the secret', async ({ make, person, room }) => {
  const secret = randomBytes(16).toString('hex');
  const { url } = await make.coturn(secret);
  const server = await make.server('--turn-listen', 'off', '--ice-servers', url, '--turn-secret', secret);
  const options = { url: server.url, prepare: relayedBy('udp') };
  const [ada, bob] = [await person(options), await person(options)];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) {
    await expectMedia(one.page);
    expect(await way(one.page)).toEqual(['relay', 'udp']);
  }
});
