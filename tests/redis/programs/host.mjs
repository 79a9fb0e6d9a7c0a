// A Node host: serves, and publishes each line of standard input, which is a JSON list of room and text.
import { createInterface } from 'node:readline';

import { Server } from 'fanwire';

const server = await Server.start({ port: 0, redis: process.argv[2] });
console.log(`listening ${server.port}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [room, text] = JSON.parse(line);
  const result = await server.publish(room, { user: 'node', text }).catch(({ code }) => ({ error: code }));
  console.log(`published ${JSON.stringify(result)}`);
}
await server.stop();
