// The chat: what people write reaches everybody once, whatever happens to sockets, servers and pages.

import { at, expectTexts, openChat, texts, write } from './chatting.ts';
import { expect, skip, test, type Person } from './fixtures.ts';
import { firefoxOptions } from './launch.mjs';

test('three people chat through a lost socket and a restart of the server', async ({
  make,
  person,
  room,
}) => {
  const server = await make.server('--room-capacity', '3');
  const way = await make.wayTo(server);
  const { url } = server;
  const people = [await person({ url }), await person({ url }), await person({ url: way.url })];
  const [ada, bob, eve] = people as [Person, Person, Person];
  for (const one of people) one.allowLostServer();
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await eve.enter(room, 'Eve');
  for (const one of people) {
    await one.expectState('connected');
    await openChat(one);
  }
  const expected: string[] = [];
  const say = async (one: Person, text: string) => {
    await write(one, text);
    expected.push(text);
    await expectTexts(people, expected);
  };
  await say(ada, 'hello');
  await say(bob, 'hi Ada');
  way.sever();
  await say(eve, 'without a socket');
  await server.kill();
  await ada.expectState('reconnecting');
  await say(ada, 'without a server');
  await say(eve, 'me too');
  await server.restart();
  for (const one of people) await one.expectState('connected');
  await say(bob, 'with another one');
});

test('who comes late or loads the page anew gets what was written, unannounced', async ({
  make,
  person,
  room,
}) => {
  const { url } = await make.server('--room-capacity', '3');
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await openChat(one);
  await write(ada, 'one');
  await expectTexts([ada, bob], ['one']);
  await write(bob, 'two');
  await expectTexts([ada, bob], ['one', 'two']);

  await eve.enter(room, 'Eve');
  await openChat(eve);
  await expectTexts([eve], ['one', 'two']);
  await expect(at(eve, 'chat-message').first()).toHaveAttribute('data-earlier', 'true');
  await expect(eve.page.getByText('Earlier messages, as the others have them')).toBeVisible();
  await expect(at(eve, 'chat-announced')).toBeEmpty();
  await write(ada, 'three');
  await expectTexts([ada, bob, eve], ['one', 'two', 'three']);
  await expect(at(eve, 'chat-announced')).toHaveText('Ada: three');

  await ada.reload();
  await ada.expectState('connected');
  await expect(at(ada, 'open-chat')).toBeVisible();
  await openChat(ada);
  await expectTexts([ada], ['one', 'two', 'three']);
  await expect(at(ada, 'chat-message').first()).toHaveAttribute('data-own', 'true');
  await expect(at(ada, 'open-chat')).not.toHaveAttribute('data-unread');
  await expect(at(ada, 'chat-announced')).toBeEmpty();
  await write(ada, 'four');
  await expectTexts([ada, bob, eve], ['one', 'two', 'three', 'four']);
});

test('Enter sends, but not while an input method composes; Shift and Enter is a line break', async ({
  person,
  room,
}) => {
  // Ada's window is the last one: in Firefox others have no focus.
  const [bob, ada] = [await person(), await person()];
  await bob.enter(room, 'Bob');
  await ada.enter(room, 'Ada');
  await openChat(bob);
  await openChat(ada);
  const input = at(ada, 'chat-input');
  await expect(input).toBeFocused();
  await input.fill('ni hao');
  const press = (isComposing: boolean, keyCode: number) =>
    input.evaluate(
      (field, init) =>
        field.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, key: 'Enter', ...init })),
      { isComposing, keyCode },
    );
  await press(true, 13);
  // Safari ends the composition before it tells of the key.
  await press(false, 229);
  await expect(input).toHaveValue('ni hao');
  await input.fill('\u4f60\u597d');
  await input.press('Shift+Enter');
  await input.pressSequentially('Ada');
  await input.press('Enter');
  await expect(input).toHaveValue('');
  await expectTexts([ada, bob], ['\u4f60\u597d\nAda']);
});

test('a composition of the browser itself is not sent before it ends', async ({
  person,
  room,
  browserName,
}) => {
  if (browserName !== 'chromium') skip('only the driver of Chromium can compose');
  const ada = await person();
  await ada.enter(room, 'Ada');
  await openChat(ada);
  const input = at(ada, 'chat-input');
  const session = await ada.page.context().newCDPSession(ada.page);
  const composed = { text: '\u306b\u307b\u3093', selectionStart: 3, selectionEnd: 3 };
  await session.send('Input.imeSetComposition', composed);
  await expect(input).toHaveValue('\u306b\u307b\u3093');
  await session.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Process',
    code: 'Enter',
    windowsVirtualKeyCode: 229,
  });
  await expect(input).toHaveValue('\u306b\u307b\u3093');
  await session.send('Input.insertText', { text: '\u65e5\u672c' });
  await input.press('Enter');
  await expect.poll(() => texts(ada)).toEqual(['\u65e5\u672c']);
});

