// Gives the client's glue and WASM names that change with whatever they load. Called by scripts/build.sh.
//
// Browsers keep files of hashed names for good. cargo-leptos names these two by what is in them before it
// writes into them the name of the script that loads the parts. So without this a page of a new build could
// run with the glue of an old one, which looks for parts that are gone.
//
// It also makes that script smaller, which is loaded before a call: it names every part and says what it
// is. 60 bits of a hash tell two builds apart as well as 128, and nobody reads the comments.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const pkg = join(import.meta.dirname, '../target/site/pkg');
const hashes = join(import.meta.dirname, '../target/release/hash.txt');

const named = (pattern) => {
  const [match, another] = readdirSync(pkg).map((name) => name.match(pattern)).filter(Boolean);
  if (!match || another) throw new Error(`not exactly one ${pattern} in ${pkg}`);
  return { name: match[0], hash: match[1] };
};
const loader = named(/^__wasm_split\.(.+)\.js$/);
const script = readFileSync(join(pkg, loader.name), 'utf8');
let renamed = script;
let list = readFileSync(hashes, 'utf8');
for (const [name, part, hash] of script.matchAll(/((?:split|chunk)_\w+)\.([\w-]{22})\.wasm/g)) {
  const short = `${part}.${hash.slice(0, 10)}.wasm`;
  for (const end of ['', '.br', '.gz']) renameSync(join(pkg, name + end), join(pkg, short + end));
  renamed = renamed.replaceAll(name, short);
}
renamed = renamed
  .replaceAll(/\/\*.*?\*\//g, '')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line && !line.startsWith('//'))
  .join('\n');
for (const file of [named(/^halloo\.([^.]+)\.js$/), named(/^halloo\.([^.]+)\.wasm$/)]) {
  const hash = createHash('md5').update(file.hash + loader.hash).digest('base64url');
  const name = file.name.replace(file.hash, hash);
  for (const end of ['', '.br', '.gz']) renameSync(join(pkg, file.name + end), join(pkg, name + end));
  if (name.endsWith('.js') && !renamed.includes(file.name)) {
    throw new Error(`${loader.name} does not import the glue`);
  }
  renamed = renamed.replaceAll(file.name, name);
  list = list.replaceAll(file.hash, hash);
}
writeFileSync(join(pkg, loader.name), renamed);
writeFileSync(join(pkg, `${loader.name}.br`), brotliCompressSync(renamed));
writeFileSync(join(pkg, `${loader.name}.gz`), gzipSync(renamed, { level: 9 }));
writeFileSync(hashes, list);
