// Where tiles are placed.

import { expect, test, type Person } from './fixtures.ts';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const WIDE = { width: 1280, height: 720 };
const UPRIGHT = { width: 390, height: 844 };

const right = ({ x, width }: Box) => x + width;
const bottom = ({ y, height }: Box) => y + height;
const overlap = (a: Box, b: Box) => a.x < right(b) && b.x < right(a) && a.y < bottom(b) && b.y < bottom(a);
const isInside = (a: Box, b: Box) =>
  a.x >= b.x && a.y >= b.y && right(a) <= right(b) && bottom(a) <= bottom(b);

/** The stage, the tiles of others in their order, and the own tile. */
async function boxes(person: Person): Promise<{ stage: Box; others: Box[]; own: Box }> {
  return person.page.evaluate(() => {
    const box = (element: Element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    };
    const [stage] = [...document.querySelectorAll('[data-testid=stage]')].map(box);
    const [own] = [...document.querySelectorAll('.tiles > .tile')].map(box);
    if (!stage || !own) throw new Error('no stage');
    return { stage, others: [...document.querySelectorAll('.others > .tile')].map(box), own };
  });
}

async function expectLayout(person: Person, layout: string): Promise<void> {
  await expect(person.page.getByTestId('stage')).toHaveAttribute('data-layout', layout);
}

/** Even tiles, so many in the first row. */
async function expectGrid(person: Person, count: number, firstRow: number): Promise<void> {
  await expectLayout(person, 'grid');
  await expect(async () => {
    const { stage, others, own } = await boxes(person);
    const tiles = [...others, own];
    expect(tiles.length).toBe(count);
    for (const tile of tiles) {
      expect(isInside(tile, stage)).toBe(true);
      expect([tile.width, tile.height]).toEqual([own.width, own.height]);
      expect(tiles.filter((other) => overlap(tile, other))).toEqual([tile]);
    }
    expect(tiles.filter(({ y }) => y === tiles[0]?.y).length).toBe(firstRow);
  }).toPass({ timeout: 10_000 });
}

test('tiles follow the people in the room and the shape of the window', async ({ make, person, room }) => {
  const { url } = await make.server('--room-capacity', '3');
  const ada = await person({ url, viewport: WIDE });
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await expectLayout(ada, 'alone');
  const alone = await boxes(ada);
  expect(isInside(alone.own, alone.stage)).toBe(true);
  expect(alone.own.width).toBeGreaterThan(400);

  const bob = await person({ url });
  await bob.enter(room, 'Bob');
  await ada.expectState('connected');
  await expectLayout(ada, 'pair');
  await expect(async () => {
    const { stage, others, own } = await boxes(ada);
    // Cells are whole pixels.
    expect(others).toHaveLength(1);
    expect(stage.width - (others[0]?.width ?? 0)).toBeLessThan(1);
    expect(stage.height - (others[0]?.height ?? 0)).toBeLessThan(1);
    for (const other of others) expect(isInside(other, stage)).toBe(true);
    expect(isInside(own, stage)).toBe(true);
    expect(own.height).toBeLessThan(stage.height / 2);
  }).toPass({ timeout: 10_000 });

  const eve = await person({ url });
  await eve.enter(room, 'Eve');
  await eve.expectState('connected');
  await expectGrid(ada, 3, 2);
  await ada.page.setViewportSize(UPRIGHT);
  await expectGrid(ada, 3, 1);
  await ada.page.setViewportSize(WIDE);
  await expectGrid(ada, 3, 2);

  await bob.leave.click();
  await expectLayout(ada, 'pair');
  await expect(ada.tile).toContainText('Eve');
});
