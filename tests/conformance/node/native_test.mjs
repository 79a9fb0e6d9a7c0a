// The native protocol as the `ws` package sees it: both dialects, patterns, subprotocols.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../../support/server.mjs';
import { handshake, RawClient } from './raw_client.mjs';
import { WsClient } from './ws_client.mjs';

let server;

before(async () => {
  server = await startServer();
});
after(() => server?.stop());

const openClassic = () => WsClient.open(server.url);

async function openV1() {
  const client = await WsClient.open(server.url, 'fanwire.v1');
  return [client, await client.nextJson()];
}

test('native: an unknown subprotocol is ignored; among others, ours is chosen', async () => {
  for (const [offered, expected] of [
    ['chat', undefined],
    ['fanwire.v9', undefined],
    ['FANWIRE.V1', undefined],
    ['chat, fanwire.v1', 'fanwire.v1'],
    ['fanwire.v1,chat', 'fanwire.v1'],
  ]) {
    const client = new RawClient(server.port);
    client.send(handshake({ headers: { 'Sec-WebSocket-Protocol': offered } }));
    const { status, headers } = await client.readHead();
    assert.deepEqual([status, headers['sec-websocket-protocol']], [101, expected], offered);
    client.end();
  }
});

test('native: v1 is welcomed with what it needs to know; classic is not', async () => {
  const [client, welcome] = await openV1();
  const classic = await openClassic();

  assert.equal(welcome.type, 'welcome');
  assert.ok(welcome.client.length > 0);
  assert.equal(welcome.heartbeat, 25_000);
  assert.ok(welcome.limits.maxMessageBytes === 65536, JSON.stringify(welcome));
  assert.equal(await classic.ask('{"type":"ping"}'), '{"type":"pong"}');
  await Promise.all([client.close(), classic.close()]);
});

test('native: v1 sees the room of a message, classic the bytes alone, and they share the room', async () => {
  const [[v1], classic] = [await openV1(), await openClassic()];
  assert.equal(await v1.ask('{"type":"join","roomId":"both"}'), '{"type":"joined","roomId":"both"}');
  await classic.ask('{"type":"join","roomId":"both"}');

  classic.send('{"type":"message","roomId":"both","text":"a"}');
  const heard = [await v1.nextText(), await classic.nextText()].map((text) =>
    text.replace(/,"timestamp":\d+}/, '}'),
  );

  assert.deepEqual(heard, ['{"type":"message","roomId":"both","text":"a"}', '{"type":"message","text":"a"}']);
  assert.equal(await v1.ask('{"type":"leave","roomId":"both"}'), '{"type":"left","roomId":"both"}');
  await Promise.all([v1.close(), classic.close()]);
});

test('native: a pattern hears the rooms that it fits, and no others; one copy each', async () => {
  const cases = [
    ['p:*', ['p:a', 'p:b'], ['p', 'p:a:b', 'q:a']],
    ['p:*:c', ['p:a:c'], ['p:c', 'p:a:b']],
    ['p:**', ['p:a', 'p:a:b', 'p:a:b:c'], ['q:a']],
  ];
  for (const [pattern, inside, outside] of cases) {
    const [listener] = await openV1();
    const writer = await openClassic();
    assert.equal(await listener.ask({ type: 'join', pattern }), JSON.stringify({ type: 'joined', pattern }));
    assert.match(await listener.ask({ type: 'join', roomId: inside[0] }), /joined/);

    for (const roomId of [...outside, ...inside]) writer.send({ type: 'message', roomId, text: 'x' });

    for (const roomId of inside) assert.equal((await listener.nextJson()).roomId, roomId, pattern);
    assert.equal(await listener.ask({ type: 'leave', pattern }), JSON.stringify({ type: 'left', pattern }));
    assert.equal(await listener.ask('{"type":"ping"}'), '{"type":"pong"}');
    await Promise.all([listener.close(), writer.close()]);
  }
});

test('native: each request is answered once, with its id', async () => {
  const [client] = await openV1();
  const requests = [
    '{"type":"join","roomId":"ids","id":1}',
    '{"type":"message","roomId":"ids","text":"x","id":"two"}',
    '{"type":"nope","id":3}',
    '{"type":"ping","id":4}',
    '{"type":"leave","roomId":"ids","id":5}',
    '{"type":"message","roomId":"ids","text":"y","id":6}',
  ];

  for (const request of requests) client.send(request);

  const answers = [];
  while (answers.length < 6) {
    const event = await client.nextJson();
    if (event.type !== 'message') answers.push([event.type, event.id]);
  }
  assert.deepEqual(answers.map(([, id]) => id).sort(), [1, 3, 4, 5, 6, 'two'].sort());
  assert.deepEqual(Object.fromEntries(answers.map(([type, id]) => [id, type])), {
    1: 'joined',
    two: 'ack',
    3: 'error',
    4: 'pong',
    5: 'left',
    6: 'ack',
  });
  assert.equal(await client.ask('{"type":"ping"}'), '{"type":"pong"}');
  await client.close();
});

test('native: a client may be in 1,000 rooms, and in no more', async () => {
  const [client] = await openV1();
  for (let i = 0; i < 1000; ++i) client.send({ type: 'join', roomId: `many:${i}` });
  for (let i = 0; i < 1000; ++i) assert.equal((await client.nextJson()).type, 'joined');

  assert.equal(
    JSON.parse(await client.ask('{"type":"join","roomId":"many:1000","id":1}')).code,
    'limit_reached',
  );
  assert.equal(JSON.parse(await client.ask('{"type":"join","roomId":"many:7"}')).type, 'joined');
  assert.equal(JSON.parse(await client.ask('{"type":"leave","roomId":"many:7"}')).type, 'left');
  assert.equal(JSON.parse(await client.ask('{"type":"join","roomId":"many:1000"}')).type, 'joined');
  await client.close();
});

test('native: a peer that answers no ping is closed with 4103, one that answers stays', async (t) => {
  const own = await startServer({ args: ['--heartbeat-interval', '100ms', '--heartbeat-timeout', '200ms'] });
  t.after(() => own.stop());
  const quiet = await RawClient.open(own.port);
  const alive = await WsClient.open(own.url);
  let pings = 0;
  alive.ws.on('ping', () => {
    ++pings;
  });

  assert.equal(await quiet.readCloseCode(), 4103);
  assert.ok(await quiet.hasEnded());

  assert.ok(pings > 0);
  assert.equal(await alive.ask('{"type":"ping"}'), '{"type":"pong"}');
  await alive.close();
});

test('native: HTTP on the same port says alive and ready, and what it does not serve', async () => {
  const status = async (path, method = 'GET') =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`, { method })).status;

  assert.equal(await status('/healthz'), 200);
  assert.equal(await status('/readyz'), 200);
  assert.equal(await status('/demo'), 200);
  for (const file of ['demo.js', 'fanwire.js', 'style.css', 'icon.svg'])
    assert.equal(await status(`/demo/${file}`), 200, file);
  assert.equal(await status('/demo/nothing.js'), 404);
  assert.equal(await status('/anything'), 426);
  assert.equal(await status('/demo', 'POST'), 405);
});
