// What Chromium's made-up microphone hears. By itself it sounds for 20 ms every half a second, which whoever
// looks for sound four times a second may never see.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wav } from '../scripts/wav.mjs';

const RATE = 16_000;
const LOUDNESS = 0.5;
/** Changes like speech: a steady tone would be suppressed as noise. */
const SYLLABLES_HZ = [210, 320, 260, 450, 180, 380, 240, 300];
const SYLLABLE_S = 0.2;

/** Writes the sound to a file, which is played again and again, and returns its path. */
export function voice() {
  const directory = join(import.meta.dirname, 'node_modules/.cache');
  const path = join(directory, 'halloo-voice.wav');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, wav(SYLLABLES_HZ.flatMap(syllable), RATE));
  return path;
}

/** @param {number} hz */
function syllable(hz) {
  const samples = RATE * SYLLABLE_S;
  return Array.from({ length: samples }, (_, i) => {
    const envelope = Math.min(1, 8 * Math.sin((Math.PI * i) / samples));
    return LOUDNESS * envelope * Math.sin((2 * Math.PI * hz * i) / RATE);
  });
}
