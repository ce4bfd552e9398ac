// docs/LESSON.md: what it tells to do is done, and what it promises is seen.

import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { expect, test, type Person } from './fixtures.ts';

const ROOT = join(import.meta.dirname, '..');
const LESSONS = ['docs/LESSON.md', 'docs/LESSON.zh-CN.md'];
const SERVER = 'target/release/halloo';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found!);
const commands = (lesson: string): string[] => all(read(lesson), /```sh\n(.*?)\n```/gs);
const entry = ({ page }: Person, kind: string) =>
  page.locator(`[data-testid=signal-entry][data-kind="${kind}"]`);

test('files and pages that the lessons name are there, and both have the same commands', () => {
  const [english, chinese] = LESSONS.map(commands);
  expect(english!.length).toBeGreaterThan(2);
  expect(chinese).toEqual(english);
  for (const lesson of LESSONS) {
    const text = read(lesson);
    for (const path of all(text, /`((?:src|tests)\/[\w./-]+)`/g)) {
      expect(existsSync(join(ROOT, path)), `${lesson}: ${path}`).toBe(true);
    }
    const links = all(text, /(?:\]\(|<img src=")(?!https?:|#)([^)#"]+)/g);
    expect(links.filter((link) => link.endsWith('.png'))).toHaveLength(3);
    for (const link of links) {
      expect(existsSync(join(ROOT, dirname(lesson), link)), `${lesson}: ${link}`).toBe(true);
    }
  }
});

test('every command of the lesson works', async ({ make }) => {
  for (const command of commands(LESSONS[0]!)) {
    const [program, ...words] = command.split(' ');
    if (program === 'make') {
      const planned = spawnSync('make', ['--dry-run', ...words], { cwd: ROOT, encoding: 'utf8' });
      expect(planned.status, `${command}: ${planned.stderr}`).toBe(0);
      continue;
    }
    expect(program).toBe(SERVER);
    const server = await make.server(...words);
    for (const path of ['/r/lesson', '/codelab/?room=lesson', '/signals']) {
      expect((await fetch(server.url + path)).status, `${command}: ${path}`).toBe(200);
    }
  }
});

test('the six steps of the lesson', async ({ make, person }) => {
  const server = await make.server('--codelab');
  const { url } = server;
  const [ada, other, third] = [await person({ url }), await person({ url }), await person({ url })];

  // 1. A camera, and nobody else.
  await ada.enter('lesson', 'Ada');
  await ada.expectState('waiting');
  await ada.page.getByTestId('open-people').click();
  await ada.page.getByTestId('open-signals').click();
  for (const kind of ['hello', 'join', 'welcome', 'joined']) await expect(entry(ada, kind)).toHaveCount(1);

  // 2. A room.
  await other.page.goto(`${url}/codelab/?room=lesson`);
  await expect(entry(ada, 'peer_joined')).toHaveCount(1);
  await ada.expectState('connected');

  // 3. Offer and answer. 4. Candidates.
  await expect(entry(ada, 'offer').first()).toHaveAttribute('data-direction', 'sent');
  await expect(entry(ada, 'answer').first()).toHaveAttribute('data-direction', 'received');
  for (const direction of ['sent', 'received']) {
    const candidates = ada.page.locator(`[data-kind=candidate][data-direction=${direction}]`);
    await expect(candidates.first()).toBeAttached();
  }
  await entry(ada, 'offer').first().click();
  await expect(ada.page.getByText('a=fingerprint:').first()).toBeAttached();

  // 5. From a path to a picture.
  await ada.page.getByText('Waterfall', { exact: true }).click();
  await expect(ada.page.getByTestId('waterfall-step').last()).toBeVisible();

  // 6. What goes wrong.
  ada.allowLostServer();
  other.allowLostServer();
  await ada.reload();
  await ada.expectState('connected');
  await third.page.goto(`${url}/codelab/?room=lesson`);
  await expect(third.page.locator('#status')).toContainText('full');
});
