// What onConnect is shown of a client behind a proxy.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';

import { Server } from 'fanwire';

import { Client, soon, started, until } from './support.mjs';

async function addressOf(t, headers, options) {
  const seen = [];
  const server = await started(t, {
    onConnect: (request) => void seen.push(request.remoteAddress),
    ...options,
  });
  await Client.open(server.url, { headers });
  return { address: seen[0], stats: server.stats() };
}

test('a trusted proxy says who the client is', async (t) => {
  const headers = { 'X-Forwarded-For': '203.0.113.9, 192.0.2.1, 10.0.0.7' };
  const trusting = { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] };
  const { address, stats } = await addressOf(t, headers, trusting);
  assert.equal(address, '192.0.2.1');
  assert.equal(stats.forwardedIgnored, 0);
});

test('nobody is trusted by default', async (t) => {
  const { address, stats } = await addressOf(t, { 'X-Forwarded-For': '192.0.2.1' }, {});
  assert.match(address, /^127\.0\.0\.1:\d+$/);
  assert.equal(stats.forwardedIgnored, 1);
});

test('a trusted proxy without the PROXY header is closed and counted', async (t) => {
  const server = await started(t, { trustedProxies: ['127.0.0.1'], proxyProtocol: true });
  const socket = net.connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
  await soon(new Promise((resolve) => socket.once('close', resolve)), 'the end');
  assert.equal(socket.bytesRead, 0);
  await until(() => server.stats().badProxyHeaders === 1, 'it is counted');
});

test('a PROXY header is read before the request', async (t) => {
  const server = await started(t, { trustedProxies: ['127.0.0.1'], proxyProtocol: true });
  const socket = net.connect(server.port, '127.0.0.1');
  socket.write('PROXY TCP6 2001:db8::1 2001:db8::2 5000 443\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
  const answer = await soon(new Promise((resolve) => socket.once('data', resolve)), 'the answer');
  socket.destroy();
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
});

test('what cannot be meant is refused', () => {
  const bad = (options, message) =>
    assert.throws(() => new Server({ port: 0, ...options }), { code: 'bad_option', message });
  bad({ trustedProxies: ['10.0.0.0/33'] }, /`10\.0\.0\.0\/33`/);
  bad({ trustedProxies: ['::1', 'proxy.example'] }, /`proxy\.example`/);
  bad({ proxyProtocol: true }, /needs/);
});
