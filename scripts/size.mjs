// What a call page loads, in bytes as transferred with brotli; fails above the budget.
//
//   node scripts/size.mjs [budget in bytes]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const budget = Number(process.argv[2] ?? 200_000);
const binary = process.env.HALLOO_BIN ?? join(import.meta.dirname, '../target/release/halloo');

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

// fetch() would unpack the answer and hide its size.
const load = (url) => new Promise((done, fail) => {
  get(url, { headers: { 'accept-encoding': 'br', accept: '*/*' } }, (answer) => {
    const chunks = [];
    answer.on('data', (chunk) => chunks.push(chunk));
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(chunks) }));
  }).on('error', fail);
});

const scratch = mkdtempSync(join(tmpdir(), 'halloo-size-'));
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const server = spawn(binary, ['--listen', `127.0.0.1:${port}`, '--key-file', join(scratch, 'key')], { stdio: 'ignore' });
try {
  for (let tries = 0; ; tries += 1) {
    if (await load(`${base}/healthz`).then((a) => a.status === 200, () => false)) break;
    if (tries > 200) throw new Error('the server did not start');
    await new Promise((next) => setTimeout(next, 50));
  }
  const { brotliDecompressSync } = await import('node:zlib');
  const page = await load(`${base}/r/size-check`);
  const html = brotliDecompressSync(page.bytes).toString();
  const linked = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|wasm|svg|webmanifest))"/g)].map((m) => m[1]);
  const imported = [...html.matchAll(/["'](\/pkg\/[^"']+\.(?:js|wasm))["']/g)].map((m) => m[1]);
  const paths = [...new Set([...linked, ...imported])];
  const rows = [['/r/size-check', page]];
  for (const path of paths) rows.push([path, await load(base + path)]);

  let total = 0;
  const wrong = [];
  for (const [path, { status, headers, bytes }] of rows) {
    total += bytes.length;
    if (status !== 200) wrong.push(`${path} answered ${status}`);
    if (bytes.length > 2_000 && headers['content-encoding'] !== 'br') wrong.push(`${path} is not compressed with brotli`);
    console.log(String(bytes.length).padStart(9), path.replace(/\.[\w-]{22}\./, '.*.'));
  }
  for (const kind of ['.js', '.wasm', '.css']) {
    if (!paths.some((path) => path.endsWith(kind))) wrong.push(`the page links no ${kind}`);
  }
  console.log(String(total).padStart(9), `in all; the budget is ${budget}`);
  if (total > budget) wrong.push(`${total - budget} bytes over the budget`);
  for (const problem of wrong) console.error(`size: ${problem}`);
  process.exitCode = wrong.length ? 1 : 0;
} finally {
  server.kill();
  rmSync(scratch, { recursive: true, force: true });
}
