// The other tests fail when a browser complains. These show that complaints are heard.
import { expect, test } from '../support/test.ts';

test('errors on the console, exceptions and breaches of the policy are noticed', async ({ person }) => {
  const ada = await person({ name: 'Ada' });
  await ada.open('/');
  const heard = (pattern: RegExp) =>
    expect.poll(() => ada.problems.some((problem) => pattern.test(problem)), { message: String(pattern) }).toBe(true);

  await ada.page.evaluate(() => console.error('something is wrong'));
  await heard(/something is wrong/);

  await ada.page.evaluate(() => void setTimeout(() => { throw new Error('nobody caught this'); }));
  await heard(/nobody caught this/);

  await ada.page.evaluate(() => {
    const script = document.createElement('script');
    script.src = 'https://elsewhere.invalid/x.js';
    document.head.append(script);
  });
  await heard(/content security policy: script-src/);

  ada.problems.length = 0;
});

test('silence and a frozen picture are noticed', async ({ person, room }) => {
  const [ada, bob] = [await person({ name: 'Ada' }), await person({ name: 'Bob' })];
  await ada.joinNow(room);
  await bob.joinNow(room);
  await ada.expectToSeeAndHear();
  await bob.page.evaluate(() => window.probe.tracks.forEach((track) => track.stop()));
  // Frames that arrive at Ada's while ten from her arrive at Bob's.
  const frames = async () => {
    const before = await ada.received();
    const clock = (await bob.received()).frames + 10;
    await expect.poll(async () => (await bob.received()).frames).toBeGreaterThan(clock);
    return (await ada.received()).frames - before.frames;
  };
  await expect.poll(frames).toBe(0);
});
