// Writes public/sounds: the soft sounds for somebody who comes and somebody who goes, as WAV files (8 bit,
// 16 kHz, mono).
//
//   node scripts/sounds.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RATE = 16_000;
const TONE_S = 0.16;
const LOUDNESS = 0.5;
// Two tones, a fourth apart (E5, A5): up for who comes, down for who goes.
const TONES_HZ = [659.3, 880];

const directory = join(import.meta.dirname, '../public/sounds');
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'joined.wav'), wav(TONES_HZ.flatMap(tone)));
writeFileSync(join(directory, 'left.wav'), wav(TONES_HZ.toReversed().flatMap(tone)));

/** Swells for an eighth of its length, then fades away. */
function tone(hz) {
  return Array.from({ length: RATE * TONE_S }, (_, i) => {
    const at = i / (RATE * TONE_S);
    const envelope = Math.min(at * 8, 1) * (1 - at) ** 2;
    return LOUDNESS * envelope * Math.sin((2 * Math.PI * hz * i) / RATE);
  });
}

/** RIFF with one PCM chunk, whose 8-bit samples are unsigned. */
function wav(samples) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, Buffer.from(samples.map((sample) => Math.round(127.5 + 127 * sample)))]);
}
