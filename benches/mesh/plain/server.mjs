// The server of the plain mesh: its page, and messages between its people, as server-sent events. One room.
// Not for use.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const FILES = { '/': ['index.html', 'text/html'], '/main.js': ['main.js', 'text/javascript'] };

/**
 * Serves on a free port.
 * @returns {Promise<{ origin: string, stop(): void }>}
 */
export async function servePlainMesh() {
  /** Peer id -> response in which the messages for this peer are written. */
  const people = new Map();
  let made = 0;

  const write = (response, message) => response.write(`data: ${JSON.stringify(message)}\n\n`);

  function join(response) {
    const id = String(made += 1);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    write(response, { welcome: id, others: [...people.keys()] });
    people.set(id, response);
    response.on('close', () => people.delete(id));
  }

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    if (pathname === '/messages') return join(response);
    if (pathname === '/send') {
      const { to, ...message } = JSON.parse(await text(request));
      if (people.has(to)) write(people.get(to), message);
      return response.writeHead(204).end();
    }
    const [file, type] = FILES[pathname] ?? [];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type });
    response.end(await readFile(new URL(file, import.meta.url)));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}