test('what is unread is counted on the button and in the title, until it is looked at', async ({
  person,
  room,
}) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await openChat(ada);
  await expect(at(bob, 'open-chat')).toBeVisible();
  const title = await bob.page.title();
  await write(ada, 'one');
  await write(ada, 'two');
  await expect(at(bob, 'open-chat')).toHaveAttribute('data-unread', '2');
  await expect(at(bob, 'open-chat')).toHaveAccessibleName('Chat, 2 unread');
  await expect(bob.page).toHaveTitle(`(2) ${title}`);
  await expect(at(bob, 'chat-toast')).toContainText('two');
  await openChat(bob);
  await expect(at(bob, 'open-chat')).not.toHaveAttribute('data-unread');
  await expect(bob.page).toHaveTitle(title);
  await write(ada, 'three');
  await expectTexts([ada, bob], ['one', 'two', 'three']);
  await expect(at(bob, 'open-chat')).not.toHaveAttribute('data-unread');
  await at(bob, 'close-drawer').click();
  await expect(at(bob, 'open-chat')).toBeFocused();
});

test('hostile text is text, and links are safe', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await openChat(one);
  const hostile = '<img src=x onerror="document.title=1"><b>bold</b> javascript:alert(1) data:text/html,x';
  await write(ada, hostile);
  await write(ada, 'see (https://example.org/a?b=c), or mail@example.org. `https://code.example/`');
  const shown = 'see (https://example.org/a?b=c), or mail@example.org. https://code.example/';
  await expectTexts([ada, bob], [hostile, shown]);
  await expect(bob.page.locator('.chat-text').first().locator('*')).toHaveCount(0);
  const links = bob.page.locator('.chat-text a');
  await expect(links).toHaveCount(2);
  await expect(links.first()).toHaveAttribute('href', 'https://example.org/a?b=c');
  await expect(links.last()).toHaveAttribute('href', 'mailto:mail@example.org');
  for (const link of await links.all()) {
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
    await expect(link).toHaveAttribute('target', '_blank');
  }
  await expect(bob.page.locator('.chat-text code')).toHaveText('https://code.example/');
});

test('a message to one person is seen by the two only', async ({ make, person, room }) => {
  const { url } = await make.server('--room-capacity', '3');
  const [ada, bob, eve] = [await person({ url }), await person({ url }), await person({ url })];
  const people = [ada, bob, eve];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await eve.enter(room, 'Eve');
  for (const one of people) await openChat(one);
  await at(ada, 'chat-to').selectOption('Bob');
  await write(ada, 'psst');
  await expectTexts([ada, bob], ['psst']);
  await expect(at(ada, 'chat-message')).toContainText('Only you and Bob');
  await expect(at(bob, 'chat-message')).toContainText('Only you and Ada');
  await at(ada, 'chat-to').selectOption('Everybody');
  await write(ada, 'hello');
  await expectTexts([ada, bob], ['psst', 'hello']);
  await expectTexts([eve], ['hello']);

  // Whoever was chosen and leaves does not become everybody.
  await at(ada, 'chat-to').selectOption('Bob');
  await at(ada, 'chat-input').fill('for Bob alone');
  await bob.leave.click();
  await expect(at(ada, 'chat-hint')).toContainText('This person has left');
  await expect(at(ada, 'chat-send')).toBeDisabled();
  await at(ada, 'chat-input').press('Enter');
  await expect(at(ada, 'chat-input')).toHaveValue('for Bob alone');
  await expectTexts([eve], ['hello']);
});

test('own messages can be changed and deleted, others replied to and copied, by keyboard', async ({
  person,
  room,
}) => {
  // Ada's window is the last one: in Firefox keys press no buttons in others.
  const [bob, ada] = [await person(), await person()];
  await ada.page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: async (text: string) => void (document.body.dataset.copied = text) },
    });
  });
  await bob.enter(room, 'Bob');
  await ada.enter(room, 'Ada');
  for (const one of [bob, ada]) await openChat(one);
  await write(bob, 'when?');
  await expectTexts([ada, bob], ['when?']);
  await write(ada, 'nwo');
  await expectTexts([ada, bob], ['when?', 'nwo']);

  const input = at(ada, 'chat-input');
  const [question, answer] = [at(ada, 'chat-message').first(), at(ada, 'chat-message').nth(1)];
  await answer.focus();
  await answer.press('ArrowUp');
  await expect(question).toBeFocused();
  await expect(question.getByTestId('chat-edit')).toHaveCount(0);
  await ada.page.keyboard.press('Tab');
  await expect(question.getByTestId('chat-reply')).toBeFocused();
  await ada.page.keyboard.press('Tab');
  await ada.page.keyboard.press('Enter');
  await expect(ada.page.locator('body')).toHaveAttribute('data-copied', 'when?');

  await answer.focus();
  await answer.getByTestId('chat-edit').press('Enter');
  await expect(input).toBeFocused();
  await expect(input).toHaveValue('nwo');
  await expect(at(ada, 'chat-context')).toContainText('Editing your message');
  await input.fill('now');
  await input.press('Enter');
  await expectTexts([ada, bob], ['when?', 'now']);
  await expect(at(bob, 'chat-message').last()).toContainText('edited');

  await question.focus();
  await question.getByTestId('chat-reply').press('Enter');
  await expect(at(ada, 'chat-context')).toContainText('Replying to Bob');
  await input.press('Escape');
  await expect(at(ada, 'chat-context')).toHaveCount(0);
  await expect(at(ada, 'drawer')).toBeVisible();
  await question.focus();
  await question.getByTestId('chat-reply').press('Enter');
  await input.fill('at ten');
  await input.press('Enter');
  await expectTexts([ada, bob], ['when?', 'now', 'at ten']);
  await expect(at(bob, 'chat-message').last().locator('.chat-quote')).toContainText('when?');

  await answer.focus();
  await answer.getByTestId('chat-delete').press('Enter');
  await expectTexts([ada, bob], ['when?', 'at ten']);
  await expect(bob.page.getByText('Message deleted')).toBeVisible();
});

