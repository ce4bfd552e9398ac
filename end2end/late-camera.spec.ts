import { expect, test } from './fixtures.ts';
import { connections, expectFramesToGrow, expectMedia, expectPicture } from './media.ts';

declare global {
  interface Window {
    /** Lets the questions for devices be answered. */
    answerQuestions: () => void;
  }
}

test('somebody who has not answered the question for the camera yet is in the call', async ({
  person,
  room,
}) => {
  const ada = await person();
  const bob = await person({
    prepare: () => {
      const answered = new Promise<void>((resolve) => (window.answerQuestions = resolve));
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        await answered;
        return ask(constraints);
      };
    },
  });
  await ada.enter(room, 'Ada');
  await ada.expectState('waiting');
  await bob.enter(room, 'Bob');
  await bob.expectState('connected');
  await ada.expectState('connected');
  await expect(bob.camera).toHaveAttribute('data-device', 'starting');
  await expectPicture(bob.page);
  await expectFramesToGrow(bob.page);
  await expect(ada.tile).toHaveAttribute('data-picture', 'false');

  await bob.page.evaluate(() => window.answerQuestions());
  await expect(bob.camera).toHaveAttribute('data-device', 'on');
  await expect(ada.tile).toHaveAttribute('data-picture', 'true');
  await expectMedia(ada.page);
  expect((await connections(ada.page)).made).toBe(1);
});
