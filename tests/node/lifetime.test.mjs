import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { Server } from 'fanwire';

import { Client, runScript, soon, started, until } from './support.mjs';

const prelude = `
  import { Server } from 'fanwire';
  import { WebSocket } from 'ws';
  const options = { port: 0, log: () => {} };
  const connect = (server) => new Promise((resolve) => {
    const socket = new WebSocket(server.url, { perMessageDeflate: false });
    socket.on('open', () => resolve(socket));
    socket.on('error', () => {});
  });
`;

/** Ways for a process to end while its server has clients, and requests at its hooks. */
const endings = {
  'process.exit': ['process.exit(7);', { code: 7, signal: null }],
  'an uncaught exception': [
    'setTimeout(() => { throw new Error("over"); });',
    { code: 1, signal: null },
  ],
  'an unhandled rejection': ['Promise.reject(new Error("over"));', { code: 1, signal: null }],
  'nothing left to do': ['server.unref(); socket._socket.unref();', { code: 0, signal: null }],
  SIGTERM: ['process.kill(process.pid, "SIGTERM");', { code: null, signal: 'SIGTERM' }],
  'process.exit while it stops': [
    'void server.stop({ drainMs: 600000 }); setTimeout(() => process.exit(7), 20);',
    { code: 7, signal: null },
  ],
  'process.exit while it starts': [
    'void new Server(options).start(); process.exit(7);',
    { code: 7, signal: null },
  ],
};
for (const [name, [source, expected]] of Object.entries(endings)) {
  test(`a process with a live server ends cleanly: ${name}`, async () => {
    const { code, signal, stderr } = await runScript(`${prelude}
      let asked;
      const isAsked = new Promise((resolve) => (asked = resolve));
      const server = await Server.start({ ...options, onMessage: () => new Promise(asked) });
      const socket = await connect(server);
      socket.send('{"type":"message","text":"hi"}');
      await isAsked;
      ${source}
    `);
    assert.deepEqual({ code, signal }, expected, stderr);
    assert.doesNotMatch(stderr, /terminate called|FATAL|Aborted|Segmentation/);
  });
}

test('process.exit from inside a hook ends the process cleanly', async () => {
  const { code, stderr } = await runScript(`${prelude}
    const server = await Server.start({ ...options, onMessage: () => process.exit(7) });
    const socket = await connect(server);
    for (let i = 0; i < 100; ++i) socket.send('{"type":"message","text":"hi"}');
  `);
  assert.equal(code, 7, stderr);
  assert.doesNotMatch(stderr, /terminate called|FATAL|Aborted|Segmentation/);
});

test('a running server keeps the process alive until it is stopped', async () => {
  const { code, stdout } = await runScript(`${prelude}
    const server = await Server.start(options);
    setTimeout(async () => { await server.stop(); console.log('stopped'); }, 300).unref();
  `);
  assert.equal(code, 0);
  assert.equal(stdout, 'stopped\n');
});

test('unref lets the process end, ref keeps it again', async () => {
  const { code, stdout } = await runScript(`${prelude}
    const server = new Server(options).unref();
    await server.start();
    server.ref();
    setTimeout(() => { console.log('alive'); server.unref(); }, 100).unref();
  `);
  assert.equal(code, 0);
  assert.equal(stdout, 'alive\n');
});

