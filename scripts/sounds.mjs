// Writes public/sounds: the soft sounds for somebody who comes and somebody who goes, as WAV files (8 bit,
// 16 kHz, mono).
//
//   node scripts/sounds.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wav } from './wav.mjs';

const RATE = 16_000;
const TONE_S = 0.16;
const LOUDNESS = 0.5;
// Two tones, a fourth apart (E5, A5): up for who comes, down for who goes.
const TONES_HZ = [659.3, 880];

const directory = join(import.meta.dirname, '../public/sounds');
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'joined.wav'), wav(TONES_HZ.flatMap(tone), RATE));
writeFileSync(join(directory, 'left.wav'), wav(TONES_HZ.toReversed().flatMap(tone), RATE));

/** Swells for an eighth of its length, then fades away. */
function tone(hz) {
  return Array.from({ length: RATE * TONE_S }, (_, i) => {
    const at = i / (RATE * TONE_S);
    const envelope = Math.min(at * 8, 1) * (1 - at) ** 2;
    return LOUDNESS * envelope * Math.sin((2 * Math.PI * hz * i) / RATE);
  });
}
