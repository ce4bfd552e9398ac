// Files: what is sent arrives and is the same, through breaks, and from nobody more than was accepted.

import { stat } from 'node:fs/promises';
import { at, expectTexts, openChat, texts, write } from './chatting.ts';
import { expect, skip, test, type Person } from './fixtures.ts';
import { firefoxOptions } from './launch.mjs';
import {
  accept,
  expectReceived,
  expectTransfer,
  keepBlobs,
  picture,
  row,
  send,
  someFile,
  transfer,
} from './sending.ts';

/** Two people who have opened the chat. */
async function twoIn(room: string, ada: Person, bob: Person): Promise<void> {
  for (const one of [ada, bob]) await keepBlobs(one);
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await openChat(one);
}

/** What a page sends over the channels of transfers. */
interface Sending {
  channels: RTCDataChannel[];
  /** Bytes that were sent. */
  bytes: number;
  /** Bytes of the longest message. */
  longest: number;
  /** After this many a channel is silent: what its page sends is lost. */
  limit: number;
  silent: WeakSet<RTCDataChannel>;
  /** The chat channel. */
  chat?: RTCDataChannel;
  /** Sends over a channel, also a silent one. */
  send: typeof RTCDataChannel.prototype.send;
}

/** Takes down the channels of transfers, and what is sent over them. */
function watchSending(): void {
  const { send } = RTCDataChannel.prototype;
  const [channels, silent] = [[], new WeakSet<RTCDataChannel>()];
  const sending: Sending = { channels, bytes: 0, longest: 0, limit: Infinity, silent, send };
  Object.assign(window, { sending });
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (...args) {
    const channel = create.apply(this, args);
    if (channel.label.startsWith('file:')) sending.channels.push(channel);
    else sending.chat = channel;
    return channel;
  };
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
    const bytes = (data as { byteLength?: number }).byteLength ?? 0;
    if (sending.bytes + bytes > sending.limit) sending.silent.add(this);
    if (sending.silent.has(this)) return;
    sending.bytes += bytes;
    sending.longest = Math.max(sending.longest, bytes);
    send.call(this, data);
  };
}

const sendingOf = ({ page }: Person) =>
  page.evaluateHandle(() => (window as unknown as { sending: Sending }).sending);

async function limitSending(one: Person, bytes: number): Promise<void> {
  await (await sendingOf(one)).evaluate((sending, bytes) => { sending.limit = bytes; }, bytes);
}

test('files of any size arrive as they were sent, if they are wanted', async ({
  browserName,
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await twoIn(room, ada, bob);
  const files = [someFile('nothing', 0), someFile('one.bin', 1), someFile('report 5.pdf', 5_000_000)];
  await send(ada, ...files);
  for (const { name } of files) await expect(transfer(ada, name)).toContainText('Waiting for an answer');
  await expect(bob.page.getByTestId('received-file')).toHaveCount(0);
  for (const { name } of files) await accept(bob, name);
  for (const file of files) {
    await expectReceived(bob, file);
    await expectTransfer(ada, file.name, 'done');
  }
  if (browserName === 'chromium') {
    const download = bob.page.waitForEvent('download');
    await row(bob, 'report 5.pdf').getByTestId('received-file').click();
    expect((await download).suggestedFilename()).toBe('report 5.pdf');
    expect((await stat(await (await download).path())).size).toBe(5_000_000);
  }
  await row(bob, 'one.bin').getByTestId('remove-file').click();
  await expect(row(bob, 'one.bin')).toHaveCount(0);
});

/** How many received files this browser keeps. */
const kept = ({ page }: Person): Promise<number> =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('halloo-files', { create: true });
    let count = 0;
    for await (const _ of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) count += 1;
    return count;
  });

test('what a closed page has received is removed by the next one in a call, and nothing else', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await twoIn(room, ada, bob);
  const file = someFile('large.bin', 2_000_000);
  await send(ada, file);
  await accept(bob, file.name);
  await expectReceived(bob, file);
  expect(await kept(bob)).toBe(1);
  const other = await bob.another();
  await other.enter(`${room}-2`, 'Bob');
  await openChat(other);
  await expectReceived(bob, file);
  expect(await kept(bob)).toBe(1);
  await bob.page.close();
  const third = await other.another();
  await third.enter(`${room}-3`, 'Bob');
  await openChat(third);
  await expect.poll(() => kept(third)).toBe(0);
});

