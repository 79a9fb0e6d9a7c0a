import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterClose, Client } from '../../node/client/fanwire.js';
import { fakeWebSocket } from './fake_socket.mjs';
import { ManualClock } from './manual_clock.mjs';

function start(options = {}) {
  const clock = new ManualClock();
  const { FakeSocket, sockets, newest } = fakeWebSocket();
  const client = new Client('ws://host/', { WebSocket: FakeSocket, clock, ...options });
  const states = [];
  client.on('state', (event) => states.push(event));
  return { client, clock, sockets, newest, states };
}

function startOpen(options) {
  const world = start(options);
  world.newest().welcome();
  return world;
}

/** Lets promises that are settled already run their continuations. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const hasCode = (code) => (error) => error.name === 'FanwireError' && error.code === code;

test('client: connects at once, with the subprotocol, and is open after the welcome', () => {
  const { client, newest } = start();
  assert.equal(client.state, 'connecting');
  assert.equal(newest().protocol, 'fanwire.v1');

  newest().welcome();

  assert.equal(client.state, 'open');
});

test('client: says what is missing where there is no WebSocket', () => {
  assert.throws(() => new Client('ws://host/', { WebSocket: null }), /pass a constructor/);
});

test('back-off: doubles from 50 ms to 5 s while no connection succeeds', () => {
  const { clock, newest, states } = start();

  for (let i = 0; i < 10; ++i) {
    newest().drop();
    clock.advance(states.at(-1).retryIn);
  }

  const delays = states.filter(({ state }) => state === 'waiting').map(({ retryIn }) => retryIn);
  assert.deepEqual(delays, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
});

test('back-off: is jittered over the whole range', () => {
  const { clock, newest, states } = start();
  clock.chance = 0.25;

  newest().drop();
  clock.advance(50);
  newest().drop();

  const delays = states.filter(({ state }) => state === 'waiting').map(({ retryIn }) => retryIn);
  assert.deepEqual(delays, [12.5, 25]);
});

test('back-off: goes on where a server greets and closes, and starts anew after a lasting connection', () => {
  const { clock, newest, states } = startOpen();
  newest().drop(1013);
  clock.advance(50);
  newest().welcome();
  newest().drop(1013);
  assert.equal(states.at(-1).retryIn, 100);

  clock.advance(100);
  newest().welcome();
  clock.advance(5000);
  newest().drop(1006);

  assert.equal(states.at(-1).retryIn, 50);
});

test('connecting: a server that does not welcome in time is given up', () => {
  const { clock, sockets, states } = start();

  clock.advance(10_000);

  assert.equal(sockets[0].isClosed, true);
  assert.equal(states.at(-1).state, 'waiting');
});

test('close codes: each range has its rule', () => {
  const rules = [
    1000, 1001, 1006, 1012, 1013, 3999, 4000, 4099, 4100, 4199, 4200, 4299, 4300, 4399, 4400,
  ].map(afterClose);

  assert.deepEqual(rules, [
    'backoff',
    'backoff',
    'backoff',
    'backoff',
    'backoff',
    'backoff',
    'now',
    'now',
    'backoff',
    'backoff',
    'credentials',
    'credentials',
    'never',
    'never',
    'backoff',
  ]);
});

test('close codes: 40xx comes back at once, but not twice in a row', () => {
  const { clock, newest, states } = startOpen();

  newest().drop(4000);
  assert.equal(states.at(-1).retryIn, 0);
  clock.advance(0);
  newest().welcome();
  newest().drop(4000);

  assert.equal(states.at(-1).retryIn, 100);
});

test('close codes: 43xx ends the client, with code and reason', async () => {
  const { client, clock, newest, sockets, states } = startOpen({ queue: 5 });
  const join = client.join('a');

  newest().drop(4300, 'go away');
  clock.advance(60_000);

  assert.deepEqual(states.at(-1), { state: 'closed', code: 4300, reason: 'go away' });
  assert.equal(sockets.length, 1);
  assert.equal(clock.running, 0);
  await assert.rejects(join, hasCode('unavailable'));
  await assert.rejects(client.publish('a', { text: 'x' }), hasCode('unavailable'));
});

test('credentials: without the callback a 42xx ends the client', async () => {
  const { client, newest } = startOpen();

  newest().drop(4201);
  await settled();

  assert.equal(client.state, 'closed');
});

test('credentials: the callback gives a new URL, and the rooms are joined there', async () => {
  const asked = [];
  const credentials = async (closed) => {
    asked.push(closed);
    return 'ws://host/?token=new';
  };
  const { client, clock, newest } = startOpen({ credentials });
  client.join('a').catch(() => {});

  newest().drop(4200, 'expired');
  await settled();
  clock.advance(50);
  newest().welcome();

  assert.deepEqual(asked, [{ code: 4200, reason: 'expired' }]);
  assert.equal(newest().url, 'ws://host/?token=new');
  assert.equal(newest().sent[0].roomId, 'a');
  assert.equal(client.state, 'open');
});

test('credentials: nothing is the same URL, false is stop, and a fault is an error event', async () => {
  const same = startOpen({ credentials: () => {} });
  const stop = startOpen({ credentials: () => false });
  const broken = startOpen({
    credentials: async () => {
      throw new Error('no token today');
    },
  });
  const errors = [];
  broken.client.on('error', (error) => errors.push(error.message));

  for (const { newest } of [same, stop, broken]) newest().drop(4200);
  await settled();
  same.clock.advance(50);

  assert.equal(same.newest().url, 'ws://host/');
  assert.equal(same.client.state, 'connecting');
  assert.equal(stop.client.state, 'closed');
  assert.equal(broken.client.state, 'closed');
  assert.deepEqual(errors, ['no token today']);
});

test('credentials: an answer that comes after close is ignored', async () => {
  let answer;
  const { client, clock, newest, sockets } = startOpen({
    credentials: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  newest().drop(4200);

  client.close();
  answer('ws://host/?token=late');
  await settled();
  clock.advance(60_000);

  assert.equal(client.state, 'closed');
  assert.equal(sockets.length, 1);
});

test('join: sends the room as it was given and resolves with joined', async () => {
  const { client, newest } = startOpen();

  const join = client.join(7);
  assert.deepEqual(newest().sent, [{ type: 'join', roomId: 7, id: 1 }]);
  newest().answer({ type: 'joined', roomId: 7, local: true });

  assert.deepEqual(await join, { type: 'joined', roomId: 7, local: true, id: 1 });
});

test('join: is sent with the welcome when it was asked for before', async () => {
  const { client, newest } = start();
  const join = client.join('a');
  assert.deepEqual(newest().sent, []);

  newest().welcome();
  newest().answer({ type: 'joined', roomId: 'a' });

  assert.equal((await join).roomId, 'a');
});

test('join: twice is once, and both listeners hear', async () => {
  const { client, newest } = startOpen();
  const heard = [];
  const first = client.join('a', ({ text }) => heard.push(`1 ${text}`));
  const second = client.join('a', ({ text }) => heard.push(`2 ${text}`));
  newest().answer({ type: 'joined', roomId: 'a' });
  await Promise.all([first, second, client.join('a')]);

  newest().say({ type: 'message', roomId: 'a', text: 'x' });

  assert.equal(newest().sent.length, 1);
  assert.deepEqual(heard, ['1 x', '2 x']);
});

test('join: a refusal rejects with its code, and the room is not asked for again', async () => {
  const { client, clock, newest } = startOpen();
  const join = client.join('secret');
  newest().answer({
    type: 'error',
    code: 'forbidden',
    message: 'You may not join this room.',
    roomId: 'secret',
  });
  await assert.rejects(join, { code: 'forbidden', message: 'You may not join this room.', roomId: 'secret' });

  newest().drop();
  clock.advance(50);
  newest().welcome();

  assert.deepEqual(newest().sent, []);
});

test('join: what is no room is refused here', async () => {
  const { client, newest } = startOpen();

  await assert.rejects(client.join(undefined), hasCode('bad_room'));
  await assert.rejects(client.publish(undefined, { text: 'to all?' }), hasCode('bad_room'));
  await assert.rejects(client.publish(null, { text: 'to all?' }), hasCode('bad_room'));

  assert.deepEqual(newest().sent, []);
});

test('rejoin: after a reconnect all rooms are joined again, before anything else', async () => {
  const { client, clock, newest } = startOpen();
  client.on('state', ({ state }) => {
    if (state === 'open') client.publish('a', { text: 'back' }).catch(() => {});
  });
  for (const room of ['a', 7]) {
    const join = client.join(room);
    newest().answer({ type: 'joined', roomId: room });
    await join;
  }

  newest().drop();
  clock.advance(50);
  newest().welcome();

  assert.deepEqual(
    newest().sent.map(({ type, roomId }) => [type, roomId]),
    [
      ['join', 'a'],
      ['join', 7],
      ['message', 'a'],
    ],
  );
});

test('rejoin: a join that was under way is repeated, and its promise holds', async () => {
  const { client, clock, newest } = startOpen();
  const join = client.join('a');

  newest().drop();
  clock.advance(50);
  newest().welcome();
  newest().answer({ type: 'joined', roomId: 'a' });

  assert.equal((await join).type, 'joined');
});

test('rejoin: a passing refusal is told and tried again, a lasting one is told and ends it', async () => {
  const { client, clock, newest } = startOpen();
  const errors = [];
  client.on('error', (error) => errors.push([error.code, error.roomId]));
  const join = client.join('a');
  newest().answer({ type: 'joined', roomId: 'a' });
  await join;
  newest().drop();
  clock.advance(50);
  newest().welcome();

  newest().answer({ type: 'error', code: 'unavailable', message: 'Later.', roomId: 'a' });
  clock.advance(50);
  newest().answer({ type: 'error', code: 'forbidden', message: 'No.', roomId: 'a' });
  clock.advance(10_000);

  assert.deepEqual(errors, [
    ['unavailable', 'a'],
    ['forbidden', 'a'],
  ]);
  assert.equal(newest().sent.filter(({ type }) => type === 'join').length, 2);
});

test('leave: resolves with left, and the room is not joined again', async () => {
  const { client, clock, newest } = startOpen();
  const join = client.join('a', () => assert.fail('left'));
  newest().answer({ type: 'joined', roomId: 'a' });
  await join;

  const leave = client.leave('a');
  newest().say({ type: 'message', roomId: 'a', text: 'late' });
  newest().answer({ type: 'left', roomId: 'a' });
  assert.equal((await leave).type, 'left');
  newest().drop();
  clock.advance(50);
  newest().welcome();

  assert.deepEqual(newest().sent, []);
});

test('leave: needs no connection, and ends a join that waits', async () => {
  const { client, newest } = start();
  const join = client.join('a');

  assert.equal((await client.leave('a')).type, 'left');
  await assert.rejects(join, hasCode('not_member'));
  newest().welcome();

  assert.deepEqual(newest().sent, []);
});

test('leave: resolves when the link breaks before the answer', async () => {
  const { client, newest } = startOpen();
  client.join('a').catch(() => {});
  const leave = client.leave('a');

  newest().drop();

  assert.deepEqual(await leave, { type: 'left', roomId: 'a' });
});

test('publish: sends what is given and nothing else', async () => {
  const { client, newest } = startOpen({ user: 'ann' });

  const acks = [
    client.publish('a', { text: 'hi' }),
    client.publish(7, { data: { n: 1 }, user: 'bob', key: 'k' }),
    client.broadcast({ text: 'all' }),
  ];

  assert.deepEqual(newest().sent, [
    { type: 'message', roomId: 'a', user: 'ann', text: 'hi', id: 1 },
    { type: 'message', roomId: 7, user: 'bob', data: { n: 1 }, key: 'k', id: 2 },
    { type: 'message', user: 'ann', text: 'all', id: 3 },
  ]);
  for (const id of [3, 1, 2]) newest().say({ type: 'ack', id });
  assert.deepEqual(
    (await Promise.all(acks)).map(({ id }) => id),
    [1, 2, 3],
  );
});

test('publish: an error with its id rejects it alone; one without an id is an event', async () => {
  const { client, newest } = startOpen();
  const errors = [];
  client.on('error', ({ code }) => errors.push(code));
  const first = client.publish('a', { text: '1' });
  const second = client.publish('a', { text: '2' });

  newest().say({ type: 'error', code: 'forbidden', message: 'No.', id: 1 });
  newest().say({ type: 'error', code: 'bad_request', message: 'What?' });
  newest().say({ type: 'ack', id: 2 });

  await assert.rejects(first, hasCode('forbidden'));
  assert.equal((await second).type, 'ack');
  assert.deepEqual(errors, ['bad_request']);
});

test('publish: a message from elsewhere with an id of its own is no answer', async () => {
  const { client, newest } = startOpen();
  const publish = client.publish('a', { text: '1' });

  newest().say({ type: 'message', roomId: 'a', id: 1, text: 'from elsewhere' });
  newest().say({ type: 'ack', id: 1 });

  assert.equal((await publish).type, 'ack');
});

test('publish: is uncertain when the link breaks, unavailable without a link', async () => {
  const { client, newest } = startOpen();
  const publish = client.publish('a', { text: '1' });

  newest().drop();

  await assert.rejects(publish, hasCode('uncertain'));
  await assert.rejects(client.publish('a', { text: '2' }), hasCode('unavailable'));
  await assert.rejects(client.ping(), hasCode('unavailable'));
});

test('publish: queued by option, up to its bound, and sent in order behind the joins', async () => {
  const { client, newest } = start({ queue: 2 });
  const queued = [client.publish('a', { text: '1' }), client.publish('a', { text: '2' })];
  await assert.rejects(client.publish('a', { text: '3' }), hasCode('unavailable'));
  client.join('a').catch(() => {});

  newest().welcome();
  for (const id of [1, 2, 3]) newest().say({ type: id === 1 ? 'joined' : 'ack', id, roomId: 'a' });

  assert.deepEqual(
    newest().sent.map(({ type, text }) => text ?? type),
    ['join', '1', '2'],
  );
  assert.deepEqual(
    (await Promise.all(queued)).map(({ id }) => id),
    [2, 3],
  );
});

test('publish: what is queued fails when the client is closed', async () => {
  const { client } = start({ queue: 2 });
  const queued = client.publish('a', { text: '1' });

  client.close();

  await assert.rejects(queued, hasCode('unavailable'));
});

test('messages: reach the listeners of their room, by number or text, and the general ones', async () => {
  const { client, newest } = startOpen();
  const heard = [];
  client.join(7, ({ text }) => heard.push(`7: ${text}`)).catch(() => {});
  client.on('message', ({ text }) => heard.push(`any: ${text}`));
  client.on('direct', ({ data }) => heard.push(`direct: ${data}`));

  newest().say({ type: 'message', roomId: '7', text: 'x' });
  newest().say({ type: 'message', text: 'everybody' });
  newest().say({ type: 'direct', data: 'psst' });

  assert.deepEqual(heard, ['7: x', 'any: x', 'any: everybody', 'direct: psst']);
});

test('messages: a listener that throws harms nobody and is reported', (t) => {
  const { client, newest } = startOpen();
  const heard = [];
  const report = t.mock.method(globalThis, 'queueMicrotask', () => {});
  client.on('message', () => {
    throw new Error('mine');
  });
  client.on('message', ({ text }) => heard.push(text));

  newest().say({ type: 'message', text: 'x' });

  assert.deepEqual(heard, ['x']);
  assert.throws(report.mock.calls[0].arguments[0], { message: 'mine' });
});

test('listeners: on gives back what takes it off', () => {
  const { client, newest } = startOpen();
  const off = client.on('message', () => assert.fail('off'));

  off();
  newest().say({ type: 'message', text: 'x' });
});

test('joined again: takes the local away', async () => {
  const { client, newest } = startOpen();
  const events = [];
  client.on('joined', ({ local }) => events.push(local));
  const join = client.join('a');
  newest().answer({ type: 'joined', roomId: 'a', local: true });
  await join;

  newest().say({ type: 'joined', roomId: 'a' });

  assert.deepEqual(events, [true, undefined]);
  assert.equal((await client.join('a')).local, undefined);
});

test('heartbeat: a quiet link is asked after 1.5 intervals, and any sign of life is an answer', () => {
  const { client, clock, newest } = startOpen();

  clock.advance(30_000);
  newest().say({ type: 'message', text: 'x' });
  clock.advance(37_499);
  assert.deepEqual(newest().sent, []);
  clock.advance(1);
  assert.deepEqual(newest().sent, [{ type: 'ping' }]);
  newest().say({ type: 'pong' });
  clock.advance(30_000);

  assert.equal(client.state, 'open');
  assert.equal(newest().sent.length, 1);
});

test('heartbeat: no answer within 10 s is a broken link', async () => {
  const { client, clock, sockets, states } = startOpen();
  const publish = client.publish('a', { text: 'lost?' });

  clock.advance(37_500 + 9_999);
  assert.equal(client.state, 'open');
  clock.advance(1);

  assert.equal(sockets[0].isClosed, true);
  assert.equal(states.at(-1).code, 4103);
  await assert.rejects(publish, hasCode('uncertain'));
  clock.advance(50);
  assert.equal(sockets.length, 2);
});

test('heartbeat: zero turns it off', () => {
  const { clock, newest } = start();
  newest().welcome({ heartbeat: 0 });

  clock.advance(3_600_000);

  assert.deepEqual(newest().sent, []);
});

test('ping: resolves with the time it took', async () => {
  const { client, clock, newest } = startOpen();

  const ping = client.ping();
  clock.advance(12);
  newest().answer({ type: 'pong' });

  assert.equal(await ping, 12);
});

test('moving: the client goes when the time has come', () => {
  const { clock, sockets, states } = startOpen();

  sockets[0].say({ type: 'moving', retryAfter: 3000 });
  clock.advance(2999);
  assert.equal(sockets.length, 1);
  clock.advance(1);

  assert.equal(sockets[0].isClosed, true);
  assert.equal(sockets.length, 2);
  assert.equal(states.at(-1).state, 'connecting');
});

test('moving: a server that closes earlier is left alone until then', () => {
  const { clock, sockets, states } = startOpen();
  sockets[0].say({ type: 'moving', retryAfter: 3000 });
  clock.advance(1000);

  sockets[0].drop(1012);

  assert.equal(states.at(-1).retryIn, 2000);
});

test('moving: waits for an answer that is on its way', async () => {
  const { client, clock, sockets } = startOpen();
  sockets[0].say({ type: 'moving', retryAfter: 100 });
  const publish = client.publish('a', { text: 'x' });
  clock.advance(100);
  assert.equal(sockets[0].isClosed, false);

  sockets[0].answer({ type: 'ack' });

  assert.equal((await publish).type, 'ack');
  assert.equal(sockets[0].isClosed, true);
});

test('close: ends everything and leaves no timer; connect begins again with the rooms', async () => {
  const { client, clock, newest, sockets, states } = startOpen();
  const join = client.join('a');
  newest().answer({ type: 'joined', roomId: 'a' });
  await join;
  const publish = client.publish('a', { text: 'x' });

  client.close();
  client.close();
  assert.deepEqual(
    states.map(({ state }) => state),
    ['open', 'closed'],
  );
  assert.equal(sockets[0].isClosed, true);
  assert.equal(clock.running, 0);
  await assert.rejects(publish, hasCode('uncertain'));

  client.connect();
  newest().welcome();
  assert.deepEqual(
    newest().sent.map(({ roomId }) => roomId),
    ['a'],
  );
});

test('connect: does not wait for the next try', () => {
  const { client, clock, newest, sockets } = startOpen();
  newest().drop();

  client.connect();
  client.connect();
  clock.advance(50);

  assert.equal(sockets.length, 2);
});
