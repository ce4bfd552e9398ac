// What the connection check says about what is broken on purpose, one verdict after the other. Those of
// networks that drop packets are in `tests/networks/diagnosis.mjs`, the others in `diagnosis.spec.ts`.

import { changeServers, check, expectVerdict, loseSockets, openCheck } from './checking.ts';
import { expect, skip, test, type Person } from './fixtures.ts';
import { INSECURE_HOST } from './launch.mjs';
import { freePort } from './server.ts';
import { heard } from './wire.ts';

/** What is wrong with the browser or its devices, the verdict, and the check that tells with its reason. */
const BROWSERS = [
  {
    verdict: 'browser-too-old',
    tells: ['browser', 'not-supported'],
    prepare: () => Object.defineProperty(window, 'RTCRtpTransceiver', { value: undefined }),
  },
  {
    verdict: 'webrtc-blocked',
    tells: ['host', 'no-address'],
    prepare: () => {
      const Original = window.RTCPeerConnection;
      window.RTCPeerConnection = class extends Original {
        constructor() {
          super({ iceTransportPolicy: 'relay' });
        }
      };
    },
  },
  {
    verdict: 'devices-not-offered',
    tells: ['devices', 'not-supported'],
    prepare: () => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }),
  },
  {
    verdict: 'no-devices',
    tells: ['devices', 'not-found'],
    prepare: () => {
      const { mediaDevices } = navigator;
      mediaDevices.getUserMedia = () => Promise.reject(new DOMException('made up', 'NotFoundError'));
      mediaDevices.enumerateDevices = () => Promise.resolve([]);
    },
  },
  {
    verdict: 'devices-in-use',
    tells: ['devices', 'in-use'],
    prepare: () => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('made up', 'NotReadableError'));
    },
  },
] as const;

for (const { verdict, tells, prepare } of BROWSERS) {
  test(verdict, async ({ person, room }) => {
    const ada = await person({ prepare });
    await openCheck(ada, room);
    await expectTold(ada, verdict, tells[0], tells[1]);
  });
}

async function expectTold(one: Person, verdict: string, code: string, reason: string): Promise<void> {
  await expectVerdict(one, verdict);
  await expect(check(one, code)).toHaveAttribute('data-reason', reason);
}

test('offline', async ({ person, room }) => {
  const ada = await person();
  ada.allow(/Failed to load resource/);
  await loseSockets(ada);
  await ada.page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });
  });
  await ada.page.route('**/healthz', (route) => route.abort('internetdisconnected'));
  await openCheck(ada, room);
  await expectTold(ada, 'offline', 'https', 'offline');
});

test('portal', async ({ person, room }) => {
  const ada = await person();
  await loseSockets(ada);
  const body = '<!doctype html><title>Hotel</title><a href="/login">Log in</a>';
  await ada.page.route('**/healthz', (route) => route.fulfill({ contentType: 'text/html', body }));
  await openCheck(ada, room);
  await expectTold(ada, 'portal', 'https', 'wrong-answer');
});

test('server-refuses', async ({ make, person, room }) => {
  const { url } = await make.server('--allowed-origins', 'https://elsewhere.example');
  const ada = await person({ url });
  ada.allow(/WebSocket connection to|can.t establish a connection|Failed to load resource/);
  await openCheck(ada, room);
  await expectTold(ada, 'server-refuses', 'websocket', 'refused');
});

test('not-secure', async ({ person, room, server }) => {
  const ada = await person({ url: `http://${INSECURE_HOST}:${server.port}` });
  await openCheck(ada, room);
  await expectTold(ada, 'not-secure', 'devices', 'not-secure');
});

test('streams-blocked', async ({ person, room }) => {
  const ada = await person();
  const port = await freePort();
  const away = `/transport=tcp/.test(url) ? url.replace(/:\\d+(?=[?]|$)/, ':${port}') : url`;
  await changeServers(ada, `(server) => ({ ...server, urls: server.urls.map((url) => ${away}) })`);
  await openCheck(ada, room);
  await expectTold(ada, 'streams-blocked', 'turn-tcp', 'unreachable');
});

test('no-relay', async ({ make, person, room }) => {
  const eve = await person();
  await eve.enter(room, 'Eve');
  // A TURN server is a STUN server, too.
  const [turn] = (await iceServers(eve)).flatMap(({ urls }) => urls);
  const stun = String(turn).replace(/^turn/, 'stun').replace(/[?].*/, '');
  const { url } = await make.server('--turn-listen', 'off', '--ice-servers', stun);
  const ada = await person({ url });
  await openCheck(ada, room);
  await expectVerdict(ada, 'no-relay');
  await expect(check(ada, 'stun')).toHaveAttribute('data-state', 'passed');
});

test('relay-full', async ({ make, person, room, browserName }) => {
  if (browserName === 'firefox') skip('Firefox does not report it, and tries until it gives up');
  const port = await freePort();
  const { url } = await make.server('--turn-ports', `${port}-${port}`);
  const eve = await person({ url });
  await eve.enter(room, 'Eve');
  // The only port is hers.
  const taken = await eve.page.evaluate(async (iceServers) => {
    const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' });
    Object.assign(window, { taken: connection });
    connection.createDataChannel('');
    const first = new Promise<string | undefined>((found) => {
      connection.onicecandidate = ({ candidate }) => found(candidate?.candidate);
    });
    await connection.setLocalDescription();
    return first;
  }, await iceServers(eve));
  expect(taken).toContain('typ relay');
  const ada = await person({ url });
  await openCheck(ada, `${room}-2`);
  await expectTold(ada, 'relay-full', 'turn-udp', 'full');
});

async function iceServers({ page }: Person): Promise<{ urls: string[] }[]> {
  const joined = async () => (await heard(page)).find(({ type }) => type === 'joined');
  await expect.poll(joined).toBeDefined();
  return (await joined())!['ice_servers'] as { urls: string[] }[];
}
