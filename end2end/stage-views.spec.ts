// What a person chooses for the stage: the view, pinned tiles, the own tile, how loud others are.

import type { Locator } from '@playwright/test';
import { expect, skip, test, type Person, type PersonOptions } from './fixtures.ts';
import type { Server } from './server.ts';
import { expectMedia, soundOf } from './media.ts';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const stage = (person: Person) => person.page.getByTestId('stage');
const tileOf = (person: Person, name: string) => person.page.locator('.others > .tile', { hasText: name });
const own = (person: Person) => person.page.locator('.tile-self');
const button = (tile: Locator, id: string) => tile.getByTestId(id);

async function box(element: Locator): Promise<Box> {
  return (await element.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
}

/** One tile has so many times the width of another, or more. */
async function expectLarger(large: Locator, small: Locator, times: number): Promise<void> {
  const ratio = async () => (await box(large)).width / (await box(small)).width;
  await expect.poll(ratio, 'width to width').toBeGreaterThan(times);
}

/** The tiles have buttons: the late part of the stage is there. */
async function expectTools(person: Person, others: number): Promise<void> {
  await expect(person.page.getByTestId('pin')).toHaveCount(others);
}

async function choose(person: Person, view: string): Promise<void> {
  await person.page.getByTestId('open-devices').click();
  await person.page.getByRole('combobox', { name: 'View' }).selectOption(view);
  await person.page.keyboard.press('Escape');
}

/** Ada sees Bob and Eve. */
async function three(
  person: (options: PersonOptions) => Promise<Person>,
  { url }: Server,
  room: string,
): Promise<[Person, Person, Person]> {
  // Three pages with cameras are a lot for a machine that does other things, too.
  test.setTimeout(240_000);
  // Ada's window is the last one: in the others keys press no buttons, in Firefox.
  const [bob, eve, ada] = [await person({ url }), await person({ url }), await person({ url })];
  await bob.enter(room, 'Bob');
  await eve.enter(room, 'Eve');
  await ada.enter(room, 'Ada');
  for (const one of [bob, eve, ada]) await one.expectState('connected');
  await expectTools(ada, 2);
  return [ada, bob, eve];
}

test('pinned tiles are large until they are no longer pinned or the person leaves', async ({
  make,
  person,
  room,
}) => {
  const [ada, bob] = await three(person, await make.server('--room-capacity', '3'), room);
  const [bobs, eves] = [tileOf(ada, 'Bob'), tileOf(ada, 'Eve')];
  await expect(stage(ada)).toHaveAttribute('data-layout', 'grid');

  const pin = button(bobs, 'pin');
  await expect(pin).toHaveAccessibleName('Keep Bob large');
  await pin.focus();
  await ada.page.keyboard.press('Enter');
  await expect(bobs).toHaveAttribute('data-pinned', 'true');
  await expect(pin).toHaveAttribute('aria-pressed', 'true');
  await expect(pin).toBeFocused();
  await expect(stage(ada)).toHaveAttribute('data-layout', 'speaker');
  await expectLarger(bobs, eves, 3);

  await eves.hover();
  await button(eves, 'pin').click();
  await expect(eves).toHaveAttribute('data-pinned', 'true');
  await expect.poll(async () => (await box(eves)).width - (await box(bobs)).width).toBe(0);

  await bob.leave.click();
  await expect(bobs).toHaveCount(0);
  await expect(eves).toHaveAttribute('data-pinned', 'true');
  await eves.hover();
  await button(eves, 'pin').click();
  await expect(stage(ada)).toHaveAttribute('data-layout', 'pair');

  await bob.page.getByTestId('rejoin').click();
  await expect(bobs).toHaveAttribute('data-pinned', 'false');
  await expect(stage(ada)).toHaveAttribute('data-layout', 'grid');
});

test('whoever speaks is large, where that was chosen; the choice is remembered', async ({
  make,
  person,
  room,
}) => {
  const [ada, bob, eve] = await three(person, await make.server('--room-capacity', '3'), room);
  const [bobs, eves] = [tileOf(ada, 'Bob'), tileOf(ada, 'Eve')];
  await bob.microphone.click();
  await expect(bobs).toHaveAttribute('data-speaking', 'false');
  await expect(eves).toHaveAttribute('data-speaking', 'true');
  await expect(stage(ada)).toHaveAttribute('data-layout', 'grid');
  await choose(ada, 'speaker');
  await expect(stage(ada)).toHaveAttribute('data-layout', 'speaker');
  await expectLarger(eves, bobs, 3);

  await eve.microphone.click();
  await bob.microphone.click();
  await expect(bobs).toHaveAttribute('data-speaking', 'true');
  await expectLarger(bobs, eves, 3);

  await ada.reload();
  await ada.expectState('connected');
  await expect(stage(ada)).toHaveAttribute('data-layout', 'speaker');
  await choose(ada, 'grid');
  await expect(stage(ada)).toHaveAttribute('data-layout', 'grid');
});

test('the own tile is moved into any corner and hidden, and stays so', async ({ person, room }) => {
  const [bob, ada] = [await person(), await person()];
  await bob.enter(room, 'Bob');
  await ada.enter(room, 'Ada');
  await expectMedia(ada.page);
  await expectTools(ada, 1);
  const corner = async () => {
    const [tile, around] = [await box(own(ada)), await box(stage(ada))];
    const left = tile.x + tile.width / 2 < around.x + around.width / 2;
    const top = tile.y + tile.height / 2 < around.y + around.height / 2;
    return `${top ? 'top' : 'bottom'} ${left ? 'left' : 'right'}`;
  };
  expect(await corner()).toBe('bottom right');
  const move = button(own(ada), 'move-own');
  await move.focus();
  await ada.page.keyboard.press('ArrowUp');
  await expect.poll(corner).toBe('top right');
  await ada.page.keyboard.press('ArrowLeft');
  await expect.poll(corner).toBe('top left');
  await ada.page.keyboard.press('Enter');
  await expect.poll(corner).toBe('top right');
  await expect(move).toBeFocused();

  const [tile, around] = [await box(own(ada)), await box(stage(ada))];
  await ada.page.mouse.move(tile.x + tile.width / 2, tile.y + tile.height / 2);
  await ada.page.mouse.down();
  await ada.page.mouse.move(around.x + around.width / 3, around.y + around.height * 0.7, { steps: 4 });
  await ada.page.mouse.up();
  await expect.poll(corner).toBe('bottom left');

  await own(ada).hover();
  await button(own(ada), 'hide-own').click();
  await expect(own(ada)).toBeHidden();
  await expect(ada.page.getByTestId('open-devices'), 'where it is shown again').toBeFocused();

  await ada.reload();
  await ada.expectState('connected');
  await expect(own(ada)).toBeHidden();
  await ada.page.getByTestId('open-devices').click();
  await ada.page.getByRole('checkbox', { name: 'Show my own picture' }).check();
  await ada.page.keyboard.press('Escape');
  await expect(own(ada)).toBeVisible();
  expect(await corner()).toBe('bottom left');
});

test('on a phone a tap shows the buttons of the own picture, which hide nothing before', async ({
  browserName,
  person,
  room,
}) => {
  if (browserName === 'firefox') skip('Firefox is not told that the machine has no mouse');
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
  const [bob, ada] = [await person(), await person(phone)];
  await bob.enter(room, 'Bob');
  await ada.enter(room, 'Ada');
  await expectTools(ada, 1);
  const hide = button(own(ada), 'hide-own');
  const opacity = () => hide.evaluate(({ parentElement }) => getComputedStyle(parentElement!).opacity);
  await expect.poll(opacity).toBe('0');
  // A tap where the button is going to be, which is not pressed by it.
  const { x, y, width, height } = await box(hide);
  await ada.page.touchscreen.tap(x + width / 2, y + height / 2);
  await expect.poll(opacity).toBe('1');
  await expect(own(ada)).toBeVisible();
  await tileOf(ada, 'Bob').tap({ position: { x: 20, y: 200 } });
  await expect.poll(opacity).toBe('0');
  await own(ada).tap();
  await expect.poll(opacity).toBe('1');
  await hide.tap();
  await expect(own(ada)).toBeHidden();
});

test('somebody is made less loud, or muted, for oneself alone', async ({ make, person, room }) => {
  const [ada, bob, eve] = await three(person, await make.server('--room-capacity', '3'), room);
  const bobs = tileOf(ada, 'Bob');
  const sound = (seenBy: Person) => soundOf(tileOf(seenBy, 'Bob').getByTestId('remote-video'));
  const heard = (by: Person) =>
    sound(by).evaluate(({ volume, muted }: HTMLAudioElement) => ({ volume, muted }));
  expect(await heard(ada)).toEqual({ volume: 1, muted: false });

  await button(bobs, 'open-volume').focus();
  await ada.page.keyboard.press('Enter');
  const slider = ada.page.getByRole('slider', { name: 'Volume of Bob' });
  await slider.focus();
  await ada.page.keyboard.press('Home');
  await ada.page.keyboard.press('ArrowRight');
  await expect.poll(() => heard(ada)).toEqual({ volume: 0.05, muted: false });
  await ada.page.getByRole('checkbox', { name: /Mute for me/ }).check();
  await expect.poll(() => heard(ada)).toEqual({ volume: 0.05, muted: true });
  expect(await heard(eve)).toEqual({ volume: 1, muted: false });
  await ada.page.keyboard.press('Escape');
  await expect(slider).toBeHidden();
  await expect(bobs).toContainText('Muted for you');

  await ada.reload();
  await ada.expectState('connected');
  await expect.poll(() => heard(ada), 'kept across a reload').toEqual({ volume: 0.05, muted: true });

  // Whoever comes back is heard as anybody is.
  await bob.reload();
  await bob.expectState('connected');
  await expect(bobs).toHaveCount(1);
  await expect.poll(() => heard(ada)).toEqual({ volume: 1, muted: false });
  await expect(bobs).not.toContainText('Muted for you');
});