test('a thousand starts and stops leave nothing behind', async () => {
  const { code, stdout, stderr } = await runScript(
    `${prelude}
    import { readdirSync, readFileSync } from 'node:fs';
    const held = () => {
      globalThis.gc();
      const status = readFileSync('/proc/self/status', 'utf8');
      const number = (name) => Number(status.match(new RegExp(name + ':\\\\s+(\\\\d+)'))[1]);
      const fds = readdirSync('/proc/self/fd').length;
      return { kib: number('VmRSS'), threads: number('Threads'), fds };
    };
    const cycle = async () => {
      const hooks = { onConnect: async () => true, onMessage: () => true };
      const server = await Server.start({ ...options, ...hooks });
      const socket = await connect(server);
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.send('{"type":"message","text":"hi","id":1}');
      await new Promise((resolve) => socket.once('message', resolve));
      await server.publish('a', { text: 'x' });
      await server.stop();
      await closed;
    };
    for (let i = 0; i < 500; ++i) await cycle();
    const before = held();
    for (let i = 0; i < 1000; ++i) await cycle();
    console.log(JSON.stringify({ before, after: held() }));
  `,
    // A small heap, so that what grows is not JavaScript's own ease.
    { flags: ['--expose-gc', '--max-semi-space-size=1'] },
  );
  assert.equal(code, 0, stderr);
  const { before, after } = JSON.parse(stdout);
  assert.equal(after.threads, before.threads);
  assert.equal(after.fds, before.fds);
  assert.ok(after.kib < before.kib + 12 * 1024, `${before.kib} KiB before, ${after.kib} KiB after`);
});

test('many servers run side by side', async (t) => {
  const servers = await Promise.all(Array.from({ length: 20 }, () => started(t)));
  assert.equal(new Set(servers.map(({ port }) => port)).size, servers.length);
  await Promise.all(
    servers.map(async (server, i) => {
      const client = await Client.in(server, 'a');
      await server.publish('a', { data: i });
      assert.equal((await client.next()).data, i);
    }),
  );
});

const workerSource = (body) => `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Server } = require('fanwire');
  (async () => {
    const server = await Server.start({ port: 0, log: () => {}, onMessage: async () => true });
    parentPort.postMessage(server.url);
    ${body}
  })();
`;

/** A worker thread with a server, which runs until it is told more. */
async function startWorker(body, workerData) {
  const worker = new Worker(workerSource(body), { eval: true, workerData });
  const failed = new Promise((_, reject) => worker.once('error', reject));
  const url = await Promise.race([
    failed,
    soon(new Promise((resolve) => worker.once('message', resolve)), 'the worker'),
  ]);
  return { worker, url, exited: new Promise((resolve) => worker.once('exit', resolve)) };
}

test('a server runs in a worker thread', async () => {
  const { worker, url, exited } = await startWorker(`
    parentPort.once('message', async () => { await server.stop(); parentPort.close(); });
  `);
  const client = await Client.in({ url }, 'a');
  assert.deepEqual(await client.ask({ type: 'message', roomId: 'b', id: 1 }), {
    type: 'ack',
    id: 1,
  });
  worker.postMessage('stop');
  assert.equal(await soon(exited, 'the worker to exit'), 0);
  assert.equal((await client.closed).code, 1001);
});

test('clients are served while JavaScript is busy', async () => {
  const busy = new Int32Array(new SharedArrayBuffer(4));
  const { worker, url } = await startWorker(
    `
    await server.stop();
    const open = await Server.start({ port: 0, log: () => {}, heartbeatIntervalMs: 100 });
    parentPort.postMessage(open.url);
    parentPort.once('message', () => {
      Atomics.store(workerData, 0, 1);
      Atomics.wait(workerData, 0, 1);
    });
  `,
    busy,
  );
  assert.ok(url);
  const [openUrl] = await soon(once(worker, 'message'), 'the second server');
  const clients = await Promise.all([0, 1].map(() => Client.in({ url: openUrl }, 'a')));
  worker.postMessage('wait');
  await until(() => Atomics.load(busy, 0) === 1, 'the event loop is blocked');
  const pinged = once(clients[0].socket, 'ping');
  const late = await Client.in({ url: openUrl }, 'a');
  clients[0].say({ type: 'message', roomId: 'a', text: 'hi' });
  for (const client of [...clients, late]) assert.equal((await client.next()).text, 'hi');
  await soon(pinged, 'a heartbeat');
  Atomics.store(busy, 0, 0);
  Atomics.notify(busy, 0);
  await worker.terminate();
});

test('worker threads that are terminated with live servers take them along', async () => {
  for (let round = 0; round < 5; ++round) {
    const workers = await Promise.all(Array.from({ length: 4 }, () => startWorker('')));
    const clients = await Promise.all(workers.map(({ url }) => Client.in({ url }, 'a')));
    for (const client of clients)
      for (let i = 0; i < 100; ++i) client.say({ type: 'message', roomId: 'a', data: i });
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
    for (const client of clients) await soon(client.closed, 'the client to be closed');
  }
});

