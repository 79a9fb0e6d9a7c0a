// A chat with names, a rule, and a bot: node examples/chat.mjs, then open the page that it names.
// Clients say who they are in the URL: ws://127.0.0.1:8080/?name=ann
import { accept, change, drop, refuse, reject, Server } from 'fanwire';

const server = new Server({ port: Number(process.env.PORT ?? 8080), demo: true });

// Who may come in. What `accept` says about the user stands in each of its messages, and cannot be
// forged.
server.onConnect(({ query }) => {
  const name = new URLSearchParams(query).get('name') ?? 'guest';
  return name === 'host' ? reject(4302, 'that name is taken') : accept({ user: name });
});

// What becomes of a message. A hook may take its time: only the client that it is about waits.
server.onMessage(async ({ client, room, user, text }) => {
  if (room === null) return refuse('forbidden', 'Talk in a room, not to everybody.');
  if (typeof text !== 'string') return true;
  if (text === '/time') {
    await server.publish(room, {
      user: 'host',
      text: `${user} wants to know: it is ${new Date().toISOString()}`,
    });
    return drop();
  }
  if (text === '/whoami') await server.send(client, { user, client });
  return text === text.toUpperCase() && /\p{L}{4}/u.test(text)
    ? change({ text: text.toLowerCase() })
    : true;
});

await server.start();
console.log(`chat at ${server.url} and ${server.url.replace('ws', 'http')}demo`);

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => server.stop({ drainMs: 1000 }));
