// The hooks that are asked about joins, and told when clients leave and go.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accept, refuse } from 'fanwire';

import { Client, started } from './support.mjs';

for (const isLate of [false, true]) {
  test(`onJoin lets in or refuses, ${isLate ? 'later' : 'at once'}`, async (t) => {
    const decide = ({ room, isPattern }) =>
      room === 'secret' ? refuse('forbidden', 'Not you.') : !isPattern;
    const server = await started(t, { onJoin: isLate ? async (request) => decide(request) : decide });
    const client = await Client.in(server, 'a');
    const told = await client.ask({ type: 'join', roomId: 'secret', id: 'x' });
    assert.deepEqual([told.type, told.code, told.message], ['error', 'forbidden', 'Not you.']);
    assert.equal(server.stats().rooms, 1);
  });
}

test('a hook that fails refuses the join', async (t) => {
  const server = await started(t, {
    onJoin: () => {
      throw new Error('oh');
    },
  });
  const client = await Client.open(server.url);
  assert.equal((await client.ask({ type: 'join', roomId: 'a', id: 'x' })).code, 'unavailable');
});

test('leaves and the end are told in order, behind what the client asked for', async (t) => {
  const told = [];
  const server = await started(t, {
    onConnect: () => accept({ user: 'ann' }),
    onJoin: ({ room, user }) => void told.push(['join', room, user]),
    onMessage: ({ room }) => void told.push(['message', room]),
    onLeave: ({ room, user, hasDisconnected }) => told.push(['leave', room, user, hasDisconnected]),
    onDisconnect: ({ code, user, reason }) => told.push(['gone', code, user, reason]),
  });
  const client = await Client.in(server, 'a');
  await client.ask({ type: 'join', roomId: 'b', id: 1 });
  await client.ask({ type: 'message', roomId: 'b', id: 2, text: 'x' });
  await client.ask({ type: 'leave', roomId: 'a', id: 3 });
  await server.stop();
  assert.deepEqual(told, [
    ['join', 'a', 'ann'],
    ['join', 'b', 'ann'],
    ['message', 'b'],
    ['leave', 'a', 'ann', false],
    ['leave', 'b', 'ann', true],
    ['gone', 1001, 'ann', 'the server is stopping'],
  ]);
});

test('clients that were refused are not told of', async (t) => {
  const told = [];
  const server = await started(t, { onConnect: () => false, onDisconnect: (notice) => told.push(notice) });
  await (await Client.open(server.url)).closed;
  await server.stop();
  assert.deepEqual(told, []);
});
