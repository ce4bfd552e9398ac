import { expect, test, type Person } from './fixtures.ts';

const VIEWPORT = { width: 360, height: 640 };

async function expectNoSidewaysScroll(person: Person): Promise<void> {
  const wide = () => person.page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(wide).toBeLessThanOrEqual(VIEWPORT.width);
}

for (const language of ['en', 'zh-CN']) {
  test(`a telephone held upright, ${language}`, async ({ person, room }) => {
    const ada = await person({ viewport: VIEWPORT, locale: language });
    const bob = await person();
    await ada.goto('/');
    await expectNoSidewaysScroll(ada);
    await ada.openLobby(room);
    await expectNoSidewaysScroll(ada);
    await ada.joinAs('Ada with a name as long as the page takes');
    await ada.expectState('waiting');
    await expectNoSidewaysScroll(ada);
    await bob.enter(room, 'Bob with a name as long as the page take');
    await ada.expectState('connected');
    await expectNoSidewaysScroll(ada);

    for (const id of [
      'toggle-mic',
      'toggle-camera',
      'share-screen',
      'copy-link',
      'open-devices',
      'open-more',
      'leave',
    ]) {
      const control = ada.page.getByTestId(id);
      await expect(control, id).toBeInViewport({ ratio: 1 });
      const box = await control.boundingBox();
      expect(
        Math.min(box?.width ?? 0, box?.height ?? 0),
        `${id} is large enough for a finger`,
      ).toBeGreaterThanOrEqual(44);
    }

    await ada.page.getByTestId('open-devices').click();
    await expect(ada.page.locator('#device-menu')).toBeInViewport({ ratio: 1 });
    const [menu, own] = await Promise.all([
      ada.page.locator('#device-menu').boundingBox(),
      ada.page.locator('.tile-self').boundingBox(),
    ]);
    expect(menu!.y + menu!.height, 'the own picture is seen').toBeLessThanOrEqual(own!.y);
    await expectNoSidewaysScroll(ada);
    await ada.page.keyboard.press('Escape');
    await expect(ada.page.locator('#device-menu')).toBeHidden();
    await ada.leave.click();
    await ada.expectState('left');
    await expectNoSidewaysScroll(ada);
  });
}

/** A telephone held crosswise, and a desktop page at 200 %. */
for (const viewport of [
  { width: 740, height: 360 },
  { width: 640, height: 400 },
]) {
  test(`everything is in reach in a window of ${viewport.width} by ${viewport.height}`, async ({
    person,
    room,
  }) => {
    const [ada, bob] = [await person({ viewport }), await person()];
    const inReach = async (...ids: string[]) => {
      for (const id of ids) await expect(ada.page.getByTestId(id), id).toBeInViewport({ ratio: 1 });
    };
    await ada.openLobby(room);
    await inReach('toggle-mic', 'toggle-camera', 'name-input', 'join');
    await ada.joinAs('Ada');
    await ada.expectState('waiting');
    await inReach('toggle-mic', 'toggle-camera', 'copy-link', 'open-devices', 'leave');
    await bob.enter(room, 'Bob');
    await ada.expectState('connected');
    await inReach('toggle-mic', 'toggle-camera', 'copy-link', 'open-devices', 'leave');
    await ada.page.getByTestId('open-devices').click();
    await expect(ada.page.locator('#device-menu')).toBeInViewport({ ratio: 1 });
  });
}