test('a picture is shown in place, and a document is none', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await keepBlobs(bob);
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await openChat(ada);
  await expect(at(bob, 'open-chat')).toBeVisible();
  const photo = picture('photo.png');
  await send(ada, photo);
  await expect(at(bob, 'file-toast')).toContainText('Ada sent a picture');
  await expect(at(bob, 'open-chat')).toHaveAttribute('data-unread', '1');
  await openChat(bob);
  await expect(at(bob, 'open-chat')).not.toHaveAttribute('data-unread');
  const shown = row(bob, 'photo.png').getByTestId('received-file').locator('img');
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(8);
  await expectReceived(bob, photo);
  // The end stays in sight while pictures take their room.
  for (let one = 0; one < 8; one += 1) await send(ada, picture(`${one}.png`));
  await expect(at(bob, 'file').locator('img')).toHaveCount(9);
  const log = at(bob, 'chat').getByRole('log');
  const toEnd = () => log.evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop);
  await expect.poll(toEnd).toBeLessThan(2);

  const script = '<script>alert(1)</script>';
  const hostile = `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">${script}</svg>`;
  const html = '<!doctype html><script>opener.document.title=1</script>';
  const documents = [
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(hostile) },
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from(html) },
  ];
  await send(ada, ...documents);
  for (const document of documents) {
    await expect(row(bob, document.name).getByTestId('accept-file')).toBeVisible();
    await accept(bob, document.name);
    await expectReceived(bob, document);
    const link = row(bob, document.name).getByTestId('received-file');
    await expect(link.locator('img')).toHaveCount(0);
  }

  // What is called a picture does not come unasked, either, if it is none.
  await send(ada, { name: 'liar.png', mimeType: 'image/png', buffer: Buffer.from(html) });
  await expectTransfer(bob, 'liar.png', 'ended');
  await expect(row(bob, 'liar.png').getByTestId('received-file')).toHaveCount(0);
  await expect(transfer(ada, 'liar.png')).toContainText('Refused');
});

test('either side declines, withdraws and cancels', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: watchSending }), await person()];
  await twoIn(room, ada, bob);
  await limitSending(ada, 1_000_000);
  const files = ['declined', 'withdrawn', 'by-ada', 'by-bob'].map((name) => someFile(name, 3_000_000));
  await send(ada, ...files);
  await row(bob, 'declined').getByTestId('decline-file').click();
  await expect(transfer(ada, 'declined')).toContainText('Declined');
  await row(ada, 'withdrawn').getByTestId('cancel-file').click();
  await expect(transfer(bob, 'withdrawn')).toContainText('Cancelled by the other side');
  for (const name of ['by-ada', 'by-bob']) {
    await accept(bob, name);
    await expectTransfer(ada, name, 'running');
    await expectTransfer(bob, name, 'running');
  }
  await row(ada, 'by-ada').getByTestId('cancel-file').click();
  await row(bob, 'by-bob').getByTestId('cancel-file').click();
  await expect(transfer(bob, 'by-ada')).toContainText('Cancelled by the other side');
  await expect(transfer(ada, 'by-bob')).toContainText('Cancelled by the other side');
  for (const one of [ada, bob]) {
    for (const { name } of files) await expectTransfer(one, name, 'ended');
  }
});

/** A file of five megabytes of which about two have arrived, and no more come. */
async function halfSent(ada: Person, bob: Person) {
  await limitSending(ada, 2_000_000);
  const file = someFile('film.mp4', 5_000_000);
  await send(ada, file);
  await accept(bob, file.name);
  const progress = row(bob, file.name).locator('progress');
  await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(380);
  return file;
}

/** All of it arrives, and nothing was sent twice. */
async function expectRest(ada: Person, bob: Person, file: ReturnType<typeof someFile>): Promise<void> {
  await expectReceived(bob, file);
  await expectTransfer(ada, file.name, 'done');
  const sent = await (await sendingOf(ada)).evaluate(({ bytes }) => bytes);
  expect(sent).toBe(file.buffer.length);
}

test('a file goes on where it stood after its channel broke', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: watchSending }), await person()];
  await twoIn(room, ada, bob);
  const file = await halfSent(ada, bob);
  await (await sendingOf(ada)).evaluate((sending) => {
    sending.limit = Infinity;
    sending.channels.at(-1)?.close();
  });
  await expectRest(ada, bob, file);
});