test('a worker thread that exits or throws takes its server along', async () => {
  for (const body of ['process.exit(3);', 'setTimeout(() => { throw new Error("over"); });']) {
    const worker = new Worker(workerSource(body), { eval: true });
    worker.on('error', () => {});
    const url = await soon(new Promise((resolve) => worker.once('message', resolve)), 'the worker');
    await soon(new Promise((resolve) => worker.once('exit', resolve)), 'the worker to exit');
    const { code } = await new Client(url).closed;
    assert.equal(code, 1006);
  }
});

test('many threads publish, each through its own server', async () => {
  const count = 2000;
  const body = `
    parentPort.once('message', async () => {
      const publish = (_, data) => server.publish('a', { data });
      await Promise.all(Array.from({ length: workerData }, publish));
    });
  `;
  const workers = await Promise.all(Array.from({ length: 4 }, () => startWorker(body, count)));
  const clients = await Promise.all(workers.map(({ url }) => Client.in({ url }, 'a')));
  for (const { worker } of workers) worker.postMessage('publish');
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < count; ++i) assert.equal((await client.next()).data, i);
    }),
  );
  await Promise.all(workers.map(({ worker }) => worker.terminate()));
});

test('many threads publish through one server', async (t) => {
  const server = await started(t);
  const client = await Client.in(server, 'a');
  const count = 500;
  const workers = Array.from(
    { length: 4 },
    (_, index) =>
      new Worker(
        `
    const { parentPort, workerData: { index, count } } = require('node:worker_threads');
    for (let i = 0; i < count; ++i) parentPort.postMessage({ index, i });
  `,
        { eval: true, workerData: { index, count } },
      ),
  );
  const published = [];
  for (const worker of workers)
    worker.on('message', (data) => published.push(server.publish('a', { data })));
  const next = workers.map(() => 0);
  for (let n = 0; n < workers.length * count; ++n) {
    const {
      data: { index, i },
    } = await client.next();
    assert.equal(i, next[index]++);
  }
  await Promise.all(published);
});

test('the package can be loaded a second time beside a live server', async (t) => {
  const server = await started(t);
  const require = createRequire(import.meta.url);
  const first = require('fanwire');
  assert.equal(first.Server, Server);
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  const second = require('fanwire');
  assert.notEqual(second.Server, Server);
  const other = await second.Server.start({
    port: 0,
    log: () => {},
    onConnect: () => second.accept({ user: 'u' }),
  });
  const client = await Client.in(other, 'a');
  await other.publish('a', { text: 'second' });
  assert.equal((await client.next()).text, 'second');
  await other.stop();
  const still = await Client.in(server, 'a');
  await still.close();
});

test('a stopped server that nobody holds is freed', async () => {
  const { code, stderr } = await runScript(
    `${prelude}
    let freed = 0;
    const registry = new FinalizationRegistry(() => ++freed);
    for (let i = 0; i < 20; ++i) {
      const server = new Server({ ...options, onMessage: () => true });
      registry.register(server);
      await server.start();
      await server.stop();
    }
    for (let i = 0; i < 50 && freed < 19; ++i) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (freed < 19) throw new Error(freed + ' were freed');
  `,
    { flags: ['--expose-gc'] },
  );
  assert.equal(code, 0, stderr);
});

test('a running server that nobody holds goes on', async () => {
  const { code, stdout, stderr } = await runScript(
    `${prelude}
    const url = await (async () => {
      const server = await Server.start({ ...options, onMessage: () => true });
      return server.url;
    })();
    for (let i = 0; i < 20; ++i) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const socket = await connect({ url });
    socket.on('message', (text) => { console.log(String(text)); process.exit(0); });
    socket.send('{"type":"message","id":1}');
  `,
    { flags: ['--expose-gc'] },
  );
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '{"type":"ack","id":1}\n');
});
