// What is no JSON gets an error and no more; what is JSON passes byte for byte.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../../support/server.mjs';
import { WsClient } from './ws_client.mjs';

let server;
let ann;

before(async () => {
  server = await startServer();
  ann = await WsClient.open(server.url);
  await ann.ask({ type: 'join', roomId: 'r' });
});
after(async () => {
  await ann?.close();
  await server?.stop();
});

const errorFor = async (message) => {
  const { type, code, message: sentence, ...rest } = JSON.parse(await ann.ask(message));
  assert.equal(type, 'error', String(message));
  assert.match(sentence, /\w+ \w+/, 'a sentence');
  return { code, ...rest };
};

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

const broken = [
  '',
  ' ',
  '\n',
  'hello',
  'null',
  'true',
  '7',
  '"text"',
  '[]',
  '[{"type":"ping"}]',
  '{',
  '}',
  '{}{}',
  '{"type":"ping"} x',
  '{"type":"ping"}{"type":"ping"}',
  '{"type"}',
  '{"type":}',
  '{"type":"ping",}',
  '{,"type":"ping"}',
  '{"type":"ping" "id":1}',
  "{'type':'ping'}",
  '{type:"ping"}',
  '{"type":"ping"',
  '{"type":"ping',
  '{"type":"pi\nng"}',
  '{"type":"ping","x":"\u0001"}',
  '{"type":"ping","x":"\\x41"}',
  '{"type":"ping","x":"\\u12g4"}',
  '{"type":"ping","x":"\\u12"}',
  '{"type":"ping","x":"\\"}',
  '{"type":"ping","x":01}',
  '{"type":"ping","x":+1}',
  '{"type":"ping","x":.5}',
  '{"type":"ping","x":1.}',
  '{"type":"ping","x":1e}',
  '{"type":"ping","x":-}',
  '{"type":"ping","x":0x1}',
  '{"type":"ping","x":NaN}',
  '{"type":"ping","x":Infinity}',
  '{"type":"ping","x":undefined}',
  '{"type":"ping","x":nul}',
  '{"type":"ping","x":nulll}',
  '{"type":"ping","x":True}',
  '{"type":"ping","x":[1,]}',
  '{"type":"ping","x":[1 2]}',
  '{"type":"ping","x":[}',
  '{"type":"ping","x":{]}',
  '{"type":"ping"/* no */}',
  '// no\n{"type":"ping"}',
  '\ufeff{"type":"ping"}',
  '{"type":"ping"}\u0000',
  '\u00a0{"type":"ping"}',
  '{"type":"ping","x":"a""b"}',
  '{1:2}',
  '{null:1}',
  '{"a":1,"a"}',
];

test('json: what is broken gets bad_request, and the connection lives', async () => {
  for (const message of broken)
    assert.deepEqual(await errorFor(message), { code: 'bad_request' }, JSON.stringify(message));
  assert.equal(await ann.ask('{"type":"ping"}'), '{"type":"pong"}');
});

test('json: bytes that are no text get bad_request too', async () => {
  for (const bytes of [
    Buffer.of(0xff, 0xfe),
    Buffer.from('{"type":"ping","x":"é"}', 'latin1'),
    Buffer.alloc(1000),
    Buffer.from('{"type":"ping"}', 'utf16le'),
  ]) {
    assert.equal((await errorFor(bytes)).code, 'bad_request');
  }
});

test('json: binary messages that hold a request are understood, and answered as text', async () => {
  ann.send(Buffer.from('{"type":"message","roomId":"r","text":"ö"}'));

  const { bytes, isBinary } = await ann.next();

  assert.equal(JSON.parse(bytes).text, 'ö');
  assert.equal(isBinary, false);
});

test('json: an unknown type, a missing one and a wrong one are told apart', async () => {
  for (const type of ['nope', '', 'Join', 'joined', 'ack', 'constructor'])
    assert.equal((await errorFor({ type })).code, 'unknown_type', type);
  for (const type of ['null', '7', '["ping"]', '{"a":"ping"}', 'true'])
    assert.equal((await errorFor(`{"type":${type}}`)).code, 'bad_request', type);
  assert.equal((await errorFor('{}')).code, 'bad_request');
});

test('json: white space is allowed where JSON allows it, and escapes in names count', async () => {
  assert.equal(await ann.ask(' \t\r\n{ "type" :\n"ping"\t} \r\n'), '{"type":"pong"}');
  assert.equal(await ann.ask('{"t\\u0079pe":"p\\u0069ng"}'), '{"type":"pong"}');
});

