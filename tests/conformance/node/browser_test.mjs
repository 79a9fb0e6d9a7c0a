// The textbook client in a browser: Chromium's own WebSocket against fanwired.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launchBrowser } from '../../support/browser.mjs';
import { startServer } from '../../support/server.mjs';

let browser;
let server;
let page;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto(server.demo);
  await page.evaluate(installTextbookClient);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What a tutorial shows for a page, and a list of what came, to wait on. */
function installTextbookClient() {
  window.TextbookClient = class {
    constructor(url, protocols) {
      this.received = [];
      this.wake = () => {};
      this.socket = new WebSocket(url, protocols);
      this.socket.onmessage = (event) => {
        this.received.push(event.data);
        this.wake();
      };
      this.opened = new Promise((resolve, reject) => {
        this.socket.onopen = resolve;
        this.socket.onerror = () => reject(new Error('no connection'));
      });
      this.closed = new Promise((resolve) => {
        this.socket.onclose = ({ code, wasClean }) => resolve({ code, wasClean });
      });
    }

    send(message) {
      this.socket.send(
        typeof message === 'string' || message instanceof Blob ? message : JSON.stringify(message),
      );
    }

    async next() {
      while (this.received.length === 0)
        await new Promise((resolve) => {
          this.wake = resolve;
        });
      return this.received.shift();
    }

    async ask(message) {
      this.send(message);
      return this.next();
    }

    static async enter(url, ...rooms) {
      const client = new this(url);
      await client.opened;
      for (const roomId of rooms) await client.ask({ type: 'join', roomId });
      return client;
    }
  };
}

/** Runs `script` in the page, with the server's address. */
const inPage = (script) => page.evaluate(script, server.url);

test('browser: join, message in exact bytes, leave, close', async () => {
  const seen = await inPage(async (url) => {
    const ann = await TextbookClient.enter(url);
    const bob = await TextbookClient.enter(url, 'b');
    const joined = await ann.ask({ type: 'join', roomId: 'b' });
    ann.send({ type: 'message', roomId: 'b', user: 'Ann', text: 'Grüße 😀' });
    const texts = [await ann.next(), await bob.next()];
    ann.send({ type: 'leave', roomId: 'b' });
    const left = await ann.ask({ type: 'ping' }); // leave is silent, so the next answer tells that it is done
    await bob.ask({ type: 'message', roomId: 'b', text: 'gone?' });
    const pongs = [left, await ann.ask({ type: 'ping' })];
    ann.socket.close(1000, 'bye');
    bob.socket.close();
    return { joined, texts, pongs, closed: [await ann.closed, await bob.closed] };
  });

  assert.equal(seen.joined, '{"type":"joined","roomId":"b"}');
  assert.match(seen.texts[0], /^{"type":"message","user":"Ann","text":"Grüße 😀","timestamp":\d{13}}$/);
  assert.equal(seen.texts[1], seen.texts[0]);
  assert.deepEqual(seen.pongs, ['{"type":"pong"}', '{"type":"pong"}']);
  assert.deepEqual(seen.closed, [
    { code: 1000, wasClean: true },
    { code: 1005, wasClean: true },
  ]);
});

test('browser: a broadcast reaches everybody; a Blob is understood', async () => {
  const heard = await inPage(async (url) => {
    const clients = [await TextbookClient.enter(url), await TextbookClient.enter(url, 'somewhere')];
    clients[0].send(new Blob(['{"type":"message","user":"Ann","text":"all"}']));
    return Promise.all(clients.map((client) => client.next()));
  });

  for (const text of heard)
    assert.match(text, /^{"type":"message","user":"Ann","text":"all","timestamp":\d+}$/);
});

test('browser: 7 and "7" are one room', async () => {
  const answers = await inPage(async (url) => {
    const [ann, bob] = [await TextbookClient.enter(url), await TextbookClient.enter(url)];
    const joined = [await ann.ask({ type: 'join', roomId: 7 }), await bob.ask({ type: 'join', roomId: '7' })];
    bob.send({ type: 'message', roomId: 7, text: 'x' });
    return [...joined, JSON.parse(await ann.next()).text, JSON.parse(await bob.next()).text];
  });

  assert.deepEqual(answers, ['{"type":"joined","roomId":7}', '{"type":"joined","roomId":"7"}', 'x', 'x']);
});

