import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, root, runNode, started } from './support.mjs';

const { version, bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Runs the command; once it serves, `whenServing` is called with its URL and process. */
function fanwire(args, { env, whenServing } = {}) {
  let isTold = false;
  const onOutput = (stdout, child) => {
    const url = stdout.match(/listening on (\S+)\n/)?.[1];
    if (!url || isTold || !whenServing) return;
    isTold = true;
    whenServing(url, child);
  };
  return runNode([path.join(root, bin.fanwire), ...args], { env, onOutput });
}

test('serve says where it listens and where the demo is, and ends on a signal', async () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    let told;
    const { code, stdout, stderr } = await fanwire(
      ['serve', '--port', '0', '--drain-timeout', '0'],
      {
        whenServing: async (url, child) => {
          const page = await fetch(`${url.replace('ws', 'http')}demo`);
          const client = await Client.in({ url }, 'a');
          told = { url, status: page.status, closed: client.closed };
          child.kill(signal);
        },
      },
    );
    assert.equal(code, 0, stderr);
    assert.equal(told.status, 200);
    assert.equal((await told.closed).code, 1001);
    const demo = `${told.url.replace('ws', 'http')}demo`;
    assert.equal(stdout, `fanwire: listening on ${told.url}\nfanwire: demo at ${demo}\n`);
  }
});

test('a second signal ends a drain at once', async () => {
  let client;
  const { code, signal } = await fanwire(['serve', '--port', '0', '--drain-timeout', '10min'], {
    whenServing: async (url, child) => {
      client = await Client.open(url, { protocol: 'fanwire.v1' });
      assert.equal((await client.next()).type, 'welcome');
      child.kill('SIGINT');
      assert.equal((await client.next()).type, 'moving');
      child.kill('SIGINT');
    },
  });
  assert.deepEqual({ code, signal }, { code: null, signal: 'SIGINT' });
  assert.equal((await client.closed).code, 1006);
});

test('options come from the command line, and else from the environment', async () => {
  const env = { FANWIRE_PORT: '0', FANWIRE_MAX_MESSAGE_IN_BYTES: '2KiB', FANWIRE_DEMO: '' };
  const { code, stdout } = await fanwire(['serve', '--no-demo', '--max-message-in-bytes', '1KiB'], {
    env,
    whenServing: async (url, child) => {
      const page = await fetch(`${url.replace('ws', 'http')}demo`);
      assert.equal(page.status, 404);
      const client = await Client.open(url);
      client.say({ type: 'message', text: 'x'.repeat(1100) });
      assert.equal((await client.closed).code, 1009);
      child.kill('SIGTERM');
    },
  });
  assert.equal(code, 0);
  assert.match(stdout, /^fanwire: listening on ws:\/\/127\.0\.0\.1:\d+\/\n$/);
});

test('wrong options end it with 2, and are named', async () => {
  const wrong = async (args, pattern, env) => {
    const { code, stdout, stderr } = await fanwire(args, { env });
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, pattern);
    assert.match(stderr, /^fanwire: /);
  };
  await wrong(['serve', '--port', '65536'], /port/);
  await wrong(['serve', '--heartbeat-interval', 'soon'], /heartbeat_interval/);
  await wrong(['serve', '--no-such-option'], /no-such-option/);
  await wrong(['serve', '--port'], /port/);
  await wrong(['serve'], /FANWIRE_MAX_ROOMS/, { FANWIRE_MAX_ROOMS: 'many' });
  await wrong(['server'], /fanwire serve/);
  await wrong(['serve', 'more'], /fanwire serve/);
  await wrong([], /fanwire serve/);
});

test('a port that is taken ends it with 1', async (t) => {
  const server = await started(t);
  const { code, stdout, stderr } = await fanwire(['serve', '--port', String(server.port)]);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, new RegExp(`127\\.0\\.0\\.1.*${server.port}`));
});

test('--version and --help', async () => {
  assert.equal((await fanwire(['--version'])).stdout, `fanwire ${version}\n`);
  for (const args of [['--help'], ['serve', '-h']]) {
    const { code, stdout } = await fanwire(args);
    assert.equal(code, 0);
    assert.match(stdout, /--max-message-in-bytes SIZE\n.*Default 64KiB, from 1KiB to 64MiB/);
    assert.match(
      stdout,
      /--heartbeat-interval TIME\n.*Default 25s, from 100ms to 1h, 0: turns heartbeats off/,
    );
    assert.match(stdout, /--\[no-\]demo\n.*Default true/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 200));
  }
});
