// Our client in Node, on the `ws` package, against a real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Client } from '../../node/client/fanwire.js';
import { startServer } from '../support/server.mjs';
import { until } from '../support/until.mjs';

let server;

before(async () => {
  server = await startServer();
});
after(() => server?.stop());

function connect(t, options = {}) {
  const client = new Client(server.url, { WebSocket, maxDelay: 200, ...options });
  t.after(() => client.close());
  return client;
}

test('client on a server: joins, publishes, hears, leaves', async (t) => {
  const [ann, bob] = [connect(t, { user: 'Ann' }), connect(t)];
  const heard = [];
  await bob.join('talk', (message) => heard.push(message));

  const ack = await ann.publish('talk', { text: 'hello', data: { n: 1 } });
  await until('heard', () => heard.length === 1);
  const { timestamp, ...message } = heard[0];

  assert.equal(ack.type, 'ack');
  assert.equal(typeof timestamp, 'number');
  assert.deepEqual(message, { type: 'message', roomId: 'talk', user: 'Ann', text: 'hello', data: { n: 1 } });
  assert.equal((await bob.leave('talk')).type, 'left');
  assert.ok((await bob.ping()) < 5000);
});

test('client on a server: a room given as a number, and everybody', async (t) => {
  const client = connect(t);
  const heard = [];
  client.on('message', ({ text }) => heard.push(text));

  assert.equal((await client.join(7)).roomId, 7);
  await client.publish('7', { text: 'seven' });
  await client.broadcast({ text: 'all' });

  await until('both', () => heard.length === 2);
  assert.deepEqual(heard, ['seven', 'all']);
});

test('client on a server: refusals carry the code of the server', async (t) => {
  const client = connect(t);

  await assert.rejects(client.join('a::b'), { code: 'bad_room', roomId: 'a::b' });
  await assert.rejects(client.publish('', { text: 'x' }), { code: 'bad_room' });
  await assert.rejects(client.publish('a', { text: 'x', key: 'k'.repeat(65) }), { code: 'bad_request' });
});

test('client on a server: is back in its rooms after the server was killed and started again', async (t) => {
  const own = await startServer();
  let second;
  t.after(async () => {
    await own.stop();
    await second?.stop();
  });
  const client = new Client(own.url, { WebSocket, maxDelay: 200 });
  t.after(() => client.close());
  const heard = [];
  for (const room of ['a', 'b', 3]) await client.join(room, ({ text }) => heard.push(text));

  await own.kill();
  await until('the loss is seen', () => client.state !== 'open');
  await assert.rejects(client.publish('a', { text: 'now?' }), { code: 'unavailable' });
  second = await startServer({ port: own.port });
  await until('open again', () => client.state === 'open');
  for (const room of ['a', 'b', 3]) await client.publish(room, { text: `in ${room}` });

  await until('all rooms', () => heard.length === 3);
  assert.deepEqual(heard, ['in a', 'in b', 'in 3']);
});

test('client on a server: is told that a server leaves, and finds the next', async (t) => {
  const own = await startServer();
  const client = new Client(own.url, { WebSocket, maxDelay: 200 });
  t.after(() => client.close());
  const moving = new Promise((resolve) => client.on('moving', resolve));
  await client.join('a');

  const exit = own.stop();

  assert.equal(typeof (await moving).retryAfter, 'number');
  assert.equal(await exit, 0);
  const second = await startServer({ port: own.port });
  t.after(() => second.stop());
  await until('open again', () => client.state === 'open');
  assert.equal((await client.publish('a', { text: 'x' })).type, 'ack');
});

test('client on a server: a server that hangs is left, and found again when it goes on', async (t) => {
  const own = await startServer({ args: ['--heartbeat-interval', '200ms'] });
  t.after(() => own.stop());
  const client = new Client(own.url, { WebSocket, maxDelay: 200, connectTimeout: 500, pongTimeout: 500 });
  t.after(() => client.close());
  const lost = new Promise((resolve) => {
    client.on('state', ({ state, code }) => {
      if (state === 'waiting') resolve(code);
    });
  });
  await client.join('a');

  process.kill(own.pid, 'SIGSTOP');
  try {
    assert.equal(await lost, 4103);
  } finally {
    process.kill(own.pid, 'SIGCONT');
  }

  await until('open again', () => client.state === 'open');
  assert.equal((await client.publish('a', { text: 'x' })).type, 'ack');
});
