// What a call page loads, in bytes as transferred with brotli. Fails above the budget, or if something comes bare.
//
//   node scripts/size.mjs [budget in bytes, 200000 if none is given]
//
// HALLOO_BIN names the server, by default target/release/halloo.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliDecompressSync } from 'node:zlib';

const PAGE = '/r/size-check';
const START_LIMIT_MS = 10_000;
// Pictures and fonts are compressed in themselves.
const PACKED = /^(?:image\/(?!svg)|font\/woff)/;

const budget = Number(process.argv[2] ?? 200_000);
const binary = process.env.HALLOO_BIN ?? join(import.meta.dirname, '../target/release/halloo');

const scratch = mkdtempSync(join(tmpdir(), 'halloo-size-'));
const origin = `http://127.0.0.1:${await freePort()}`;
const server = startServer();
try {
  await serving();
  const resources = await loadAll();
  const problems = judge(resources);
  report(resources);
  for (const problem of problems) console.error(`size: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  server.kill();
  rmSync(scratch, { recursive: true, force: true });
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

function startServer() {
  const { host } = new URL(origin);
  return spawn(binary, ['--listen', host, '--key-file', join(scratch, 'key')], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function serving() {
  let failure;
  server.on('error', (error) => { failure = error; });
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await load('/healthz').then(({ status }) => status === 200, () => false))) {
    if (failure) throw failure;
    if (server.exitCode !== null) throw new Error(`the server ended with status ${server.exitCode}`);
    if (Date.now() > limit) throw new Error(`the server does not answer at ${origin}`);
    await pause(20);
  }
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

function named({ path, encoding, type, bytes }) {
  if (!/html|css|javascript|json/.test(type)) return [];
  const text = (encoding === 'br' ? brotliDecompressSync(bytes) : bytes).toString();
  return references(type, text)
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
  if (type.includes('css')) return all(/(?:url\(|@import\s+)["']?([^"')\s]+)/g).filter((url) => !url.startsWith('data:'));
  if (type.includes('json')) return all(/"src"\s*:\s*"([^"]+)"/g);
  // The generated glue names its WASM as a fallback for pages that do not; ours does, with the hash.
  return all(/(?:\bfrom|\bimport)\s*\(?\s*["']([./][^"']+)["']/g);
}

function judge(resources) {
  const problems = [];
  for (const { path, status, encoding, type, bytes } of resources) {
    if (status !== 200) problems.push(`${path} answers ${status}`);
    else if (encoding !== 'br' && !PACKED.test(type)) problems.push(`${path} (${type}) is not encoded with brotli`);
    if (bytes.length === 0) problems.push(`${path} is empty`);
  }
  // A page that loads nothing would be light.
  for (const kind of ['javascript', 'wasm', 'css']) {
    if (!resources.some(({ type }) => type.includes(kind))) problems.push(`the page names no ${kind}`);
  }
  const excess = total(resources) - budget;
  if (!(excess <= 0)) problems.push(`${excess} bytes above the budget of ${budget}`);
  return problems;
}

function total(resources) {
  return resources.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function report(resources) {
  const line = (size, encoding, path) => console.log(`${String(size).padStart(9)}  ${encoding.padEnd(4)}  ${path}`);
  for (const { path, encoding, bytes } of resources) line(bytes.length, encoding ?? '-', path);
  line(total(resources), '', `in all; the budget is ${budget}`);
}
