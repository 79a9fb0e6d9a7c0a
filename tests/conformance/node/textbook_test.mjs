// Clients written for the textbook Node server (`ws` + `ioredis`), with the `ws` package, against fanwired.
// They know five words: join, joined, leave, message, and whatever JSON comes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../../support/server.mjs';
import { WsClient } from './ws_client.mjs';

let server;

before(async () => {
  server = await startServer();
});
after(() => server?.stop());

async function enter(...rooms) {
  const client = await WsClient.open(server.url);
  for (const roomId of rooms)
    assert.equal(await client.ask({ type: 'join', roomId }), JSON.stringify({ type: 'joined', roomId }));
  return client;
}

/** Fails if anything stands between now and the answer to a ping: what was silent has said nothing. */
async function isSilent(client) {
  assert.equal(await client.ask('{"type":"ping"}'), '{"type":"pong"}');
}

const closeAll = (...clients) => Promise.all(clients.map((client) => client.close()));
const withoutTime = (text) => text.replace(/,"timestamp":\d+}$/, '}');

test('textbook: a message reaches all members, in the bytes that JSON.stringify would give', async () => {
  const [ann, bob] = [await enter('exact'), await enter('exact')];
  const start = Date.now();

  const text = 'Good morning, „Bob“ \u2028 </script>';
  ann.send({ type: 'message', roomId: 'exact', user: 'Ann', text });

  const [heard, echoed] = [await bob.next(), await ann.nextText()];
  const { timestamp } = JSON.parse(echoed);
  assert.equal(
    echoed,
    JSON.stringify({ type: 'message', user: 'Ann', text, timestamp }),
  );
  assert.equal(heard.bytes.toString(), echoed);
  assert.equal(heard.isBinary, false);
  assert.ok(timestamp >= start && timestamp <= Date.now(), `${timestamp}`);
  await closeAll(ann, bob);
});

test('textbook: absent fields stay absent', async () => {
  const ann = await enter('absent');
  for (const [fields, expected] of [
    [{}, '{"type":"message"}'],
    [{ text: 'x' }, '{"type":"message","text":"x"}'],
    [{ user: 'u' }, '{"type":"message","user":"u"}'],
    [{ data: [1] }, '{"type":"message","data":[1]}'],
    [{ text: null }, '{"type":"message","text":null}'],
    [{ other: 1, text: 'x' }, '{"type":"message","text":"x"}'],
  ])
    assert.equal(withoutTime(await ann.ask({ type: 'message', roomId: 'absent', ...fields })), expected);
  await ann.close();
});

test('textbook: without roomId it goes to everybody, in a room or not', async () => {
  const clients = [await enter('here'), await enter('there'), await enter()];

  clients[2].send({ type: 'message', user: 'Eve', text: 'all of you' });

  for (const client of clients)
    assert.equal(withoutTime(await client.nextText()), '{"type":"message","user":"Eve","text":"all of you"}');
  await closeAll(...clients);
});

test('textbook: whoever is not in a room may write to it, and hears nothing of it', async () => {
  const [inside, outside] = [await enter('posted'), await enter()];

  outside.send({ type: 'message', roomId: 'posted', text: 'hello in there' });

  assert.equal((await inside.nextJson()).text, 'hello in there');
  await isSilent(outside);
  await closeAll(inside, outside);
});

test('textbook: leave is silent, and then the room is; leaving what one is not in is no error', async () => {
  const [ann, bob] = [await enter('left', 'kept'), await enter('left')];

  ann.send({ type: 'leave', roomId: 'left' });
  ann.send({ type: 'leave', roomId: 'never-joined' });
  ann.send({ type: 'leave', roomId: 'left' });
  await isSilent(ann);
  assert.equal(
    (await JSON.parse(await bob.ask({ type: 'message', roomId: 'left', text: 'anyone?' }))).text,
    'anyone?',
  );
  await isSilent(ann);

  assert.equal(JSON.parse(await ann.ask({ type: 'message', roomId: 'kept', text: 'here' })).text, 'here');
  await closeAll(ann, bob);
});

test('textbook: joining twice is joining once', async () => {
  const ann = await enter('twice', 'twice');

  assert.equal(JSON.parse(await ann.ask({ type: 'message', roomId: 'twice', text: 'once' })).text, 'once');

  await isSilent(ann);
  await ann.close();
});

