// The server that tutorials teach, on npm's `ws`, with its rooms in memory instead of Redis.
// usage: NODE_PATH=<node_modules> node ws_textbook.mjs PORT      (path /echo: sends everything back)
import { createRequire } from 'node:module';

const { WebSocketServer, WebSocket } = createRequire(import.meta.url)('ws');
const rooms = new Map();
const everybody = new Set();

function publish(roomId, message) {
    const text = JSON.stringify(message);
    for (const member of (roomId ? rooms.get(roomId) : everybody) ?? []) {
        if (member.readyState === WebSocket.OPEN) member.send(text);
    }
}

function leave(socket, roomId) {
    const members = rooms.get(roomId);
    if (members?.delete(socket) && members.size === 0) rooms.delete(roomId);
}

function onRequest(socket, joined, { type, roomId, user, text }) {
    if (type === 'join') {
        if (!rooms.has(roomId)) rooms.set(roomId, new Set());
        rooms.get(roomId).add(socket);
        joined.add(roomId);
        socket.send(JSON.stringify({ type: 'joined', roomId }));
    } else if (type === 'leave') {
        joined.delete(roomId);
        leave(socket, roomId);
    } else if (type === 'message') {
        publish(roomId, { type: 'message', user, text, timestamp: Date.now() });
    }
}

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0), backlog: 4096 });

server.on('connection', (socket, request) => {
    socket.on('error', () => socket.terminate());
    if (request.url === '/echo') {
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
        return;
    }
    const joined = new Set();
    socket.isAlive = true;
    everybody.add(socket);
    socket.on('pong', () => { socket.isAlive = true; });
    socket.on('message', (data) => onRequest(socket, joined, JSON.parse(data)));
    socket.on('close', () => {
        everybody.delete(socket);
        for (const roomId of joined) leave(socket, roomId);
    });
});

setInterval(() => {
    for (const socket of everybody) {
        if (!socket.isAlive) { socket.terminate(); continue; }
        socket.isAlive = false;
        socket.ping();
    }
}, 30_000);

server.on('listening', () => console.log(`listening ${server.address().port}`));
