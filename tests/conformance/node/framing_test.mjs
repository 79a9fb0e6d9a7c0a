// RFC 6455 below what a well-behaved client can send: raw bytes against the echo server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pollers, startEchoServer } from '../../support/server.mjs';
import { acceptOf, closeFrame, frame, handshake, opcodes, RawClient } from './raw_client.mjs';
import { WsClient } from './ws_client.mjs';

for (const poller of pollers)
  describe(`on ${poller}`, () => {
    let server;

    before(async () => {
      server = await startEchoServer(poller);
    });
    after(() => server?.stop());

    /** Sends the frames and gives the code that the server closes with, which then ends the connection. */
    async function codeFor(...frames) {
      const client = await RawClient.open(server.port);
      client.send(Buffer.concat(frames));
      const code = await client.readCloseCode();
      if (code !== null) client.send(closeFrame(1000));
      assert.ok(await client.hasEnded(), 'the server ends the connection');
      return code;
    }

    async function checkAll(expected, cases) {
      for (const [what, ...frames] of cases) assert.equal(await codeFor(...frames), expected, what);
    }

    const { continuation, text, binary, close, ping, pong } = opcodes;
    const hex = (digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

    test('handshake: the answer proves the key (4.2.2)', async () => {
      for (const key of ['dGhlIHNhbXBsZSBub25jZQ==', 'AAAAAAAAAAAAAAAAAAAAAA==']) {
        const client = new RawClient(server.port);
        client.send(handshake({ headers: { 'Sec-WebSocket-Key': key } }));
        const { status, headers } = await client.readHead();

        assert.equal(status, 101);
        assert.equal(headers['sec-websocket-accept'], acceptOf(key));
        assert.equal(headers.upgrade.toLowerCase(), 'websocket');
        assert.equal(headers.connection.toLowerCase(), 'upgrade');
        assert.equal(headers['sec-websocket-extensions'], undefined);
        client.end();
      }
    });

    test('handshake: names and values in any case, lists with other tokens (4.2.1)', async () => {
      for (const headers of [
        { Upgrade: 'WebSocket', Connection: 'upgrade' },
        { Connection: 'keep-alive, Upgrade' },
        { Connection: 'UPGRADE,close' },
        { Upgrade: null, uPGRADE: 'WEBSOCKET' },
      ]) {
        const client = new RawClient(server.port);
        client.send(handshake({ headers }));
        assert.equal((await client.readHead()).status, 101, JSON.stringify(headers));
        client.end();
      }
    });

    test('handshake: what is no WebSocket request gets an HTTP error (4.2.1, 4.2.2)', async () => {
      const cases = [
        ['without a key', { headers: { 'Sec-WebSocket-Key': null } }],
        ['with a short key', { headers: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }],
        ['with POST', { method: 'POST', headers: { 'Content-Length': '0' } }],
        ['in HTTP/1.0', { version: 'HTTP/1.0' }],
        ['without Upgrade', { headers: { Upgrade: null } }],
        ['without Connection: Upgrade', { headers: { Connection: 'keep-alive' } }],
        ['without a version', { headers: { 'Sec-WebSocket-Version': null } }],
        ['to h2c', { headers: { Upgrade: 'h2c' } }],
      ];
      for (const [what, request] of cases) {
        const client = new RawClient(server.port);
        client.send(handshake(request));
        const head = await client.readHead();
        assert.ok(head && head.status >= 400 && head.status < 500, `${what}: ${head?.status}`);
        client.end();
      }
    });

    test('handshake: another version is told ours (4.4)', async () => {
      const client = new RawClient(server.port);
      client.send(handshake({ headers: { 'Sec-WebSocket-Version': '8' } }));

      const { status, headers } = await client.readHead();

      assert.equal(status, 426);
      assert.equal(headers['sec-websocket-version'], '13');
      client.end();
    });

    test('handshake: what comes in the packet of the request is not lost', async () => {
      const client = new RawClient(server.port);
      client.send(
        Buffer.concat([Buffer.from(handshake()), frame(text, 'early'), frame(text, 'bird').subarray(0, 5)]),
      );

      assert.equal((await client.readHead()).status, 101);
      assert.equal((await client.readFrame()).payload.toString(), 'early');
      client.end();
    });

    test('framing: byte by byte, from the first of the handshake on', async () => {
      const client = new RawClient(server.port);
      await client.sendSlowly(handshake());
      assert.equal((await client.readHead()).status, 101);

      await client.sendSlowly(
        Buffer.concat([
          frame(text, 'a', { fin: false }),
          frame(ping, 'p'),
          frame(continuation, 'é'),
          frame(binary, Buffer.alloc(300, 7)),
        ]),
      );
      const frames = [await client.readFrame(), await client.readFrame(), await client.readFrame()];
      assert.deepEqual(
        frames.map(({ opcode, payload }) => [opcode, payload.length]),
        [
          [pong, 1],
          [text, 3],
          [binary, 300],
        ],
      );

      await client.sendSlowly(closeFrame(1000));
      assert.equal((await client.readFrame()).opcode, close);
      assert.ok(await client.hasEnded());
    });

    test('framing: our frames are unmasked, whole and of the shortest form (5.1, 5.2)', async () => {
      const client = await RawClient.open(server.port);
      for (const size of [0, 125, 126, 65535, 65536]) {
        client.send(frame(binary, Buffer.alloc(size, 1)));
        const { masked, fin, rsv, isMinimal, payload } = await client.readFrame();
        assert.deepEqual(
          { masked, fin, rsv, isMinimal, size: payload.length },
          { masked: false, fin: true, rsv: 0, isMinimal: true, size },
        );
      }
      client.end();
    });

    test('framing: an unmasked frame is 1002 (5.1)', () =>
      checkAll(1002, [
        ['text', frame(text, 'x', { masked: false })],
        ['ping', frame(ping, '', { masked: false })],
        ['close', frame(close, '', { masked: false })],
      ]));

    test('framing: reserved bits are 1002 without an extension (5.2)', () =>
      checkAll(
        1002,
        [1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => [
          [`text ${rsv}`, frame(text, 'x', { rsv })],
          [`ping ${rsv}`, frame(ping, '', { rsv })],
        ]),
      ));

    test('framing: reserved opcodes are 1002 (5.2)', () =>
      checkAll(
        1002,
        [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [`opcode ${opcode}`, frame(opcode, 'x')]),
      ));

    test('framing: a length in a longer form than needed, or with its highest bit, is 1002 (5.2)', () =>
      checkAll(1002, [
        ['16 bits for 125', frame(text, 'x'.repeat(125), { lengthBits: 16 })],
        ['64 bits for 1', frame(text, 'x', { lengthBits: 64 })],
        ['64 bits for 65535', frame(binary, Buffer.alloc(65535), { lengthBits: 64 })],
        ['highest bit', frame(text, '', { declared: 1n << 63n })],
      ]));

    test('framing: a length over the limit is 1009 before its bytes are sent', async () => {
      assert.equal(await codeFor(frame(binary, '', { declared: (64n << 20n) + 1n })), 1009);
      assert.equal(await codeFor(frame(binary, '', { declared: (1n << 63n) - 1n })), 1009);
    });

    test('framing: control frames are short and whole (5.5)', () =>
      checkAll(1002, [
        ['ping of 126', frame(ping, 'x'.repeat(126))],
        ['pong of 126', frame(pong, 'x'.repeat(126))],
        ['close of 126', frame(close, Buffer.concat([hex('03e8'), Buffer.alloc(124, 'x')]))],
        ['fragmented ping', frame(ping, 'x', { fin: false })],
        ['fragmented close', frame(close, '', { fin: false })],
      ]));

    test('framing: fragments come in order (5.4)', () =>
      checkAll(1002, [
        ['continuation of nothing', frame(continuation, 'x')],
        ['unfinished continuation of nothing', frame(continuation, 'x', { fin: false })],
        ['a second start', frame(text, 'x', { fin: false }), frame(text, 'y')],
        ['another start', frame(binary, 'x', { fin: false }), frame(text, 'y', { fin: false })],
        [
          'continuation after the end',
          frame(text, 'x', { fin: false }),
          frame(continuation, 'y'),
          frame(continuation, 'z'),
        ],
      ]));

    test('UTF-8: text that is not UTF-8 is 1007, in one frame or over fragments (8.1)', () =>
      checkAll(1007, [
        ['lone byte', frame(text, hex('80'))],
        ['overlong slash', frame(text, hex('c0af'))],
        ['overlong in three', frame(text, hex('e0809f'))],
        ['surrogate', frame(text, hex('eda080'))],
        ['beyond U+10FFFF', frame(text, hex('f4908080'))],
        ['five bytes', frame(text, hex('f888808080'))],
        ['ff', frame(text, hex('ff'))],
        ['after good text', frame(text, Buffer.concat([Buffer.from('x'.repeat(1000)), hex('fe')]))],
        ['cut at the end', frame(text, hex('f09f98'))],
        [
          'cut at the end of the last fragment',
          frame(text, hex('f09f'), { fin: false }),
          frame(continuation, hex('98')),
        ],
        [
          'broken in a later fragment',
          frame(text, 'x', { fin: false }),
          frame(continuation, hex('f09f'), { fin: false }),
          frame(continuation, ''),
        ],
      ]));

    test('UTF-8: is refused at once, before the message has ended (8.1)', async () => {
      assert.equal(await codeFor(frame(text, hex('c0af'), { fin: false })), 1007);
      assert.equal(
        await codeFor(frame(text, hex('f4'), { fin: false }), frame(continuation, hex('90'), { fin: false })),
        1007,
      );
    });

    test('UTF-8: the ends of each range pass, also cut between bytes; binary is not checked', async () => {
      const client = await RawClient.open(server.port);
      const good = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x10ffff]
        .map((point) => String.fromCodePoint(point))
        .join('');
      const bytes = Buffer.from(good);
      client.send(frame(text, bytes));
      assert.ok((await client.readFrame()).payload.equals(bytes));

      for (let cut = 1; cut < bytes.length; ++cut) {
        client.send(
          Buffer.concat([
            frame(text, bytes.subarray(0, cut), { fin: false }),
            frame(continuation, bytes.subarray(cut)),
          ]),
        );
        assert.ok((await client.readFrame()).payload.equals(bytes), `cut at ${cut}`);
      }
      client.send(frame(binary, hex('c0af ff 80')));
      assert.ok((await client.readFrame()).payload.equals(hex('c0afff80')));
      client.end();
    });

    test('closing: codes that nobody may send, and a body of one byte, are 1002 (5.5.1, 7.4)', () =>
      checkAll(1002, [
        ['one byte', frame(close, hex('03'))],
        ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map((code) => [
          String(code),
          closeFrame(code),
        ]),
      ]));

    test('closing: a reason that is not UTF-8 is 1007 (5.5.1)', async () => {
      assert.equal(await codeFor(closeFrame(1000, hex('c0af'))), 1007);
    });

    test('closing: the server answers with the same code, then ends the stream (5.5.1, 7.1.1)', async () => {
      const client = await RawClient.open(server.port);
      client.send(Buffer.concat([closeFrame(4321, 'bye'), frame(text, 'too late')]));

      const answer = await client.readFrame();

      assert.equal(answer.opcode, close);
      assert.equal(answer.payload.readUInt16BE(0), 4321);
      assert.ok(await client.hasEnded());
    });

    test('closing: nothing is answered behind the close frame', async () => {
      const client = await RawClient.open(server.port);
      client.send(Buffer.concat([frame(close), frame(ping, 'x'), frame(text, 'x')]));

      assert.equal((await client.readFrame()).opcode, close);
      assert.ok(await client.hasEnded());
    });

    test('closing: a client that vanishes harms nobody', async () => {
      const watcher = await WsClient.open(server.url);
      for (let i = 0; i < 50; ++i) {
        const client = await RawClient.open(server.port);
        client.send(frame(text, 'x'.repeat(1000)).subarray(0, 1 + (i % 100)));
        if (i % 2 === 0) client.reset();
        else client.end();
      }

      assert.equal(await watcher.ask('still here'), 'still here');
      await watcher.close();
    });

    test('closing: half a connection that the client has shut is ended by the server', async () => {
      const client = await RawClient.open(server.port);

      client.end();

      assert.equal(await client.readCloseCode(), null);
      assert.ok(await client.hasEnded());
    });
  });
