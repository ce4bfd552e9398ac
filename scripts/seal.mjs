// Gives the client's glue and WASM names that change with whatever they load. Called by scripts/build.sh.
//
// Browsers keep files of hashed names for good. cargo-leptos names these two by what is in them before it
// writes into them the name of the script that loads the parts. So without this a page of a new build could
// run with the glue of an old one, which looks for parts that are gone.
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
for (const file of [named(/^halloo\.([^.]+)\.js$/), named(/^halloo\.([^.]+)\.wasm$/)]) {
  const hash = createHash('md5').update(file.hash + loader.hash).digest('base64url');
  const name = file.name.replace(file.hash, hash);
  for (const end of ['', '.br', '.gz']) renameSync(join(pkg, file.name + end), join(pkg, name + end));
  renamed = renamed.replaceAll(file.name, name);
  list = list.replaceAll(file.hash, hash);
}
if (renamed === script) throw new Error(`${loader.name} does not import the glue`);
writeFileSync(join(pkg, loader.name), renamed);
writeFileSync(join(pkg, `${loader.name}.br`), brotliCompressSync(renamed));
writeFileSync(join(pkg, `${loader.name}.gz`), gzipSync(renamed, { level: 9 }));
writeFileSync(hashes, list);
