import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('client: its types say what it does', () => {
  const inRepository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];

  const { status, stdout } = spawnSync(
    process.execPath,
    [inRepository('node_modules/typescript/bin/tsc'), ...options, inRepository('tests/console/client_types.mts')],
    { encoding: 'utf8', cwd: inRepository('.') },
  );

  assert.equal(status, 0, stdout);
});
