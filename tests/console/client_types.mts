// Compiled by client_types_test.mjs, never run: what the types of our client allow, and what they must refuse.
import WebSocket from 'ws';
import { afterClose, Client, FanwireError, type Ack, type Joined, type Message } from '../../node/client/fanwire.js';

const client = new Client('ws://localhost:8080/', {
  WebSocket,
  user: { name: 'Ann' },
  queue: 10,
  credentials: async ({ code }) => (code === 4200 ? 'ws://localhost:8080/?token=new' : false),
});

const joined: Joined = await client.join(7, (message: Message) => console.log(message.text, message.timestamp));
const isLocal: true | undefined = joined.local;
const ack: Ack = await client.publish('room', { text: 'hi', data: [1, null, { a: true }], key: 'k' });
await client.broadcast({ text: 'all' });
const took: number = await client.ping();
await client.leave('room');

const off: () => void = client.on('state', ({ state, retryIn }) => console.log(state === 'waiting', retryIn));
client.on('error', (error) => { if (error instanceof FanwireError && error.code === 'forbidden') client.close(); });
client.on('moving', ({ retryAfter }) => console.log(retryAfter.toFixed()));
off();
const rule: 'now' | 'backoff' | 'credentials' | 'never' = afterClose(4000);
console.log(isLocal, ack.dropped, took, rule);

// @ts-expect-error a room is a string or a number
client.join(null);
// @ts-expect-error only JSON travels
client.publish('room', { data: () => {} });
// @ts-expect-error the state is read only
client.state = 'open';
// @ts-expect-error there is no such option
new Client('ws://localhost:8080/', { minDelayMs: 1 });
