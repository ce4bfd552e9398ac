import { expect, test } from '../support/test.ts';

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`picture and sound go on while the server is gone after ${signal}, and signaling finds its way back`, async ({ person, ownServer, room }) => {
    const people = [await person({ name: 'Ada', server: ownServer }), await person({ name: 'Bob', server: ownServer })];
    for (const one of people) {
      // The sockets that don't open while there is no server.
      one.expectProblems(/WebSocket|connection to the server at ws:|connection to ws:/);
      await one.joinNow(room);
    }
    await Promise.all(people.map((one) => one.expectToSeeAndHear()));

    await ownServer.stop(signal);
    await Promise.all(people.map((one) => one.expectState('reconnecting')));
    await Promise.all(people.map((one) => one.expectToSeeAndHear()));

    await ownServer.start();
    await Promise.all(people.map((one) => one.expectState('connected')));
    await Promise.all(people.map((one) => one.expectToSeeAndHear()));
    for (const one of people) expect((await one.received()).connectionsMade).toBe(1);
  });
}
