import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';

import {
  accept,
  allow,
  change,
  CloseCode,
  drop,
  FanwireError,
  refuse,
  reject,
  Server,
} from 'fanwire';

import { Client, started, until } from './support.mjs';

const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (client, text, more = {}) =>
  client.say({ type: 'message', roomId: 'a', id: text, text, ...more });
const errors = (server) => server.lines.filter(({ level }) => level === 'error');

/** Answers by what is asked for, so that one server has them all. */
const connectAnswers = {
  nothing: () => {},
  yes: () => true,
  accept: () => accept(),
  user: () => accept({ user: { name: 'änn' } }),
  later: async () => {
    await tick();
  },
  laterUser: async () => {
    await tick();
    return accept({ user: 'ann' });
  },
  no: () => false,
  reject: () => reject(4302, 'not you'),
  rejectPlain: () => reject(),
  rejectLong: () => reject(CloseCode.forbidden, 'é'.repeat(100)),
  laterNo: async () => {
    await tick();
    return reject(1013);
  },
  throws: () => {
    throw new Error('broken');
  },
  rejects: () => Promise.reject(new Error('broken later')),
  throwsText: () => {
    throw 'just text';
  },
  wrong: () => 'yes',
  wrongNull: () => null,
  wrongKind: () => drop(),
  badCode: () => reject(999),
};
const onConnect = ({ query }) => connectAnswers[query]();

test('onConnect: what lets a client in', async (t) => {
  const server = await started(t, { onConnect });
  for (const answer of ['nothing', 'yes', 'accept', 'user', 'later', 'laterUser']) {
    const client = await Client.open(`${server.url}?${answer}`);
    assert.deepEqual(await client.ask({ type: 'ping' }), { type: 'pong' }, answer);
    await client.close();
  }
});

test('onConnect: what keeps a client out, and what it is told', async (t) => {
  const server = await started(t, { onConnect });
  const ends = async (answer) => (await Client.open(`${server.url}?${answer}`)).closed;
  assert.equal((await ends('no')).code, 4201);
  assert.deepEqual(await ends('reject'), { code: 4302, reason: 'not you' });
  assert.equal((await ends('rejectPlain')).code, 4201);
  assert.deepEqual(await ends('rejectLong'), { code: 4302, reason: 'é'.repeat(61) });
  assert.equal((await ends('laterNo')).code, 1013);
  assert.equal(errors(server).length, 0);
});

test('onConnect: a hook that fails keeps the client out, and is logged once', async (t) => {
  const server = await started(t, { onConnect });
  let logged = 0;
  for (const answer of [
    'throws',
    'rejects',
    'throwsText',
    'wrong',
    'wrongNull',
    'wrongKind',
    'badCode',
  ]) {
    const { code } = await (await Client.open(`${server.url}?${answer}`)).closed;
    assert.ok(code === 1011 || code === 1013 || code === 4201, `${answer}: ${code}`);
    assert.equal(errors(server).length, ++logged, answer);
    assert.match(errors(server).at(-1).line, /^onConnect failed.*client [0-9a-f]+-/);
  }
  assert.match(errors(server)[0].line, /Error: broken\n +at /);
});

test('onConnect: the request is told as it came', async (t) => {
  let request;
  const server = await started(t, { onConnect: (asked) => void (request = asked) });
  const client = await Client.open(`${server.url}some/p%C3%A4th?token=a%26b`, {
    protocol: 'fanwire.v1',
    headers: { 'X-One': ['1', '2'], Cookie: 'a=1', Authorization: 'Bearer ü' },
  });
  assert.match(request.client, /^[0-9a-f]+-[0-9a-f]+$/);
  assert.equal(request.path, '/some/p%C3%A4th');
  assert.equal(request.query, 'token=a%26b');
  assert.equal(request.subprotocol, 'fanwire.v1');
  assert.match(request.remoteAddress, /^127\.0\.0\.1:\d+$/);
  assert.equal(request.headers['x-one'], '1, 2');
  assert.equal(request.headers.cookie, 'a=1');
  assert.equal(request.headers.authorization, 'Bearer ü');
  assert.equal(request.headers.host, `127.0.0.1:${server.port}`);
  assert.equal(request.headers, request.headers);
  assert.equal((await client.next()).client, request.client);
});

