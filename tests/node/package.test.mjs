import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

import * as esm from 'fanwire';
import ts from 'typescript';
import { WebSocket } from 'ws';

import { root, runNode, runScript, started } from './support.mjs';

const require = createRequire(import.meta.url);

test('import and require give the same things', () => {
  const cjs = require('fanwire');
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort());
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name], name);
});

test("the version is the package's", () => {
  assert.equal(esm.version, require('fanwire/package.json').version);
});

test('the client comes along', async (t) => {
  const { Client } = await import('fanwire/client');
  const server = await started(t, { onMessage: ({ text }) => text !== 'no' });
  const client = new Client(server.url, { WebSocket });
  t.after(() => client.close());
  let listener;
  const heard = new Promise((resolve) => (listener = resolve));
  await client.join('a', listener);
  await client.publish('a', { text: 'hi' });
  assert.equal((await heard).text, 'hi');
  await assert.rejects(client.publish('a', { text: 'no' }), { code: 'forbidden' });
});

test('the types accept what they should, and refuse what they should', async () => {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, stdout } = await runNode([tsc, '-p', path.join(root, 'tests', 'node', 'types')]);
  assert.equal(code, 0, stdout);
});

test('await using stops the server', async () => {
  const source = `
    import { Server } from 'fanwire';
    let kept: Server;
    {
      await using server = await Server.start({ port: 0, log: () => {} });
      kept = server;
      console.log(server.isRunning);
    }
    console.log(kept.isRunning);
  `;
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  const { code, stdout, stderr } = await runScript(outputText);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'true\nfalse\n');
});

test('an addon that cannot be loaded is one error that names what was tried', async () => {
  const { code, stderr } = await runScript(`import 'fanwire';`, {
    env: { FANWIRE_NATIVE: '/no/such/fanwire.node' },
  });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Error: fanwire: its native part cannot be loaded.*\n +\/no\/such\/fanwire\.node: not there/,
  );

  const broken = path.join(root, 'build', 'broken-addon', 'fanwire.node');
  mkdirSync(path.dirname(broken), { recursive: true });
  writeFileSync(broken, 'not an addon');
  const second = await runScript(`import 'fanwire';`, { env: { FANWIRE_NATIVE: broken } });
  rmSync(path.dirname(broken), { recursive: true });
  assert.equal(second.code, 1);
  assert.match(second.stderr, /broken-addon\/fanwire\.node: .*(file too short|invalid ELF header)/);
});

test('the lock file names no registry', () => {
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  assert.doesNotMatch(lock, /"resolved"/);
});
