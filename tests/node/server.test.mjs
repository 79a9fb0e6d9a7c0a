import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FanwireError, Server } from 'fanwire';

import { Client, started, until } from './support.mjs';

const quiet = { port: 0, log: () => {} };

test('a server listens where it says', async (t) => {
  const server = await started(t);
  assert.ok(server.port > 0);
  assert.equal(server.url, `ws://127.0.0.1:${server.port}/`);
  assert.equal(server.isRunning, true);
  const client = await Client.in(server, 'a');
  await client.close();
});

test('a server that was not started is stopped', async () => {
  const server = new Server(quiet);
  assert.equal(server.isRunning, false);
  assert.equal(server.port, 0);
  assert.equal(server.url, '');
  assert.equal(server.stats().connections, 0);
  await server.stop();
});

test('starting twice is starting once', async (t) => {
  const server = new Server(quiet);
  t.after(() => server.stop());
  await Promise.all([server.start(), server.start()]);
  const { port } = server;
  await server.start();
  assert.equal(server.port, port);
});

test('stopping twice, one after another and at once, is stopping once', async () => {
  const server = await Server.start(quiet);
  await Promise.all([server.stop(), server.stop(), server.stop()]);
  assert.equal(server.isRunning, false);
  await server.stop();
});

test('a stop during the start waits for it', async () => {
  const server = new Server(quiet);
  const starting = server.start();
  await server.stop();
  await starting;
  assert.equal(server.isRunning, false);
});

test('a start during the stop waits for it', async (t) => {
  const server = await started(t);
  const stopping = server.stop();
  await server.start();
  await stopping;
  assert.equal(server.isRunning, true);
});

test('a stopped server starts again, with its hooks', async (t) => {
  let asked = 0;
  const server = await started(t, { onConnect: () => void ++asked });
  for (let run = 1; run <= 3; ++run) {
    const client = await Client.in(server, 'a');
    assert.equal(asked, run);
    await server.stop();
    assert.deepEqual(await client.closed, { code: 1001, reason: 'the server is stopping' });
    await server.start();
  }
});

test('a port that is taken is named, and can be tried again', async (t) => {
  const first = await started(t);
  const second = new Server({ ...quiet, port: first.port });
  await assert.rejects(second.start(), (error) => {
    assert.ok(error instanceof FanwireError);
    assert.equal(error.code, 'EADDRINUSE');
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1.*${first.port}`));
    return true;
  });
  assert.equal(second.isRunning, false);
  await second.stop();
  await first.stop();
  await second.start();
  t.after(() => second.stop());
  assert.equal(second.isRunning, true);
});

test('a stop spreads the closes, and another one cuts that short', async (t) => {
  const server = await started(t);
  const clients = await Promise.all(Array.from({ length: 20 }, () => Client.open(server.url)));
  let closed = 0;
  for (const client of clients) client.closed.then(() => ++closed);
  const draining = server.stop({ drainMs: 600_000 });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.isRunning, false);
  await server.stop();
  await draining;
  await until(() => closed === clients.length, 'all clients are closed');
});

test('options are checked when the server is made', () => {
  const bad = (options, pattern) => {
    assert.throws(
      () => new Server(options),
      (error) => {
        assert.ok(error instanceof FanwireError);
        assert.equal(error.code, 'bad_option');
        assert.match(error.message, pattern);
        return true;
      },
    );
  };
  bad({ port: 65536 }, /port/);
  bad({ port: '80' }, /port/);
  bad({ heartbeatIntervalMs: 1.5 }, /heartbeatIntervalMs/);
  bad({ heartbeatIntervalMs: 99 }, /heartbeatIntervalMs/);
  bad({ origins: 'https://example.org' }, /origins/);
  bad({ origins: [1] }, /origins/);
  bad({ demo: 1 }, /demo/);
  bad({ host: null }, /host/);
  bad({ maxRooms: Infinity }, /maxRooms/);
  bad({ heartbeatInterval: 1000 }, /heartbeatInterval/);
  bad({ onConnect: 'accept' }, /onConnect/);
  assert.ok(new Server({ heartbeatIntervalMs: 0, origins: ['*'], host: '::1', log: undefined }));
});

test('log lines go where they are wanted', async (t) => {
  const server = await started(t);
  await until(
    () => server.lines.some(({ level }) => level === 'warning'),
    'the warning that everything is open',
  );
});

test('a log function that throws harms nothing', async (t) => {
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const server = await started(t, {
    log: () => {
      throw new Error('disk full');
    },
  });
  assert.match((await warned).message, /disk full/);
  assert.equal(server.isRunning, true);
});

test('stats count what the server does', async (t) => {
  const server = await started(t, { onMessage: () => true });
  const client = await Client.in(server, 'a');
  client.say({ type: 'message', roomId: 'a', text: 'hi' });
  assert.equal((await client.next()).text, 'hi');
  const stats = server.stats();
  assert.equal(stats.connections, 1);
  assert.equal(stats.connectionsTotal, 1);
  assert.equal(stats.rooms, 1);
  assert.equal(stats.members, 1);
  assert.equal(stats.messagesIn, 2);
  assert.equal(stats.deliveries, 1);
  assert.equal(stats.hookCalls, 1);
});
