// The textbook protocol on Bun's own WebSocket server: rooms are its topics, and `server.publish` fans out in C++ (uWebSockets).
// usage: bun bun_server.js PORT      (path /echo: sends everything back)
const backlogBytes = 64 * 1024 * 1024;

const server = Bun.serve({
    hostname: '127.0.0.1',
    port: Number(process.argv[2] ?? 0),
    fetch(request, self) {
        const echo = new URL(request.url).pathname === '/echo';
        return self.upgrade(request, { data: { echo } }) ? undefined : new Response('WebSocket only', { status: 426 });
    },
    websocket: {
        perMessageDeflate: false,
        backpressureLimit: backlogBytes,
        maxPayloadLength: backlogBytes,
        open(socket) {
            if (!socket.data.echo) socket.subscribe('broadcast');
        },
        message(socket, data) {
            if (socket.data.echo) {
                socket.send(data);
                return;
            }
            const { type, roomId, user, text } = JSON.parse(data);
            if (type === 'join') {
                socket.subscribe(`room:${roomId}`);
                socket.send(JSON.stringify({ type: 'joined', roomId }));
            } else if (type === 'leave') {
                socket.unsubscribe(`room:${roomId}`);
            } else if (type === 'message') {
                const channel = roomId ? `room:${roomId}` : 'broadcast';
                server.publish(channel, JSON.stringify({ type: 'message', user, text, timestamp: Date.now() }));
            }
        },
    },
});

console.log(`listening ${server.port}`);