test('browser: 1,000 messages arrive in order, in one order for all', async () => {
  const [first, second] = await inPage(async (url) => {
    const members = [await TextbookClient.enter(url, 'order'), await TextbookClient.enter(url, 'order')];
    for (let i = 0; i < 500; ++i)
      for (const [who, member] of members.entries())
        member.send({ type: 'message', roomId: 'order', user: who, data: i });
    const logs = [];
    for (const member of members) {
      const log = [];
      while (log.length < 1000) log.push(await member.next());
      logs.push(log);
    }
    return logs;
  });

  assert.deepEqual(second, first);
  for (const who of [0, 1]) {
    const numbers = first
      .map((text) => JSON.parse(text))
      .filter(({ user }) => user === who)
      .map(({ data }) => data);
    assert.deepEqual(
      numbers,
      Array.from({ length: 500 }, (_, i) => i),
    );
  }
});

test('browser: 100 members of one page hear one message', async () => {
  const heard = await inPage(async (url) => {
    const members = await Promise.all(Array.from({ length: 100 }, () => TextbookClient.enter(url, 'crowd')));
    members[42].send({ type: 'message', roomId: 'crowd', text: 'hello' });
    const texts = await Promise.all(members.map((member) => member.next()));
    for (const member of members) member.socket.close();
    await Promise.all(members.map(({ closed }) => closed));
    return texts;
  });

  assert.equal(heard.length, 100);
  assert.equal(new Set(heard).size, 1);
});

test('browser: bad JSON gets an error, and the connection lives', async () => {
  const answers = await inPage(async (url) => {
    const ann = await TextbookClient.enter(url);
    const all = [];
    for (const text of ['', 'x', '{', '[]', '{"type":"join"', '{"type":"join","roomId":""}', '\u0000'])
      all.push(JSON.parse(await ann.ask(text)).type);
    all.push(JSON.parse(await ann.ask({ type: 'join', roomId: 'fine' })).type);
    return all;
  });

  assert.deepEqual(answers, [...Array(7).fill('error'), 'joined']);
});

test('browser: the subprotocol is agreed on; a message over the limit closes with 1009', async () => {
  const seen = await inPage(async (url) => {
    const client = new TextbookClient(url, ['other', 'fanwire.v1']);
    await client.opened;
    const welcome = JSON.parse(await client.next()).type;
    client.send('x'.repeat(65537));
    return [client.socket.protocol, client.socket.extensions, welcome, (await client.closed).code];
  });

  assert.deepEqual(seen, ['fanwire.v1', '', 'welcome', 1009]);
});

test('browser: a page of another host gets no connection, one of another port does', async (t) => {
  const site = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>elsewhere</title>'),
  );
  await once(site.listen(0, '127.0.0.1'), 'listening');
  t.after(() => site.close());
  const elsewhere = await browser.newPage();
  const connects = () =>
    elsewhere.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => resolve('open');
          socket.onclose = () => resolve('refused');
        }),
      server.url,
    );

  await elsewhere.goto(`http://127.0.0.1:${site.address().port}/`);
  assert.equal(await connects(), 'open');
  await elsewhere.goto(`http://localhost:${site.address().port}/`);
  assert.equal(await connects(), 'refused');
  await elsewhere.goto('about:blank');
  assert.equal(await connects(), 'refused');
  await elsewhere.close();

  assert.match(server.log, /origins/);
});

test('browser: a listed origin is admitted', async (t) => {
  const own = await startServer({ args: ['--origins', 'http://localhost:1,null'] });
  t.after(() => own.stop());
  const elsewhere = await browser.newPage();

  const open = await elsewhere.evaluate(
    (url) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve(true);
        socket.onclose = () => resolve(false);
      }),
    own.url,
  );

  assert.equal(open, true);
  await elsewhere.close();
});
