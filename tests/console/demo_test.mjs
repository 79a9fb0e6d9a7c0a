// The chat page in a browser, against a real server: script/test builds it, FANWIRE_SERVER_CMD names another.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { until } from '../support/until.mjs';

let browser;
let server;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the page in `context`, by default a new one: another browser, as it were. */
async function open(t, { hash = '', context, ...options } = {}) {
  const own = context ?? (await browser.newContext(options));
  if (!context) t.after(() => own.close());
  const page = await own.newPage();
  page.setDefaultTimeout(10_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') page.faults.push(message.text());
  });
  await page.goto(server.demo + hash);
  return page;
}

async function enter(t, name, options) {
  const page = await open(t, options);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Go on' }).click();
  await connected(page);
  return page;
}

const connected = (page) => page.getByText('Connected', { exact: true }).waitFor();
const roomButton = (page, name) =>
  page.getByRole('navigation', { name: 'Rooms' }).getByRole('button', { name });
const messages = (page) => page.getByRole('log').locator('.message');

async function say(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.keyboard.press('Enter');
}

/** Waits for the message, and tells who said it. */
async function hear(page, text) {
  const message = messages(page).filter({ hasText: text });
  await message.waitFor();
  return message.locator('.who').textContent();
}

async function join(page, name) {
  await page.getByLabel('Join a room').fill(name);
  await page.keyboard.press('Enter');
}

/** A page hears itself once it is in its room. */
async function isIn(page) {
  const name = await page.locator('#me-name').textContent();
  await say(page, `${name} is here`);
  await hear(page, `${name} is here`);
}

/** Two people in a room of their own, both told `joined`. */
async function pair(t, room) {
  const people = [];
  for (const name of ['Ann', 'Bob']) {
    const page = await enter(t, name, { hash: `#${encodeURIComponent(room)}` });
    await isIn(page);
    people.push(page);
  }
  return people;
}

async function joinBoth(people, room) {
  for (const page of people) {
    await join(page, room);
    await isIn(page);
  }
}

test('demo: two pages talk, and see who said what and when', async (t) => {
  const [ann, bob] = await pair(t, 'talk');

  await say(ann, 'Good morning');
  assert.equal(await hear(bob, 'Good morning'), 'Ann');
  await say(bob, 'Good morning yourself');
  assert.equal(await hear(ann, 'Good morning yourself'), 'Bob');

  const time = await messages(ann).locator('time').first().getAttribute('datetime');
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time);
  assert.equal(await messages(ann).filter({ hasText: 'Good morning' }).count(), 2);
  assert.deepEqual([...ann.faults, ...bob.faults], []);
});

test('demo: markup in names, rooms and messages is only text', async (t) => {
  const attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>x</b>';
  const ann = await enter(t, attack.slice(0, 40), { hash: `#${encodeURIComponent(attack)}` });

  await say(ann, attack);
  await messages(ann).first().waitFor();

  const seen = await messages(ann).evaluateAll((entries) =>
    entries.map((entry) => [
      entry.querySelector('.who').textContent,
      entry.querySelector('.text').textContent,
    ]),
  );
  assert.deepEqual(seen, [[attack.slice(0, 40), attack]]);
  assert.equal(await ann.getByRole('heading', { level: 1 }).textContent(), attack);
  assert.equal(await ann.locator(':is(.log, #rooms, h1, #me-name) :is(b, script, img)').count(), 0);
  assert.equal(await ann.evaluate(() => window.hacked), undefined);
  assert.deepEqual(ann.faults, []);
});

test('demo: what other programs publish is shown, whatever it is', async (t) => {
  const ann = await enter(t, 'Ann', { hash: '#odd' });
  await say(ann, 'in');
  await hear(ann, 'in');

  await ann.evaluate(
    (url) =>
      new Promise((resolve, reject) => {
        const other = new WebSocket(url);
        other.onerror = reject;
        other.onopen = () => {
          other.send(
            '{"type":"message","roomId":"odd","user":{"id":7},"text":["a",1],"data":{"deep":[true,null]}}',
          );
          other.send('{"type":"message","roomId":"odd"}');
          other.send('{"type":"message","roomId":"odd","user":"last","text":"done"}');
          resolve();
        };
      }),
    server.url,
  );

  assert.equal(await hear(ann, 'done'), 'last');
  const seen = await messages(ann).evaluateAll((entries) =>
    entries.map((entry) => [
      entry.querySelector('.who').textContent,
      ...[...entry.querySelectorAll('.text')].map((text) => text.textContent),
    ]),
  );
  assert.deepEqual(seen.slice(1), [
    ['{"id":7}', '["a",1]', '{"deep":[true,null]}'],
    ['somebody'],
    ['last', 'done'],
  ]);
});

test('demo: a second room has its own talk, and counts what was not read', async (t) => {
  const [ann, bob] = await pair(t, 'first');
  await joinBoth([ann, bob], 'second');
  await say(bob, 'only here');
  assert.equal(await hear(ann, 'only here'), 'Bob');

  await roomButton(ann, 'first').click();
  await say(bob, 'not read');
  await say(bob, 'not read either');
  await roomButton(ann, /second.*2 unread/).waitFor();
  await ann.waitForFunction(() => document.title.startsWith('(2) first'));
  assert.equal(await messages(ann).filter({ hasText: 'only here' }).count(), 0);

  await roomButton(ann, 'second').click();
  await hear(ann, 'not read either');
  await ann.waitForFunction(() => document.title.startsWith('second'));
});

