// A Node host that writes down each state of the bus; it publishes each line of standard input.
import { createInterface } from 'node:readline';

import { Server } from 'fanwire';

const server = new Server({ port: 0, redis: process.argv[2] });
server.onBusState(async (notice) => {
  console.log(JSON.stringify([notice.state, notice.since, notice.outboxMessages]));
  throw new Error('an exception harms nothing');
});
await server.start();
for await (const text of createInterface({ input: process.stdin })) await server.publish('states', { text });
await server.stop();