test('onMessage: what becomes of a message', async (t) => {
  const answers = {
    nothing: () => {},
    yes: () => true,
    allow: () => allow(),
    later: async () => {
      await tick();
      return true;
    },
    change: () => change({ text: 'changed', data: { by: 'host' }, user: 'host' }),
    changeLater: async () => {
      await tick();
      return change({ data: 'ü' });
    },
    drop: () => drop(),
    no: () => false,
    refuse: () => refuse('limit_reached', 'not so much'),
    refusePlain: () => refuse(),
    refuseLater: async () => {
      await tick();
      return refuse('not_member');
    },
  };
  const server = await started(t, {
    onConnect: () => accept({ user: 'ann' }),
    onMessage: ({ text }) => answers[text](),
  });
  const client = await Client.in(server, 'a');
  const other = await Client.in(server, 'a');
  const published = async (text, fields) => {
    assert.deepEqual(await client.next(), { type: 'ack', id: text });
    for (const member of [client, other]) {
      const { timestamp, ...message } = await member.next();
      assert.ok(timestamp > 0);
      assert.deepEqual(message, { type: 'message', user: 'ann', text, ...fields });
    }
  };
  for (const text of ['nothing', 'yes', 'allow', 'later']) {
    say(client, text, { user: 'forged' });
    await published(text, {});
  }
  say(client, 'change');
  await published('change', { text: 'changed', data: { by: 'host' }, user: 'host' });
  say(client, 'changeLater');
  await published('changeLater', { data: 'ü' });
  say(client, 'drop');
  assert.deepEqual(await client.next(), { type: 'ack', id: 'drop', dropped: true });
  for (const [text, code] of Object.entries({
    no: 'forbidden',
    refuse: 'limit_reached',
    refusePlain: 'forbidden',
    refuseLater: 'not_member',
  })) {
    say(client, text);
    const error = await client.next();
    assert.deepEqual([error.type, error.id, error.roomId, error.code], ['error', text, 'a', code]);
    if (text === 'refuse') assert.equal(error.message, 'not so much');
  }
  assert.deepEqual(other.received, []);
});

test('onMessage: a hook that fails denies, and is logged once', async (t) => {
  const answers = [
    () => {
      throw new Error('broken');
    },
    () => Promise.reject(new Error('broken later')),
    () => 'yes',
    async () => reject(),
    () => refuse('no_such_code'),
    () => change({ data: 1n }),
  ];
  const server = await started(t, { onMessage: ({ text }) => answers[text]() });
  const client = await Client.in(server, 'a');
  for (const i of answers.keys()) {
    say(client, i);
    const error = await client.next();
    assert.deepEqual([error.type, error.id, error.code], ['error', i, 'unavailable']);
    assert.equal(errors(server).length, i + 1);
    assert.match(errors(server)[i].line, /^onMessage failed.*room a\)/);
  }
});

test('onMessage: the request is parsed only when asked', async (t) => {
  const requests = [];
  const server = await started(t, {
    onConnect: ({ query }) => accept(query === '' ? {} : { user: { id: query } }),
    onMessage: (message) => void requests.push(message),
  });
  const client = await Client.open(`${server.url}?7`);
  await client.ask({
    type: 'message',
    roomId: 'a',
    id: 1,
    text: 'ü😀\u2028',
    data: { deep: [1.5] },
  });
  const [message] = requests;
  assert.equal(message.room, 'a');
  assert.match(
    message.payload,
    /^\{"type":"message","user":\{"id":"7"\},"text":"ü😀\u2028","data":.*,"timestamp":\d+\}$/,
  );
  assert.equal(message.text, 'ü😀\u2028');
  assert.deepEqual(message.data, { deep: [1.5] });
  assert.equal(message.data, message.data);
  assert.deepEqual(message.user, { id: '7' });

  const nobody = await Client.open(server.url);
  await nobody.ask({ type: 'message', id: 2, data: null });
  assert.equal(requests[1].room, null);
  assert.equal(requests[1].user, undefined);
  assert.equal(requests[1].text, undefined);
  assert.equal(requests[1].data, null);
});

