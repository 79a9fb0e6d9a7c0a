// Room names that textbook clients may come up with, and what is none.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../../support/server.mjs';
import { WsClient } from './ws_client.mjs';

let server;
let ann;
let bob;

before(async () => {
  server = await startServer();
  [ann, bob] = [await WsClient.open(server.url), await WsClient.open(server.url)];
});
after(async () => {
  await Promise.all([ann?.close(), bob?.close()]);
  await server?.stop();
});

const unusual = {
  'a space': 'a b',
  'spaces around': ' a ',
  'a slash': 'a/b',
  dots: 'a.b.c',
  segments: 'app:feature:room:1',
  'a star': '*',
  stars: '**',
  'a star in a segment': 'chat:*',
  'a hash': '#',
  plus: 'a+b',
  greater: '>',
  braces: '{a}',
  percent: '%7Ba%7D',
  quotes: '"quoted"',
  backslashes: 'a\\b\\',
  'a line break': 'a\nb',
  'a null character': 'a\u0000b',
  'a tab': '\t',
  DEL: '\u007f',
  umlauts: 'Grüße',
  decomposed: 'Gru\u0308ße',
  Chinese: '聊天室',
  Arabic: 'غرفة',
  emoji: '👩‍👩‍👧‍👦',
  'highest point': '\u{10ffff}',
  'line separator': '\u2028',
  'byte order mark': '\ufeff',
  markup: '<img src=x onerror=alert(1)>',
  words: '__proto__',
  null: 'null',
  'a number with a sign': '-7',
  'a number with zeros': '007',
  'a real number': '7.0',
  '256 bytes': 'x'.repeat(256),
  '256 bytes of é': 'é'.repeat(128),
};

for (const [what, roomId] of Object.entries(unusual)) {
  test(`rooms: ${what}`, async () => {
    for (const client of [ann, bob]) {
      assert.deepEqual(JSON.parse(await client.ask({ type: 'join', roomId })), { type: 'joined', roomId });
    }

    ann.send({ type: 'message', roomId, text: what });

    for (const client of [ann, bob]) assert.equal((await client.nextJson()).text, what);
    for (const client of [ann, bob]) client.send({ type: 'leave', roomId });
  });
}

test('rooms: a star is only a star, and names are compared by their bytes', async () => {
  for (const roomId of ['*', '**', 'chat:*', 'Grüße', 'a'])
    assert.match(await ann.ask({ type: 'join', roomId }), /joined/);

  for (const roomId of ['chat', 'chat:1', 'Gru\u0308ße', 'A', 'a ', 'a:b'])
    bob.send({ type: 'message', roomId, text: 'elsewhere' });
  bob.send({ type: 'message', roomId: 'chat:*', text: 'here' });

  assert.equal((await ann.nextJson()).text, 'here');
  for (const roomId of ['*', '**', 'chat:*', 'Grüße', 'a']) ann.send({ type: 'leave', roomId });
});

test('rooms: escapes stand for their characters', async () => {
  assert.deepEqual(JSON.parse(await ann.ask('{"type":"join","roomId":"\\u0061\\/\\ud83d\\ude00\\n"}')), {
    type: 'joined',
    roomId: 'a/😀\n',
  });

  bob.send({ type: 'message', roomId: 'a/😀\n', text: 'same' });

  assert.equal((await ann.nextJson()).text, 'same');
  ann.send({ type: 'leave', roomId: 'a/😀\n' });
});

test('rooms: a long integer is its digits', async () => {
  assert.equal(
    await ann.ask('{"type":"join","roomId":123456789012345678901234567890}'),
    '{"type":"joined","roomId":123456789012345678901234567890}',
  );

  bob.send('{"type":"message","roomId":"123456789012345678901234567890","text":"exact"}');

  assert.equal((await ann.nextJson()).text, 'exact');
  ann.send('{"type":"leave","roomId":123456789012345678901234567890}');
});

const none = {
  nothing: '""',
  null: 'null',
  true: 'true',
  false: 'false',
  'a list': '[]',
  'an object': '{"a":1}',
  'a real number': '7.0',
  'an exponent': '7e0',
  'a negative number': '-7',
  'an empty segment': '"a::b"',
  'an empty first segment': '":a"',
  'an empty last segment': '"a:"',
  'a colon': '":"',
  '257 bytes': `"${'x'.repeat(257)}"`,
  '258 bytes of é': `"${'é'.repeat(129)}"`,
  '257 bytes, escaped': `"${'\\u0061'.repeat(257)}"`,
  '257 digits': '1'.repeat(257),
  'half a surrogate pair': '"\\ud800"',
  'the other half': '"\\udc00 a"',
};

for (const [what, roomId] of Object.entries(none)) {
  test(`rooms: none is ${what}, and it is no broadcast`, async () => {
    for (const type of ['join', 'leave', 'message']) {
      const {
        type: answer,
        code,
        message,
      } = JSON.parse(await ann.ask(`{"type":"${type}","roomId":${roomId},"text":"to all?"}`));
      assert.deepEqual([answer, code], ['error', 'bad_room'], type);
      assert.match(message, /\w+ \w+/, 'a sentence');
    }
    assert.equal(await bob.ask('{"type":"ping"}'), '{"type":"pong"}');
  });
}

test('rooms: a join or leave without a room is refused', async () => {
  for (const type of ['join', 'leave']) assert.equal(JSON.parse(await ann.ask({ type })).code, 'bad_room');
});
