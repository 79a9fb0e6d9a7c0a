import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Server } from 'fanwire';

import { Client, started } from './support.mjs';

const scrape = (server, headers = {}) =>
  fetch(`${server.url.replace('ws', 'http')}metrics`, { headers });

test('metrics say what the server counts', async (t) => {
  const server = await started(t, { metrics: 'loopback' });
  const client = await Client.in(server, 'a');
  const answer = await scrape(server);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(await answer.text(), /^fanwire_connections 1$/m);
  await client.close();
});

test('metrics are off in an embedded server', async (t) => {
  assert.equal((await scrape(await started(t))).status, 404);
});

test('metrics on loopback are not for whom a proxy speaks', async (t) => {
  const server = await started(t, { metrics: 'loopback' });
  assert.equal((await scrape(server, { 'X-Forwarded-For': '192.0.2.1' })).status, 404);
});

test('metrics for everybody are for proxies too', async (t) => {
  const server = await started(t, { metrics: 'on' });
  assert.equal((await scrape(server, { 'X-Forwarded-For': '192.0.2.1' })).status, 200);
});

test('a wrong setting of metrics names what it may be', () => {
  assert.throws(() => new Server({ metrics: 'yes' }), /must be off, loopback or on/);
});