test('decisions take effect in the order of the messages, whenever they are made', async (t) => {
  const count = 200;
  const server = await started(t, {
    onMessage: ({ data }) => (data % 3 === 0 ? tick(data % 7).then(() => true) : true),
  });
  const client = await Client.in(server, 'a');
  for (let i = 0; i < count; ++i) client.say({ type: 'message', roomId: 'a', data: i });
  for (let i = 0; i < count; ++i) assert.equal((await client.next()).data, i);
});

test('a hook that hangs denies in time, and nobody else waits for it', async (t) => {
  const late = [];
  const server = await started(t, {
    hookTimeoutMs: 100,
    onMessage: ({ text }) =>
      text === 'hang' ? new Promise((resolve) => late.push(resolve)) : true,
  });
  const stuck = await Client.in(server, 'a');
  const other = await Client.in(server, 'b');
  say(stuck, 'hang');
  await other.ask({ type: 'message', roomId: 'b', text: 'quick' });
  assert.equal(late.length, 1);
  const error = await stuck.next();
  assert.deepEqual([error.type, error.code], ['error', 'timeout']);
  assert.equal(server.stats().hookTimeouts, 1);

  late[0](change({ text: 'too late' }));
  say(stuck, 'on time');
  assert.deepEqual(await stuck.next(), { type: 'ack', id: 'on time' });
  assert.equal((await stuck.next()).text, 'on time');
});

test('onConnect that hangs closes the client in time', async (t) => {
  const server = await started(t, { hookTimeoutMs: 100, onConnect: () => new Promise(() => {}) });
  const { code } = await (await Client.open(server.url)).closed;
  assert.ok(code === 1013 || code === 1011 || code === 4201, String(code));
});

test('answers for clients that have gone harm nothing', async (t) => {
  const waiting = [];
  const laterOneOf = (answers) => () => {
    const answer = answers[waiting.length % answers.length];
    return new Promise((resolve) => waiting.push(() => resolve(answer)));
  };
  const letIn = laterOneOf([true, false, accept({ user: 1 }), reject(), undefined]);
  const server = await started(t, {
    onConnect: ({ query }) => (query === 'wait' ? letIn() : true),
    onMessage: laterOneOf([change({ text: 'x' }), refuse(), drop(), true, false]),
  });
  const clients = await Promise.all(Array.from({ length: 10 }, () => Client.in(server, 'a')));
  const connecting = Array.from({ length: 10 }, () => new Client(`${server.url}?wait`));
  for (const client of clients) say(client, 'bye');
  await until(() => waiting.length === 20, 'all are at the hooks');
  for (const client of [...clients, ...connecting]) client.socket.terminate();
  await until(() => server.stats().connections === 0, 'all are gone');
  for (const answer of waiting) answer();
  const client = await Client.in(server, 'a');
  say(client, 'still there');
  await until(() => waiting.length === 21, 'a message is at the hook');
  waiting[20]();
  assert.equal((await client.next()).id, 'still there');
  assert.equal(errors(server).length, 0);
});

test('answers after the stop, and after a new start, harm nothing', async (t) => {
  const waiting = [];
  const server = await started(t, {
    onMessage: () => new Promise((resolve) => waiting.push(resolve)),
  });
  for (let run = 0; run < 3; ++run) {
    const client = await Client.in(server, 'a');
    say(client, 'first');
    await until(() => waiting.length === 1, 'the message is at the hook');
    await server.stop();
    if (run === 1) await server.start();
    waiting.pop()(true);
    await tick();
    if (run !== 1) await server.start();
  }
  assert.equal(errors(server).length, 0);
});

