import { expect, test, type Person } from './fixtures.ts';
import { INSECURE_HOST } from './launch.mjs';
import { expectFramesToGrow, expectPicture } from './media.ts';

/** What the browser says when there are no devices, and what the page makes of it. */
const REFUSALS = [
  {
    name: 'NotAllowedError',
    title: 'No permission to use your camera or microphone',
    hint: 'Allow it with the icon in the address bar',
    prepare: () => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('made up', 'NotAllowedError'));
    },
  },
  {
    name: 'NotFoundError',
    title: 'No camera or microphone found',
    hint: 'Plug one in',
    prepare: () => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('made up', 'NotFoundError'));
      navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
    },
  },
  {
    name: 'NotReadableError',
    title: 'Another program is using your camera or microphone',
    hint: 'Close the other program',
    prepare: () => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('made up', 'NotReadableError'));
      navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
    },
  },
];

/** Bob has no devices: he is told, joins anyhow, and sees Ada, who sees that there is no picture of him. */
async function expectToldAndInTheCall(ada: Person, bob: Person, room: string, title: string, hint: string) {
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await bob.openLobby(room);
  await expect(bob.page.getByText(title)).toBeVisible();
  await expect(bob.page.getByText(hint)).toBeVisible();
  await bob.joinAs('Bob');
  await expectPicture(bob.page);
  await expectFramesToGrow(bob.page);
  await ada.expectState('connected');
  await expect(ada.tile).toContainText('Bob');
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');
  await expect(bob.camera).toHaveAttribute('aria-pressed', 'false');
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'false');
}

/** Seed fault 11: each reason is said in words, with what to do. */
for (const { name, title, hint, prepare } of REFUSALS) {
  test(`${name}: said so, and no obstacle to joining`, async ({ person, room }) => {
    await expectToldAndInTheCall(await person(), await person({ prepare }), room, title, hint);
  });
}

test('straight into the call without devices: said so, and no obstacle either', async ({ person, room }) => {
  const { prepare, title } = REFUSALS[0]!;
  const [ada, bob] = [await person(), await person({ prepare })];
  await ada.enter(room, 'Ada');
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await bob.expectState('connected');
  await expectFramesToGrow(bob.page);
  await expect(bob.page.getByTestId('remote-video')).toBeVisible();
  // Without a gesture and without devices a browser may hold sound back. Then the page offers to play it.
  const sound = bob.page.getByTestId('remote-audio');
  const plays = () => sound.evaluate((audio: HTMLAudioElement) => !audio.paused);
  const offers = () => bob.page.getByTestId('turn-on-sound').isVisible();
  await expect.poll(async () => (await plays()) || (await offers())).toBe(true);
  await expect(bob.page.getByText(title)).toBeVisible();
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');
});

test('an app whose pages get no devices: said so, with the link for a browser, and no obstacle', async ({
  person,
  room,
}) => {
  const bob = await person({
    prepare: () => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }),
  });
  const title = 'This app gives no camera or microphone to pages';
  await expectToldAndInTheCall(await person(), bob, room, title, 'Open this link in a browser of its own');
  const notice = bob.page.locator('.notice', { hasText: title });
  await expect(notice.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await expect(notice.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await bob.page.getByRole('button', { name: '中文' }).click();
  await expect(bob.page.getByText('请改用独立的浏览器打开这个链接')).toBeVisible();
});

test('a page that goes straight into a call of people who send nothing is loaded', async ({
  person,
  room,
}) => {
  const { prepare } = REFUSALS[0]!;
  const [ada, bob] = [await person({ prepare }), await person({ prepare })];
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  // Waits for the `load` event.
  await bob.goto(`/r/${room}?join=now&name=Bob`);
  await bob.expectState('connected');
});

test('a page is loaded though neither picture nor sound comes from the other side', async ({
  person,
  room,
}) => {
  const ada = await person();
  const bob = await person({ prepare: REFUSALS[0]!.prepare });
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  // Waits for the `load` event, which elements without media hold back.
  await ada.reload();
  await ada.expectState('connected');
});

/** Seed fault 7. */
test('an insecure origin: said so, and no obstacle to joining', async ({ person, room, server }) => {
  const bob = await person({ url: `http://${INSECURE_HOST}:${server.port}` });
  // What Chromium logs about pages of insecure origins.
  bob.allow(/Cross-Origin-Opener-Policy header has been ignored/);
  const title = 'Your browser gives no camera or microphone to this address';
  await expectToldAndInTheCall(await person(), bob, room, title, 'only over HTTPS or on localhost');
  expect(await bob.page.evaluate(() => [window.isSecureContext, 'mediaDevices' in navigator])).toEqual([
    false,
    false,
  ]);
  await expect(bob.page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
});

test('a missing camera alone leaves the microphone', async ({ person, room }) => {
  const [ada, bob] = [
    await person(),
    await person({
      prepare: () => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (constraints) =>
          constraints?.video
            ? Promise.reject(new DOMException('made up', 'NotFoundError'))
            : ask(constraints);
        const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
        navigator.mediaDevices.enumerateDevices = async () =>
          (await list()).filter((device) => device.kind !== 'videoinput');
      },
    }),
  ];
  await ada.enter(room, 'Ada');
  await bob.openLobby(room);
  await expect(bob.page.getByText('No camera found')).toBeVisible();
  await expect(bob.microphone).toHaveAttribute('data-device', 'on');
  await bob.joinAs('Bob');
  await expectPicture(bob.page);
  await expect(bob.microphone).toHaveAttribute('aria-pressed', 'true');
});
