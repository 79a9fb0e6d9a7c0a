import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { Client, root, runNode } from './support.mjs';

/** Talks to the example, which has just said where it is. */
async function talk(url) {
  const ann = await Client.open(`${url}?name=ann`);
  const guest = await Client.open(url);
  for (const client of [ann, guest]) await client.ask({ type: 'join', roomId: 'a' });
  const both = async (user, text) => {
    for (const client of [ann, guest]) {
      const message = await client.next();
      assert.equal(message.user, user);
      assert.match(message.text, text);
    }
  };
  ann.say({ type: 'message', roomId: 'a', text: 'hello' });
  await both('ann', /^hello$/);
  guest.say({ type: 'message', roomId: 'a', text: 'HELLO ANN', user: 'ann' });
  await both('guest', /^hello ann$/);

  assert.equal((await ann.ask({ type: 'message', text: 'all' })).code, 'forbidden');
  assert.equal((await ann.ask({ type: 'message', roomId: 'a', text: '/whoami' })).data.user, 'ann');
  await both('ann', /^\/whoami$/);
  ann.say({ type: 'message', roomId: 'a', text: '/time' });
  await both('host', /^ann wants to know: it is 2/);
  const host = await Client.open(`${url}?name=host`);
  assert.deepEqual(await host.closed, { code: 4302, reason: 'that name is taken' });
}

test('examples/chat.mjs', async () => {
  let talked;
  const { code, stderr } = await runNode([path.join(root, 'examples', 'chat.mjs')], {
    env: { PORT: '0' },
    onOutput: (stdout, child) => {
      const url = stdout.match(/chat at (\S+)/)?.[1];
      if (url) talked ??= talk(url).finally(() => child.kill('SIGTERM'));
    },
  });
  await talked;
  assert.equal(code, 0, stderr);
});
