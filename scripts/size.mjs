// What joining a call loads, and the parts that load when they are first wanted, in bytes as transferred with
// brotli. Fails if joining loads more than its budget, if all parts together are larger than theirs, or if
// something is not compressed.
//
//   node scripts/size.mjs [bytes for joining, by default 175000] [bytes for all parts, by default 400000]
//
// HALLOO_BIN names the server, by default target/release/halloo.
import { get } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { startServer } from './server.mjs';

const PAGE = '/r/size-check?join=now';
// The part that a visitor without `?join=now` needs besides.
const LOBBY = 'lobby';
// Pictures and fonts are compressed in themselves.
const PACKED = /^(?:image\/(?!svg)|font\/woff)/;

const budget = Number(process.argv[2] ?? 175_000);
const partsBudget = Number(process.argv[3] ?? 400_000);

const { origin, stop } = await startServer();
try {
  const resources = await loadAll();
  const parts = await loadParts(resources);
  const problems = judge(resources, parts);
  report(resources, parts);
  for (const problem of problems) console.error(`size: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  stop();
}

// fetch() would unpack the answer and hide its size.
function load(path) {
  return new Promise((done, fail) => {
    get(origin + path, { headers: { 'accept-encoding': 'br' } }, (answer) => {
      const chunks = [];
      answer.on('error', fail);
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const { 'content-encoding': encoding, 'content-type': type = '' } = answer.headers;
        done({ path, status: answer.statusCode, encoding, type, bytes: Buffer.concat(chunks) });
      });
    }).on('error', fail);
  });
}

// The page, what it names, what that names, and so on.
async function loadAll() {
  const resources = [];
  const paths = [PAGE];
  for (const path of paths) {
    const resource = await load(path);
    resources.push(resource);
    for (const next of named(resource)) if (!paths.includes(next)) paths.push(next);
  }
  return resources;
}

// The parts, from the script that loads them: which files each is made of, and these files.
async function loadParts(resources) {
  const loader = resources.find(({ path }) => path.includes('/__wasm_split'));
  if (!loader) return { files: [], lobby: [] };
  const script = text(loader);
  const files = new Map();
  for (const [, file] of script.matchAll(/new URL\("([^"]+\.wasm)"/g)) {
    const { pathname } = new URL(file, origin + loader.path);
    files.set(file, await load(pathname));
  }
  // `const __chunk_5=makeLoad(new URL("./chunk_5.wasm",..),[])`,
  // `__wasm_split_load_lobby=..(.., [__chunk_5, ..])`
  const made = [...script.matchAll(/(__chunk_\d+)\s*=\s*makeLoad\(new URL\("([^"]+)"/g)];
  const chunks = new Map(made.map(([, name, file]) => [name, file]));
  const start = `__wasm_split_load_${LOBBY}\\s*=[^;]*?`;
  const call = new RegExp(`${start}new URL\\("([^"]+)"[^[]*\\[([^\\]]*)\\]`);
  const [, own, dependencies] = script.match(call) ?? [];
  const lobby = [own, ...(dependencies ?? '').split(',').map((name) => chunks.get(name.trim()))];
  return { files: [...files.values()], lobby: lobby.map((file) => files.get(file)).filter(Boolean) };
}

function text({ encoding, bytes }) {
  return (encoding === 'br' ? brotliDecompressSync(bytes) : bytes).toString();
}

function named({ path, encoding, type, bytes }) {
  if (!/html|css|javascript|json/.test(type)) return [];
  return references(type, text({ encoding, bytes }))
    .map((reference) => new URL(reference.replaceAll('&amp;', '&'), origin + path))
    .filter((url) => url.origin === origin && url.protocol === 'http:')
    .map((url) => url.pathname);
}

function references(type, text) {
  const all = (pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
  if (type.includes('html')) {
    const elements = text.match(/<(?:link|script|img|source)\b[^>]*>/g) ?? [];
    const linked = elements.filter((element) => !/\brel="?(?:canonical|alternate)/.test(element));
    const inline = all(/["'`](\/[^"'`\s]+\.(?:m?js|wasm))["'`]/g);
    return [...linked.flatMap((element) => element.match(/(?<=\s(?:src|href)=")[^"]+/g) ?? []), ...inline];
  }
  if (type.includes('css')) {
    return all(/(?:url\(|@import\s+)["']?([^"')\s]+)/g).filter((url) => !url.startsWith('data:'));
  }
  if (type.includes('json')) return all(/"src"\s*:\s*"([^"]+)"/g);
  // The generated glue names its WASM as a fallback for pages that do not; ours does, with the hash.
  return all(/(?:\bfrom|\bimport)\s*\(?\s*["']([./][^"']+)["']/g);
}

function judge(resources, parts) {
  const problems = [];
  for (const { path, status, encoding, type, bytes } of [...resources, ...parts.files]) {
    if (status !== 200) {
      problems.push(`${path} answers ${status}`);
    } else if (encoding !== 'br' && !PACKED.test(type)) {
      problems.push(`${path} (${type}) is not encoded with brotli`);
    }
    if (bytes.length === 0) problems.push(`${path} is empty`);
  }
  // A page that loads nothing would be light.
  for (const kind of ['javascript', 'wasm', 'css']) {
    if (!resources.some(({ type }) => type.includes(kind))) problems.push(`the page names no ${kind}`);
  }
  if (parts.lobby.length === 0) problems.push(`there is no part "${LOBBY}"`);
  for (const [what, size, limit] of [
    ['joining', total(resources), budget],
    ['parts', total(parts.files), partsBudget],
  ]) {
    if (!(size <= limit)) problems.push(`${what}: ${size - limit} bytes above the budget of ${limit}`);
  }
  return problems;
}

function total(resources) {
  return resources.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function report(resources, parts) {
  const line = (size, encoding, path) =>
    console.log(`${String(size).padStart(9)}  ${encoding.padEnd(4)}  ${path}`);
  for (const { path, encoding, bytes } of resources) line(bytes.length, encoding ?? '-', path);
  line(total(resources), '', `joining a call loads in all; the budget is ${budget}`);
  for (const { path, encoding, bytes } of parts.files) line(bytes.length, encoding ?? '-', path);
  line(total(parts.files), '', `all parts; the budget is ${partsBudget}`);
  line(total(resources) + total(parts.lobby), '', 'a visit to the page before joining loads');
}