test('textbook: 7 and "7" are one room, each told back as it was given', async () => {
  const [number, text] = [await enter(7), await enter('7')];

  number.send({ type: 'message', roomId: '7', text: 'to the text' });
  for (const client of [number, text]) assert.equal((await client.nextJson()).text, 'to the text');
  text.send({ type: 'message', roomId: 7, text: 'to the number' });
  for (const client of [number, text]) assert.equal((await client.nextJson()).text, 'to the number');
  await closeAll(number, text);
});

test('textbook: a burst of join, message and leave takes effect in its order', async () => {
  const ann = await enter();
  const burst = [
    { type: 'join', roomId: 'burst' },
    { type: 'message', roomId: 'burst', text: 'in' },
    { type: 'leave', roomId: 'burst' },
    { type: 'message', roomId: 'burst', text: 'out' },
    { type: 'join', roomId: 'burst' },
    { type: 'message', roomId: 'burst', text: 'again' },
  ];

  for (const request of burst) ann.send(request);

  assert.equal(await ann.nextText(), '{"type":"joined","roomId":"burst"}');
  assert.equal((await ann.nextJson()).text, 'in');
  assert.equal(await ann.nextText(), '{"type":"joined","roomId":"burst"}');
  assert.equal((await ann.nextJson()).text, 'again');
  await ann.close();
});

test('textbook: 1,000 messages arrive in order, and two senders are heard in one order by all', async () => {
  const members = await Promise.all([1, 2, 3].map(() => enter('order')));
  const count = 1000;

  for (let i = 0; i < count; ++i) {
    members[0].send({ type: 'message', roomId: 'order', user: 'a', data: i });
    members[1].send({ type: 'message', roomId: 'order', user: 'b', data: i });
  }

  const heard = [];
  for (const member of members) {
    const all = [];
    while (all.length < 2 * count) all.push(await member.nextText());
    heard.push(all.map((text) => JSON.parse(text)));
  }
  for (const user of ['a', 'b']) {
    assert.deepEqual(
      heard[0].filter((m) => m.user === user).map((m) => m.data),
      Array.from({ length: count }, (_, i) => i),
    );
  }
  assert.deepEqual(heard[1], heard[0]);
  assert.deepEqual(heard[2], heard[0]);
  await closeAll(...members);
});

test('textbook: 100 members hear each other; those who went are forgotten, however they went', async () => {
  const members = await Promise.all(Array.from({ length: 100 }, () => enter('crowd')));
  for (const [i, member] of members.entries()) member.send({ type: 'message', roomId: 'crowd', data: i });
  for (const member of members) {
    const heard = [];
    while (heard.length < 100) heard.push((await member.nextJson()).data);
    assert.deepEqual(
      heard.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i),
    );
  }

  const [gone, stayed] = [members.slice(0, 50), members.slice(50)];
  for (const [i, member] of gone.entries()) {
    if (i % 2 === 0) member.ws.close();
    else member.ws.terminate();
  }
  await Promise.all(gone.map(({ closed }) => closed));
  stayed[0].send({ type: 'message', roomId: 'crowd', text: 'who is left?' });

  for (const member of stayed) assert.equal((await member.nextJson()).text, 'who is left?');
  await closeAll(...stayed);
});

test('textbook: a client that reads nothing does not hold up the others', async () => {
  const [deaf, ann] = [await enter('held'), await enter('held')];
  deaf.ws.pause();

  const text = 'x'.repeat(50_000);
  for (let i = 0; i < 100; ++i)
    assert.equal(JSON.parse(await ann.ask({ type: 'message', roomId: 'held', text, data: i })).data, i);

  deaf.ws.terminate();
  await ann.close();
});

test('textbook: 64 KiB are taken; one byte more is closed with 1009', async () => {
  const ann = await enter('large');
  const head = '{"type":"message","roomId":"large","text":"';
  const fits = head + 'x'.repeat(65536 - head.length - 2) + '"}';

  assert.equal(Buffer.byteLength(fits), 65536);
  assert.equal(JSON.parse(await ann.ask(fits)).text.length, 65536 - head.length - 2);
  ann.send(fits.replace('"large"', '"large" '));

  assert.equal((await ann.closed).code, 1009);
});

test('textbook: the server ends in order while clients talk', async () => {
  const own = await startServer();
  const clients = await Promise.all([1, 2, 3].map(() => WsClient.open(own.url)));
  for (const client of clients) assert.match(await client.ask({ type: 'join', roomId: 'end' }), /joined/);

  const exit = own.stop();

  for (const { closed } of clients) assert.ok([1001, 1012].includes((await closed).code));
  assert.equal(await exit, 0);
});

test('textbook: nothing of this is an error in the log', () => {
  assert.doesNotMatch(server.log, /error|assert/i);
});