test('a server can be stopped from inside its hooks', async (t) => {
  for (const hook of ['onConnect', 'onMessage']) {
    for (const isAwaited of [false, true]) {
      let stopping;
      const server = await started(t, {
        [hook]: async () => {
          stopping = Promise.all([server.stop(), server.stop()]);
          if (isAwaited) await stopping;
          return true;
        },
      });
      const client = new Client(server.url);
      client.socket.on('open', () => client.say({ type: 'message', roomId: 'a', text: 'stop' }));
      await client.closed;
      await stopping;
      assert.equal(server.isRunning, false);
    }
  }
});

test('publishing and sending from inside a hook work', async (t) => {
  const server = await started(t, {
    onMessage: async ({ client, room, text }) => {
      await server.publish(room, { text: `${text}!` });
      await server.send(client, 'heard');
      return drop();
    },
  });
  const client = await Client.in(server, 'a');
  say(client, 'hello');
  const told = [await client.next(), await client.next(), await client.next()];
  assert.deepEqual(told.map(({ type }) => type).sort(), ['ack', 'direct', 'message']);
});

test('hooks run in the context in which they were registered', async (t) => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const server = new Server({ port: 0, log: () => {} });
  storage.run('connect', () =>
    server.onConnect(async () => {
      seen.push(storage.getStore());
      await tick();
      seen.push(storage.getStore());
    }),
  );
  storage.run('message', () => server.onMessage(() => void seen.push(storage.getStore())));
  t.after(() => server.stop());
  await storage.run('start', () => server.start());
  const client = await storage.run('client', () => Client.in(server, 'a'));
  await client.ask({ type: 'message', roomId: 'a', id: 1 });
  assert.deepEqual(seen, ['connect', 'connect', 'message']);
});

test('hooks are set only while the server is stopped', async (t) => {
  const server = await started(t);
  for (const name of ['onConnect', 'onMessage', 'onBusState']) {
    assert.throws(
      () => server[name](() => true),
      (error) => error instanceof FanwireError && error.code === 'bad_option',
    );
  }
  await server.stop();
  assert.equal(
    server.onConnect(() => false),
    server,
  );
  await server.start();
  assert.equal((await (await Client.open(server.url)).closed).code, 4201);
});

test('each hook is set once', () => {
  const server = new Server({ onConnect: () => true });
  server.onMessage(() => true).onBusState(() => {});
  for (const name of ['onConnect', 'onMessage', 'onBusState']) {
    assert.throws(
      () => server[name](() => true),
      (error) => error instanceof FanwireError && error.code === 'bad_option',
    );
  }
});

test('the state of a bus in memory never changes', async (t) => {
  const told = [];
  const server = await started(t, { onBusState: (notice) => told.push(notice) });
  await Client.in(server, 'a');
  assert.equal(server.stats().hookNotices, 0);
  await server.stop();
  assert.deepEqual(told, []);
});

test('many clients at many hooks are all answered', async (t) => {
  const server = await started(t, {
    onConnect: ({ query }) =>
      Number(query) % 2 === 0
        ? accept({ user: query })
        : tick().then(() => accept({ user: query })),
    onMessage: ({ data }) =>
      data % 2 === 0 ? true : Promise.resolve(data % 3 === 0 ? drop() : true),
  });
  const clients = await Promise.all(
    Array.from({ length: 100 }, (_, i) => Client.open(`${server.url}?${i}`)),
  );
  const per = 100;
  for (let i = 0; i < per; ++i)
    for (const client of clients) client.say({ type: 'message', roomId: 'x', id: i, data: i });
  for (const client of clients) {
    for (let i = 0; i < per; ++i) {
      const answer = await client.next();
      assert.equal(answer.id, i);
      assert.equal(answer.dropped, i % 2 === 1 && i % 3 === 0 ? true : undefined);
    }
  }
  assert.equal(server.stats().hookRequests, 0);
});
