// Compiled, and not run: how the package's types are meant to be used, and what they refuse.
import {
  accept,
  allow,
  change,
  CloseCode,
  drop,
  FanwireError,
  refuse,
  reject,
  Server,
  version,
  type BusState,
  type ConnectDecision,
  type ConnectHook,
  type ErrorCode,
  type LogLevel,
  type MessageDecision,
  type MessageHook,
  type PublishResult,
  type SendResult,
  type ServerOptions,
  type Stats,
} from 'fanwire';

function exactly<Wanted>(_: Wanted): void {}

export async function construct(): Promise<void> {
  const options: ServerOptions = {
    port: 0,
    origins: ['*'],
    heartbeatIntervalMs: 25_000,
    demo: true,
  };
  new Server();
  new Server(options);
  new Server({
    log: (level, line) => {
      exactly<LogLevel>(level);
      exactly<string>(line);
    },
  });
  // @ts-expect-error a port is a number
  new Server({ port: '8080' });
  // @ts-expect-error durations end in Ms
  new Server({ heartbeatInterval: 25 });
  // @ts-expect-error origins are a list
  new Server({ origins: '*' });
  // @ts-expect-error there are four levels
  new Server({ log: (level: 'trace') => level });
  exactly<Server>(await Server.start(options));
}

export async function use(server: Server): Promise<void> {
  await using _ = server;
  await server.start();
  exactly<number>(server.port);
  exactly<string>(server.url);
  exactly<boolean>(server.isRunning);
  exactly<Server>(server.ref().unref());
  exactly<PublishResult>(
    await server.publish('a', { text: 'hi', user: { id: 1 }, data: [1, null] }),
  );
  exactly<PublishResult>(await server.publish(null, {}));
  exactly<boolean>((await server.publishRaw('a', Buffer.from('x'))).local);
  await server.publishRaw(null, new Uint8Array(1));
  const sent: SendResult = await server.send('1-1', { any: 'thing' });
  if (sent !== 'delivered') exactly<'client_gone'>(sent);
  const stats: Stats = server.stats();
  exactly<number>(stats.connectionsTotal);
  await server.stop();
  await server.stop({ drainMs: 1000 });
  // @ts-expect-error everybody is null, so that a missing room broadcasts nothing
  await server.publish(undefined, {});
  // @ts-expect-error rooms are strings
  await server.publish(7, {});
  // @ts-expect-error a message has no such field
  await server.publish('a', { txt: 'hi' });
  // @ts-expect-error bytes are a Uint8Array
  await server.publishRaw('a', new ArrayBuffer(1));
  // @ts-expect-error a client's id is a string
  await server.send(1, 1);
  // @ts-expect-error results are read-only
  stats.rooms = 1;
  // @ts-expect-error the port is what is listened on
  server.port = 1;
  // @ts-expect-error durations end in Ms
  await server.stop({ drain: 1 });
}

export function connectHooks(server: Server): void {
  const hook: ConnectHook = ({ client, path, query, headers, remoteAddress, subprotocol }) => {
    exactly<string>(client + path + query + remoteAddress + subprotocol);
    exactly<string | undefined>(headers['cookie']);
    return true;
  };
  exactly<Server>(server.onConnect(hook));
  server.onConnect(() => {});
  server.onConnect(() => accept());
  server.onConnect(async ({ query }) => {
    if (query === '') return reject(CloseCode.forbidden, 'no');
    if (query === 'x') return false;
    return accept({ user: { name: 'ann' } });
  });
  exactly<ConnectDecision>(reject(4201));
  // @ts-expect-error drop is no decision about a connection
  server.onConnect(() => drop());
  // @ts-expect-error nor is a string
  server.onConnect(async () => 'yes');
  // @ts-expect-error a user is given by name
  accept('ann');
  // @ts-expect-error headers are read-only
  server.onConnect(({ headers }) => void (headers['x'] = 'y'));
}

export function messageHooks(server: Server): void {
  const hook: MessageHook = ({ client, room, payload, user, text, data }) => {
    exactly<string>(client + payload);
    if (room !== null) exactly<string>(room);
    // @ts-expect-error what a client says can be anything
    text.trim();
    return typeof text === 'string' && user !== undefined && data !== null;
  };
  exactly<Server>(server.onMessage(hook));
  server.onMessage(() => {});
  server.onBusState(({ state, since }) => {
    exactly<BusState>(state);
    exactly<number>(since);
  });
  server.onMessage(async ({ text }) => {
    if (text === 'a') return allow();
    if (text === 'b') return drop();
    if (text === 'c') return refuse('rate_limited', 'slowly');
    return change({ text: 'x' });
  });
  exactly<MessageDecision>(refuse());
  // @ts-expect-error reject is no decision about a message
  server.onMessage(() => reject());
  // @ts-expect-error there is no such code
  refuse('no_such_code');
  // @ts-expect-error a message has no such field
  change({ txt: 'hi' });
}

export function errors(error: unknown): void {
  if (error instanceof FanwireError) {
    exactly<Error>(error);
    if (error.code === 'bad_room' || error.code === 'EADDRINUSE') exactly<string>(error.message);
  }
  const code: ErrorCode = 'not_running';
  exactly<string>(code + version);
  exactly<4201>(CloseCode.refused);
}