test('a file goes on where it stood over another connection', async ({ person, room }) => {
  const [ada, bob] = [await person({ prepare: watchSending }), await person()];
  await twoIn(room, ada, bob);
  const file = await halfSent(ada, bob);
  await (await sendingOf(ada)).evaluate((sending) => { sending.limit = Infinity; });
  await bob.page.evaluate(() => window.watched[0]?.connection.close());
  await expectTransfer(ada, file.name, 'interrupted');
  await expectRest(ada, bob, file);
  expect(await bob.page.evaluate(() => window.watched.length)).toBeGreaterThan(1);
});

test('messages are no longer than the browsers agreed on, and none but the last is short', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.page.addInitScript(watchSending);
  await ada.page.addInitScript(() => {
    const { setRemoteDescription } = RTCPeerConnection.prototype;
    const set = function (this: RTCPeerConnection, { type, sdp }: RTCSessionDescriptionInit) {
      const takes = sdp?.replace(/^a=max-message-size:\d+/m, 'a=max-message-size:65535');
      return Reflect.apply(setRemoteDescription, this, [{ type, sdp: takes }]) as Promise<void>;
    };
    Object.assign(RTCPeerConnection.prototype, { setRemoteDescription: set });
  });
  await twoIn(room, ada, bob);
  const file = someFile('some.bin', 3_000_000);
  await send(ada, file);
  await accept(bob, file.name);
  await expectReceived(bob, file);
  const longest = await (await sendingOf(ada)).evaluate((sending) => sending.longest);
  expect(longest).toBe(32_768);
});

test('a page that lies gets nothing in and nothing broken', async ({ browserName, person, room }) => {
  const [ada, bob] = [await person({ prepare: watchSending }), await person()];
  await twoIn(room, ada, bob);
  await write(ada, 'hello');
  await expectTexts([ada, bob], ['hello']);
  // Over Ada's own chat channel goes what no page of this project would say, and nothing of her page.
  const say = async (...messages: object[]) => {
    const texts = messages.map((message) => JSON.stringify(message));
    await (await sendingOf(ada)).evaluate(({ chat, send, silent }, texts) => {
      if (chat) silent.add(chat);
      for (const text of texts) send.call(chat, text as never);
    }, texts);
  };
  const id = (number: number) => number.toString(16).padStart(32, '0');
  const offer = (number: number, name: string, size: number, type = '') =>
    ({ kind: 'file_offer', id: id(number), name, size, type });
  /** Opens a channel for a file and sends so many chunks over it, then an end. */
  const push = async (number: number, chunks: number, bytes: number) =>
    (await sendingOf(ada)).evaluate(
      async ({}, { label, chunks, bytes }) => {
        const { connection } = window.watched[0]!;
        const channel = connection.createDataChannel(label);
        await new Promise((done) => {
          channel.onopen = done;
          channel.onclose = done;
        });
        try {
          for (let chunk = 0; chunk < chunks; chunk += 1) channel.send(new Uint8Array(bytes));
          channel.send(JSON.stringify({ kind: 'end', sha256: '0'.repeat(64) }));
        } catch {
          // It was closed.
        }
        if (channel.readyState !== 'closed') await new Promise((done) => { channel.onclose = done; });
      },
      { label: `file:${id(number)}:0`, chunks, bytes },
    );

  await say(offer(1, '../../cv\u202efdp\u0000.exe', 100_000), offer(2, `${'x'.repeat(9_000)}.exe`, 100_000));
  await expect(at(bob, 'file').first()).toContainText('cvfdp.exe');
  await expect(at(bob, 'file').last()).toContainText('\u2026.exe');
  // What was not accepted.
  await push(1, 2, 50_000);
  await expectTransfer(bob, 'cvfdp.exe', 'offered');
  // More than was offered; something else than was hashed; chunks of all sizes.
  const lies: [number, number, number, string][] = [
    [3, 100, 50_000, 'the other side sent something else'],
    [4, 2, 50_000, 'Damaged'],
    [5, 1, 50_000, 'the other side sent something else'],
    [6, 5_000, 1, 'the other side sent something else'],
  ];
  // Chromium does not send so long a message.
  if (browserName === 'firefox') lies.push([7, 1, 300_000, 'the other side sent something else']);
  for (const [number, chunks, bytes, why] of lies) {
    const name = `lie ${number}.txt`;
    await say(offer(number, name, 100_000));
    await accept(bob, name);
    await expectTransfer(bob, name, 'queued');
    await push(number, chunks, bytes);
    await expect(transfer(bob, name), name).toContainText(why);
    await expect(row(bob, name).getByTestId('received-file')).toHaveCount(0);
  }
  for (let hundred = 0; hundred < 20; hundred += 1) {
    await say(...Array.from({ length: 100 }, (_, at) => offer(1_000 + 100 * hundred + at, 'flood', 5)));
  }
  const unreadable = { kind: 'file_offer', id: 'x', name: {}, size: -1 };
  await say(unreadable, { kind: 'file_done', id: id(1) }, { kind: 'file_of_later' });
  await expect.poll(() => row(bob, 'flood').count()).toBe(30);
  // Bob's page goes on: what he sends is offered, and what he writes is said.
  await write(bob, 'still here');
  await expect.poll(() => texts(ada)).toEqual(['hello', 'still here']);
});