test('json: depth is allowed to the limit, and refused one beyond it', async () => {
  const of = (value) => `{"type":"message","roomId":"r","data":${value}}`;

  assert.ok((await ann.ask(of(nested(31)))).includes(`"data":${nested(31)},`));
  assert.equal((await errorFor(of(nested(32)))).code, 'bad_request');
  assert.equal((await errorFor(of('['.repeat(30_000)))).code, 'bad_request');
  assert.equal((await errorFor('{"a":'.repeat(10_000))).code, 'bad_request');
});

const values = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1.0',
  '1.50',
  '1E+2',
  '1e400',
  '-1e-400',
  '123456789012345678901234567890',
  '0.1000000000000000055511151231257827',
  '9007199254740993',
  '""',
  '"text"',
  '"\\u00e9"',
  '"é"',
  '"\\/"',
  '"/"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"\\u0000"',
  '"\\b\\f\\n\\r\\t\\"\\\\"',
  '"\u2028\u007f"',
  '"\ufeff"',
  '[]',
  '{}',
  '[ ]',
  '{ }',
  '[1,2,3]',
  '[1 , 2\t,\n3 ]',
  '{"a":1,"a":2}',
  '{ "b" : 1 , "a" : { "b" : [ ] } }',
  '{"":""}',
  '{"__proto__":1}',
  '[[[[[[]]]]]]',
  `"${'x'.repeat(20_000)}"`,
];

for (const field of ['user', 'text', 'data']) {
  test(`json: ${field} passes byte for byte`, async () => {
    for (const value of values) {
      for (const message of [
        `{"type":"message","roomId":"r","${field}":${value}}`,
        `{"${field}" : ${value} , "roomId":"r","type":"message"}`,
      ]) {
        const answer = await ann.ask(message);
        assert.equal(answer.replace(/,"timestamp":\d+}$/, '}'), `{"type":"message","${field}":${value}}`);
      }
    }
  });
}

test('json: the fields come in their order, whatever the order of the request', async () => {
  const answer = await ann.ask(
    '{"data":{"d":1},"text":"t","roomId":"r","user":"u","timestamp":1,"type":"message","extra":[]}',
  );

  assert.match(answer, /^{"type":"message","user":"u","text":"t","data":{"d":1},"timestamp":\d{13}}$/);
});

test('json: of a name that comes twice the last counts, as with JSON.parse', async () => {
  const answer = await ann.ask(
    '{"type":"ping","type":"message","roomId":"nowhere","roomId":"r","text":1,"te\\u0078t":2}',
  );

  assert.match(answer, /^{"type":"message","text":2,"timestamp":\d+}$/);
});

test('json: an id is told back as it was written, with whatever answers', async () => {
  for (const id of [
    '1',
    '0',
    '-1',
    '123456789012345678901234567890',
    '"a"',
    '"\\u0061"',
    '""',
    `"${'x'.repeat(64)}"`,
    `"${'é'.repeat(32)}"`,
  ]) {
    assert.equal(await ann.ask(`{"type":"ping","id":${id}}`), `{"type":"pong","id":${id}}`);
  }
  const [, ack] = [
    ann.send('{"type":"message","roomId":"nobody-is-here","text":"x","id":"m"}'),
    await ann.nextJson(),
  ];
  assert.deepEqual(ack, { type: 'ack', id: 'm' });
  assert.deepEqual(JSON.parse(await ann.ask('{"type":"join","roomId":"with-id","id":5}')), {
    type: 'joined',
    roomId: 'with-id',
    id: 5,
  });
  assert.deepEqual(JSON.parse(await ann.ask('{"type":"leave","roomId":"with-id","id":6}')), {
    type: 'left',
    roomId: 'with-id',
    id: 6,
  });
  assert.deepEqual(await errorFor('{"type":"join","roomId":"a::b","id":7}'), {
    code: 'bad_room',
    roomId: 'a::b',
    id: 7,
  });
  assert.deepEqual(await errorFor('{"type":"nope","id":"x"}'), { code: 'unknown_type', id: 'x' });
});

test('json: what cannot be an id is refused', async () => {
  for (const id of [
    'null',
    'true',
    '1.5',
    '1e3',
    '[]',
    '{}',
    `"${'x'.repeat(65)}"`,
    `"${'é'.repeat(33)}"`,
    '1'.repeat(65),
  ]) {
    assert.equal((await errorFor(`{"type":"ping","id":${id}}`)).code, 'bad_request', id);
  }
});

test('json: a key of 64 bytes is taken, a longer one and other kinds are not', async () => {
  const answered = async (key) => {
    ann.send(`{"type":"message","roomId":"nobody-is-here","id":1,"key":${key}}`);
    return ann.nextJson();
  };
  assert.equal((await answered(`"${'k'.repeat(64)}"`)).type, 'ack');
  for (const key of [`"${'k'.repeat(65)}"`, '""', '7', 'null', '[]'])
    assert.equal((await answered(key)).code, 'bad_request', key);
});
