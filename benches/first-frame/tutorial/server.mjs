// The tutorial's server as a reference: rooms of two, every message to everybody. Not for use.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { Server } from 'socket.io';

const files = { '/': ['index.html', 'text/html'], '/main.js': ['main.js', 'text/javascript'] };

const http = createServer(async (request, response) => {
  const [file, type] = files[new URL(request.url, 'http://x').pathname] ?? [];
  if (!file) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': type });
  response.end(await readFile(new URL(file, import.meta.url)));
});

const io = new Server(http);
io.sockets.on('connection', (socket) => {
  socket.on('message', (message) => socket.broadcast.emit('message', message));
  socket.on('create or join', (room) => {
    const people = io.sockets.adapter.rooms.get(room)?.size ?? 0;
    if (people === 0) {
      socket.join(room);
      socket.emit('created', room, socket.id);
    } else if (people === 1) {
      io.sockets.in(room).emit('join', room);
      socket.join(room);
      socket.emit('joined', room, socket.id);
      io.sockets.in(room).emit('ready');
    } else {
      socket.emit('full', room);
    }
  });
});

http.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
