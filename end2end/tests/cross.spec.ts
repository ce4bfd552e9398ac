import { test } from '../support/test.ts';

for (const [first, second] of [['chromium', 'firefox'], ['firefox', 'chromium']] as const) {
  test(`${first} calls ${second}`, async ({ person, launch, room }) => {
    const ada = await person({ name: 'Ada', browser: await launch({}, first) });
    const bob = await person({ name: 'Bob', browser: await launch({}, second) });
    await ada.join(room);
    await ada.expectState('waiting');
    await bob.joinNow(room);
    await Promise.all([ada, bob].map((one) => one.expectState('connected')));
    await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));

    await bob.reload();
    await Promise.all([ada, bob].map((one) => one.expectState('connected')));
    await Promise.all([ada, bob].map((one) => one.expectToSeeAndHear()));
  });
}