test('a long text is cut with a word, and too many at once are held back', async ({ person, room }) => {
  const ada = await person();
  await ada.enter(room, 'Ada');
  await openChat(ada);
  await at(ada, 'chat-input').fill('x'.repeat(9_000));
  await expect(at(ada, 'chat-hint')).toContainText('only the first 8 kB are sent');
  await at(ada, 'chat-send').click();
  await expect.poll(async () => (await texts(ada)).map(({ length }) => length)).toEqual([8_192]);
  for (let number = 0; number < 30; number += 1) {
    await at(ada, 'chat-input').fill(String(number));
    await at(ada, 'chat-input').press('Enter');
    if ((await at(ada, 'chat-hint').textContent()) !== '') break;
  }
  await expect(at(ada, 'chat-hint')).toContainText('Too many messages');
  await expect(at(ada, 'chat-input')).not.toHaveValue('');
});

test('the list stays at its end, unless one reads further up', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person()];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  for (const one of [ada, bob]) await openChat(one);
  for (let number = 0; number < 6; number += 1) await write(ada, `${number}${'\nline'.repeat(8)}`);
  const log = bob.page.getByRole('log');
  const below = () => log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  await expect(at(bob, 'chat-message')).toHaveCount(6);
  await expect.poll(below).toBeLessThan(48);
  await log.evaluate((log) => { log.scrollTop = 0; });
  await write(ada, 'news');
  await expect(at(bob, 'chat-more')).toBeVisible();
  expect(await log.evaluate((log) => log.scrollTop)).toBe(0);
  await at(bob, 'chat-more').click();
  await expect.poll(below).toBeLessThan(48);
  await expect(at(bob, 'chat-more')).toHaveCount(0);

  // What grows before the browser tells of its scrolling does not mean that somebody reads further up.
  await log.evaluate((log) => {
    log.querySelector('ul')!.style.paddingBottom = '500px';
    log.dispatchEvent(new Event('scroll'));
  });
  await write(ada, 'more news');
  await expect.poll(below).toBeLessThan(48);
});

test('a telephone has the chat in its menu, with a mark', async ({ person, room }) => {
  const [ada, bob] = [await person(), await person({ viewport: { width: 390, height: 844 } })];
  await ada.enter(room, 'Ada');
  await bob.enter(room, 'Bob');
  await openChat(ada);
  await write(ada, 'hello');
  await expect(at(bob, 'open-chat')).toHaveAttribute('data-unread', '1');
  await expect(at(bob, 'open-chat')).toBeHidden();
  await at(bob, 'open-more').click();
  await at(bob, 'open-chat-narrow').click();
  await expect(at(bob, 'chat-message')).toContainText('hello');
  for (const id of ['chat-input', 'chat-send']) await expect(at(bob, id)).toBeInViewport({ ratio: 1 });
  await write(bob, 'hi');
  await expectTexts([ada, bob], ['hello', 'hi']);
});

test('between Chromium and Firefox', async ({ person, playwright, room, browserName }) => {
  if (browserName !== 'chromium') skip('starts both browsers itself');
  const firefox = await playwright.firefox.launch(firefoxOptions());
  try {
    const [ada, bob] = [await person(), await person({ browser: firefox })];
    await ada.enter(room, 'Ada');
    await bob.enter(room, 'Bob');
    for (const one of [ada, bob]) await openChat(one);
    await write(ada, 'one');
    await expectTexts([ada, bob], ['one']);
    await write(bob, 'two');
    await expectTexts([ada, bob], ['one', 'two']);
    await bob.reload();
    await bob.expectState('connected');
    await openChat(bob);
    await expectTexts([ada, bob], ['one', 'two']);
  } finally {
    await firefox.close();
  }
});