test('demo: a room that was left is silent, and its talk is gone', async (t) => {
  const [ann, bob] = await pair(t, 'leaving');
  await joinBoth([ann, bob], 'staying');

  await roomButton(ann, 'leaving').click();
  await ann.getByRole('button', { name: 'Leave' }).click();
  await roomButton(ann, 'leaving').waitFor({ state: 'detached' });
  await roomButton(bob, 'leaving').click();
  await say(bob, 'anybody?');
  await hear(bob, 'anybody?');
  await roomButton(bob, 'staying').click();
  await say(bob, 'here!');

  assert.equal(await hear(ann, 'here!'), 'Bob');
  assert.equal(await ann.locator('.message').filter({ hasText: 'anybody?' }).count(), 0);
  assert.equal(new URL(ann.url()).hash, '#staying');
});

test('demo: everybody hears a broadcast, in whatever room they are', async (t) => {
  const ann = await enter(t, 'Ann', { hash: '#here' });
  const bob = await enter(t, 'Bob', { hash: '#there' });

  await roomButton(ann, 'Everybody').click();
  await say(ann, 'fire drill');

  await roomButton(bob, /Everybody.*1 unread/).click();
  assert.equal(await hear(bob, 'fire drill'), 'Ann');
});

test('demo: a refused room is told in words', async (t) => {
  const ann = await enter(t, 'Ann', { hash: '#fine' });

  await join(ann, 'a::b');

  await ann.getByRole('alert').filter({ hasText: 'Could not join “a::b”' }).waitFor();
  assert.equal(await roomButton(ann, 'a::b').count(), 0);
});

test('demo: a reload keeps name and rooms; another window may be somebody else', async (t) => {
  const ann = await enter(t, 'Ann', { hash: '#one,two%3A2' });
  await roomButton(ann, 'two:2').click();

  await ann.reload();
  await connected(ann);
  assert.equal(await ann.locator('#me-name').textContent(), 'Ann');
  assert.equal(await ann.getByRole('heading', { level: 1 }).textContent(), 'two:2');

  const bob = await open(t, { context: ann.context(), hash: '#two%3A2' });
  assert.equal(await bob.getByLabel('Your name').inputValue(), 'Ann');
  await bob.getByLabel('Your name').fill('Bob');
  await bob.keyboard.press('Enter');
  await connected(bob);
  await say(bob, 'I am the other one');
  assert.equal(await hear(ann, 'I am the other one'), 'Bob');
  assert.equal(await ann.locator('#me-name').textContent(), 'Ann');
});

test('demo: works by keyboard alone', async (t) => {
  const ann = await enter(t, 'Ann', { hash: '#up,down' });
  await roomButton(ann, 'up').click();
  await ann.keyboard.press('Alt+ArrowDown');
  assert.equal(await ann.getByRole('heading', { level: 1 }).textContent(), 'down');
  await ann.keyboard.press('Alt+ArrowUp');
  assert.equal(await ann.getByRole('heading', { level: 1 }).textContent(), 'up');

  await ann.getByLabel('Message', { exact: true }).focus();
  await ann.keyboard.type('two');
  await ann.keyboard.press('Shift+Enter');
  await ann.keyboard.type('lines');
  await ann.keyboard.press('Enter');
  await hear(ann, 'two');

  assert.equal(await messages(ann).locator('.text').textContent(), 'two\nlines');
  assert.equal(await ann.getByLabel('Message', { exact: true }).inputValue(), '');
});

test('demo: fits a phone, and asks nobody but its server', async (t) => {
  const page = await open(t, {
    viewport: { width: 360, height: 640 },
    hash: '#a,b,c,a-room-with-quite-a-long-name-that-goes-on',
  });
  const foreign = [];
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(server.demo).host) foreign.push(request.url());
  });
  await page.reload();
  await page.getByLabel('Your name').fill('Eve');
  await page.keyboard.press('Enter');
  await say(page, `long ${'x'.repeat(300)}`);
  await hear(page, 'long');

  const [width, bottom] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.getElementById('send').getBoundingClientRect().bottom,
  ]);
  assert.ok(width <= 360, `${width} wide`);
  assert.ok(bottom <= 640, `send ends at ${bottom}`);
  assert.deepEqual(foreign, []);
  assert.deepEqual(page.faults, []);
});

test('demo: the server is killed and started again, and the pages talk on without a reload', async (t) => {
  const [ann, bob] = await pair(t, 'storm');
  await joinBoth([ann, bob], 'shelter');
  for (const page of [ann, bob])
    await page.evaluate(() => {
      window.isSamePage = true;
    });

  await server.kill();
  for (const page of [ann, bob]) {
    await page.getByText('Connection lost.').waitFor();
    await page.getByText(/^(Next try in \d s|Trying…)$/).waitFor();
    await until('send is off', () => page.getByRole('button', { name: 'Send' }).isDisabled());
  }
  await say(ann, 'kept in the box');
  server = await startServer({ port: server.port });
  await Promise.all([connected(ann), connected(bob)]);
  for (const page of [ann, bob])
    await page.locator('.note:visible').filter({ hasText: 'Connected again' }).waitFor();

  assert.equal(await ann.getByLabel('Message', { exact: true }).inputValue(), 'kept in the box');
  await ann.getByRole('button', { name: 'Send' }).click();
  assert.equal(await hear(bob, 'kept in the box'), 'Ann');
  for (const page of [ann, bob]) await roomButton(page, 'storm').click();
  await say(bob, 'all rooms are back');
  assert.equal(await hear(ann, 'all rooms are back'), 'Bob');
  for (const page of [ann, bob]) assert.equal(await page.evaluate(() => window.isSamePage), true);
});
