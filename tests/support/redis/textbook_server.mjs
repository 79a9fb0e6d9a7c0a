// The server that tutorials teach, on npm's `ws` and `ioredis`: what fanwire must be able to share a Redis with.
// usage: node textbook_server.mjs REDIS_URL [PORT]      (prints "listening PORT")
import { Redis } from 'ioredis';
import { WebSocket, WebSocketServer } from 'ws';

const BROADCAST = 'broadcast';
const ROOM = 'room:';

const subscriber = new Redis(process.argv[2]);
const publisher = new Redis(process.argv[2]);
/** The members of each room, by its channel. */
const rooms = new Map();

function enter(socket, roomId) {
  const channel = ROOM + roomId;
  if (!rooms.has(channel)) {
    rooms.set(channel, new Set());
    subscriber.subscribe(channel);
  }
  rooms.get(channel).add(socket);
  socket.send(JSON.stringify({ type: 'joined', roomId }));
}

function leave(socket, channel) {
  const members = rooms.get(channel);
  if (!members?.delete(socket) || members.size > 0) return;
  rooms.delete(channel);
  subscriber.unsubscribe(channel);
}

function onRequest(socket, { type, roomId, user, text }) {
  if (type === 'join') enter(socket, roomId);
  else if (type === 'leave') leave(socket, ROOM + roomId);
  else if (type === 'message') {
    const message = JSON.stringify({ type: 'message', user, text, timestamp: Date.now() });
    publisher.publish(roomId ? ROOM + roomId : BROADCAST, message);
  }
}

function onPublished(channel, payload) {
  try {
    JSON.parse(payload);
  } catch {
    return;
  }
  const receivers = channel === BROADCAST ? server.clients : rooms.get(channel);
  for (const socket of receivers ?? []) if (socket.readyState === WebSocket.OPEN) socket.send(payload);
}

// The second is a literal name and never hears anything; that is how it is taught.
await subscriber.subscribe(BROADCAST, `${ROOM}*`);
subscriber.on('message', onPublished);
for (const client of [subscriber, publisher]) client.on('error', (error) => console.error(error.message));

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[3] ?? 0) });
server.on('connection', (socket) => {
  socket.isAlive = true;
  socket.on('pong', () => (socket.isAlive = true));
  socket.on('message', (data) => onRequest(socket, JSON.parse(data)));
  socket.on('close', () => [...rooms.keys()].forEach((channel) => leave(socket, channel)));
});
server.on('listening', () => console.log(`listening ${server.address().port}`));

setInterval(() => {
  for (const socket of server.clients) {
    if (!socket.isAlive) socket.terminate();
    socket.isAlive = false;
    socket.ping();
  }
}, 30_000);