test('a file is pasted and dropped, to one of three', async ({ make, person, room }) => {
  const { url } = await make.server('--room-capacity', '3');
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  await twoIn(room, ada, bob);
  await eve.enter(room, 'Eve');
  await openChat(eve);
  await at(ada, 'chat-to').selectOption('Bob');
  const give = (kind: string, target: string, name: string) =>
    ada.page.evaluate(
      ({ kind, target, name }) => {
        const data = new DataTransfer();
        data.items.add(new File(['hello'], name, { type: 'text/plain' }));
        const element = document.querySelector(target)!;
        const options = { bubbles: true, cancelable: true };
        const event =
          kind === 'paste'
            ? new ClipboardEvent(kind, { ...options, clipboardData: data })
            : new DragEvent(kind, { ...options, dataTransfer: data });
        // Firefox makes events with empty data.
        if (kind === 'paste') Object.defineProperty(event, 'clipboardData', { value: data });
        return element.dispatchEvent(event);
      },
      { kind, target, name },
    );
  expect(await give('paste', '[data-testid=chat-input]', 'pasted.txt')).toBe(false);
  await expect(row(bob, 'pasted.txt')).toBeVisible();
  await at(ada, 'close-drawer').click();
  expect(await give('dragover', '[data-testid=stage]', 'dropped.txt')).toBe(false);
  await expect(at(ada, 'file-drop')).toBeVisible();
  expect(await give('drop', '[data-testid=stage]', 'dropped.txt')).toBe(false);
  await expect(at(ada, 'file-drop')).toHaveCount(0);
  for (const name of ['pasted.txt', 'dropped.txt']) {
    await accept(bob, name);
    await expectReceived(bob, { name, mimeType: '', buffer: Buffer.from('hello') });
    await expect(transfer(ada, name)).toContainText('Bob: Delivered');
  }
  await at(ada, 'chat-to').selectOption('Everybody');
  await send(ada, someFile('for all', 10));
  await accept(eve, 'for all');
  await expect(row(ada, 'for all')).toContainText('Eve: Delivered');
  await expect(row(ada, 'for all')).toContainText('Bob: Waiting for an answer');
  await expect(at(eve, 'file')).toHaveCount(1);
});

test('two hundred megabytes', async ({ person, room }) => {
  if (!process.env['HALLOO_SOAK']) skip('long: make soak');
  const [ada, bob] = [await person(), await person()];
  await twoIn(room, ada, bob);
  // More than Playwright hands to a field.
  await ada.page.evaluate(() => {
    const part = new Uint8Array(1_000_000);
    for (let at = 0; at < part.length; at += 1) part[at] = (at * 31) ^ (at >> 8);
    const data = new DataTransfer();
    data.items.add(new File(Array.from({ length: 200 }, () => part), 'large.bin'));
    const field = document.querySelector<HTMLInputElement>('[data-testid=send-file] input')!;
    field.files = data.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await accept(bob, 'large.bin');
  // Both compare the hashes of what was read and written.
  await expect(transfer(bob, 'large.bin')).toHaveAttribute('data-state', 'done', { timeout: 180_000 });
  await expect(row(bob, 'large.bin')).toContainText('200 MB');
});

test('between Chromium and Firefox', async ({ person, playwright, room, browserName }) => {
  if (browserName !== 'chromium') skip('starts both browsers itself');
  const firefox = await playwright.firefox.launch(firefoxOptions());
  try {
    const [ada, bob] = [await person(), await person({ browser: firefox })];
    await twoIn(room, ada, bob);
    for (const [from, to] of [[ada, bob], [bob, ada]] as const) {
      const file = someFile(from === ada ? 'there' : 'back', 3_000_000);
      await send(from, file);
      await accept(to, file.name);
      await expectReceived(to, file);
    }
  } finally {
    await firefox.close();
  }
});
