// RFC 6455 with the `ws` package as the client of our transport, which echoes what it gets.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { pollers, startEchoServer } from '../../support/server.mjs';
import { WsClient } from './ws_client.mjs';

const KiB = 1024;
const MiB = 1024 * KiB;
for (const poller of pollers)
  describe(`on ${poller}`, () => {
    let server;

    before(async () => {
      server = await startEchoServer(poller);
    });
    after(() => server?.stop());

    const open = (path = '') => WsClient.open(server.url + path);

    test('echo: text and binary of every length form come back unchanged', async () => {
      const client = await open();
      for (const size of [0, 1, 125, 126, 127, 65535, 65536, MiB, 16 * MiB]) {
        const bytes = randomBytes(size);
        const text = 'aé😀'.repeat(Math.floor(size / 7)) + 'x'.repeat(size % 7); // 7 bytes a time

        client.ws.send(bytes);
        client.ws.send(text);

        const [first, second] = [await client.next(), await client.next()];
        assert.ok(first.isBinary && first.bytes.equals(bytes), `binary of ${size}`);
        assert.ok(!second.isBinary && second.bytes.toString() === text, `text of ${size}`);
      }
      await client.close();
    });

    test('echo: 64 MiB pass; one byte more is closed with 1009, in one frame or in fragments', async () => {
      const bytes = Buffer.alloc(64 * MiB, 'x');
      const client = await open();
      client.ws.send(bytes);
      assert.ok((await client.next()).bytes.equals(bytes));

      client.ws.send(Buffer.concat([bytes, Buffer.from('x')]));
      assert.equal((await client.closed).code, 1009);

      const fragmented = await open();
      fragmented.ws.send(bytes, { fin: false });
      fragmented.ws.send('x', { fin: true });
      assert.equal((await fragmented.closed).code, 1009);
    });

    test('echo: fragments are one message, with control frames between them', async () => {
      const client = await open();
      const pongs = [];
      client.ws.on('pong', (payload) => pongs.push(payload.toString()));

      for (const part of ['one ', '', 'two ']) {
        client.ws.send(part, { fin: false });
        client.ws.ping(`after ${part}`);
      }
      client.ws.send('three', { fin: true });

      assert.equal(await client.nextText(), 'one two three');
      assert.deepEqual(pongs, ['after one ', 'after ', 'after two ']);
      await client.close();
    });

    test('echo: a message in 10,000 fragments, cut inside its characters', async () => {
      const client = await open();
      const bytes = Buffer.from('ü😀'.repeat(1667)).subarray(0, 10_000);
      const whole = bytes.subarray(0, bytes.length - (bytes.length % 6));

      for (let i = 0; i < whole.length; ++i)
        client.ws.send(whole.subarray(i, i + 1), { binary: false, fin: i === whole.length - 1 });

      assert.ok((await client.next()).bytes.equals(whole));
      await client.close();
    });

    test('echo: a ping of any allowed size is answered with its payload, a pong is not', async () => {
      const client = await open();
      for (const size of [0, 1, 124, 125]) {
        const payload = randomBytes(size);
        client.ws.pong('unasked');
        client.ws.ping(payload);

        const [answer] = await once(client.ws, 'pong');

        assert.ok(answer.equals(payload), `ping of ${size}`);
      }
      assert.equal(await client.ask('still here'), 'still here');
      await client.close();
    });

    test('echo: every legal close code comes back, with its reason or without', async () => {
      for (const code of [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
      ]) {
        const client = await open();
        assert.equal((await client.close(code, 'because')).code, code);
      }
      const long = await open();
      assert.equal((await long.close(4001, 'é'.repeat(61) + 'x')).code, 4001);
      const bare = await open();
      bare.ws.close();
      assert.equal((await bare.closed).code, 1005);
    });

    test('echo: what was sent before the close comes back before it', async () => {
      const client = await open();
      const count = 100;
      for (let i = 0; i < count; ++i) client.send(`message ${i}`);
      client.ws.close(1000);

      for (let i = 0; i < count; ++i) assert.equal(await client.nextText(), `message ${i}`);
      assert.equal((await client.closed).code, 1000);
    });

    test('echo: 20,000 messages of mixed sizes keep their order', async () => {
      const client = await open();
      const sizes = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 300);
      for (const [i, size] of sizes.entries()) client.send(`${i} ${'x'.repeat(size)}`);

      for (const [i, size] of sizes.entries())
        assert.equal(await client.nextText(), `${i} ${'x'.repeat(size)}`);
      await client.close();
    });

    test('echo: 200 connections at once, on any path, with no extension and no subprotocol', async () => {
      const clients = await Promise.all(
        Array.from({ length: 200 }, (_, i) => open(`any/path/${i}?query=${i}`)),
      );

      const answers = await Promise.all(clients.map((client, i) => client.ask(`I am ${i}`)));

      assert.deepEqual(
        answers,
        clients.map((_, i) => `I am ${i}`),
      );
      assert.ok(clients.every(({ ws }) => ws.extensions === '' && ws.protocol === ''));
      await Promise.all(clients.map((client) => client.close()));
    });

    test('echo: a slow reader gets everything, and others do not wait for it', async () => {
      const [slow, quick] = [await open(), await open()];
      const bytes = randomBytes(MiB);
      slow.ws.pause();
      for (let i = 0; i < 32; ++i) slow.ws.send(bytes);

      assert.equal(await quick.ask('quick'), 'quick');
      slow.ws.resume();

      for (let i = 0; i < 32; ++i) assert.ok((await slow.next()).bytes.equals(bytes));
      await Promise.all([slow.close(), quick.close()]);
    });
  });
