import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FanwireError, Server } from 'fanwire';

import { Client, started, until } from './support.mjs';

const code = (wanted) => (error) => {
  assert.ok(error instanceof FanwireError, String(error));
  assert.equal(error.code, wanted);
  assert.notEqual(error.message, '');
  return true;
};

test('a publish reaches the room, and says how it went', async (t) => {
  const server = await started(t);
  const inside = await Client.in(server, 'chat:1');
  const outside = await Client.in(server, 'chat:2');
  const before = Date.now();
  const result = await server.publish('chat:1', {
    user: 'bob',
    text: 'hi',
    data: { n: [1, null] },
  });
  assert.deepEqual(result, { local: false, dropped: false });
  const message = await inside.next();
  assert.ok(message.timestamp >= before && message.timestamp <= Date.now());
  assert.deepEqual(message, {
    type: 'message',
    user: 'bob',
    text: 'hi',
    data: { n: [1, null] },
    timestamp: message.timestamp,
  });
  await server.publish('chat:2', { text: 'other' });
  assert.equal((await outside.next()).text, 'other');
});

test('absent and undefined fields stay absent, null does not', async (t) => {
  const server = await started(t);
  const client = await Client.in(server, 'a');
  await server.publish('a', { text: undefined, data: null });
  assert.deepEqual(Object.keys(await client.next()), ['type', 'data', 'timestamp']);
  await server.publish('a', {});
  assert.deepEqual(Object.keys(await client.next()), ['type', 'timestamp']);
});

test('null is everybody; what is no room is an error and nobody', async (t) => {
  const server = await started(t);
  const client = await Client.open(server.url);
  for (const room of [undefined, '', 7, 'a::b', 'x'.repeat(257)]) {
    await assert.rejects(server.publish(room, { text: 'no' }), code('bad_room'));
    await assert.rejects(server.publishRaw(room, '{}'), code('bad_room'));
  }
  await server.publish(null, { text: 'all' });
  assert.equal((await client.next()).text, 'all');
});

test('a publish that cannot be JSON is refused', async (t) => {
  const server = await started(t);
  const circle = {};
  circle.circle = circle;
  await assert.rejects(server.publish('a', { text: 1n }), code('bad_request'));
  await assert.rejects(server.publish('a', { data: circle }), code('bad_request'));
  await assert.rejects(server.publish('a', { data: () => {} }), code('bad_request'));
  await assert.rejects(server.publish('a', { txt: 'slip' }), code('bad_request'));
  await assert.rejects(server.publish('a', { text: 'x'.repeat(1 << 20) }), code('too_large'));
});

test('raw payloads arrive unchanged, as text and as bytes', async (t) => {
  const server = await started(t);
  const client = await Client.in(server, 'a');
  await server.publishRaw('a', '{"type":"move","x":1e2}');
  assert.deepEqual(await client.next(), { type: 'move', x: 100 });
  await server.publishRaw('a', Buffer.from('{"naïve":"ü😀"}'));
  assert.deepEqual(await client.next(), { naïve: 'ü😀' });
  await server.publishRaw('a', Buffer.from('xx[1,2]xx').subarray(2, 7));
  assert.deepEqual((await client.next()).data, [1, 2]);
  await server.publishRaw('a', new Uint8Array([0xff, 0x00]));
  assert.deepEqual((await client.next()).data, { base64: '/wA=' });
  await server.publishRaw('a', new Uint8Array([0xfc, 1, 3, 1, 1, 0x37, 0x68, 0x69]));
  const { user, data } = await client.next();
  assert.deepEqual([user, data], [7, 'hi'], 'from its envelope');
  await assert.rejects(server.publishRaw('a', new Uint8Array([0xfc, 2])), code('bad_request'));
  await server.publishRaw(null, '{"all":true}');
  assert.deepEqual(await client.next(), { all: true });
  await assert.rejects(server.publishRaw('a', { x: 1 }), code('bad_request'));
  await assert.rejects(server.publishRaw('a', new ArrayBuffer(2)), code('bad_request'));
});

test('a direct message reaches its client, and a client that has gone is a result', async (t) => {
  const ids = [];
  const server = await started(t, { onConnect: ({ client }) => void ids.push(client) });
  const client = await Client.open(server.url);
  assert.equal(await server.send(ids[0], { for: 'you' }), 'delivered');
  assert.deepEqual(await client.next(), { type: 'direct', data: { for: 'you' } });
  await client.close();
  await until(() => server.stats().connections === 0, 'the client is gone');
  assert.equal(await server.send(ids[0], 1), 'client_gone');
  assert.equal(await server.send('1-1', 1), 'client_gone');
  await assert.rejects(server.send('nobody', 1), code('bad_request'));
  await assert.rejects(server.send(ids[0], undefined), code('bad_request'));
});

test('a server that does not run publishes nothing, and says so', async () => {
  const server = new Server({ port: 0, log: () => {} });
  const all = () => [server.publish('a', {}), server.publishRaw('a', ''), server.send('1-1', 1)];
  for (const publish of all()) await assert.rejects(publish, code('not_running'));
  await server.start();
  await server.stop();
  for (const publish of all()) await assert.rejects(publish, code('not_running'));
});

test('every publish is settled though the server is stopped meanwhile', async () => {
  const server = await Server.start({ port: 0, log: () => {} });
  const publishes = Array.from({ length: 5000 }, (_, i) =>
    server.publish('a', { data: i }).catch(({ code }) => code),
  );
  const stopping = server.stop();
  publishes.push(
    ...Array.from({ length: 1000 }, (_, i) =>
      server.publish('a', { data: i }).catch(({ code }) => code),
    ),
  );
  await stopping;
  for (const result of await Promise.all(publishes)) {
    assert.ok(result === 'not_running' || result.local === false, String(result));
  }
});

test('many publishes at once arrive in their order', async (t) => {
  const count = 20_000;
  const server = await started(t, { maxQueueBytes: 64 << 20 });
  const client = await Client.in(server, 'a');
  await Promise.all(Array.from({ length: count }, (_, i) => server.publish('a', { data: i })));
  for (let i = 0; i < count; ++i) assert.equal((await client.next()).data, i);
});
