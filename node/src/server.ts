import { FanwireError } from './errors';
import {
  hookKinds,
  type BusStateHook,
  type ConnectHook,
  type DisconnectHook,
  type JoinHook,
  type LeaveHook,
  type MessageHook,
} from './hook_kinds';
import { Hooks } from './hooks';
import { nativeFields, toJson, type MessageFields } from './json';
import { native, type NativeOptions, type Stats } from './native';
import { guardedLog, nativeOptions, type Log, type LogLevel, type ServerOptions } from './options';
import { Run } from './run';

/** How a publish went when it went well. */
export interface PublishResult {
  /** Only this instance has the message so far: the bus cannot be reached. */
  readonly local: boolean;
  /** A hook swallowed the message. */
  readonly dropped: boolean;
}

/** How a message to one client went: given to the client's connection, or the client has gone. */
export type SendResult = 'delivered' | 'client_gone';

/** How a server is stopped. */
export interface StopOptions {
  /** Over how much time the clients' closes are spread. Default 0: all at once. */
  drainMs?: number;
}

/** Node before 18.18 has no such symbol; then nothing looks for it either. */
const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/**
 * A real-time server inside this process, on threads of its own: it serves its clients while
 * JavaScript is busy.
 *
 * A running server keeps the process alive, as one of `node:http` does, until {@link stop} or
 * {@link unref}.
 */
export class Server implements AsyncDisposable {
  readonly #options: NativeOptions;
  readonly #hooks: Hooks;
  readonly #log: Log;
  readonly #leastLevel: LogLevel;
  #run: Run | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #keepsAlive = true;

  /**
   * Prepares a server; nothing runs yet. Throws a {@link FanwireError} `bad_option` that names the
   * option.
   */
  constructor(options: ServerOptions = {}) {
    this.#options = nativeOptions(options);
    this.#log = guardedLog(options.log);
    this.#leastLevel = options.log === undefined ? 'warning' : 'debug';
    this.#hooks = new Hooks(this.#log);
    for (const { name } of hookKinds) {
      const hook = (options as Record<string, unknown>)[name];
      if (hook !== undefined) this.#hooks.set(name, hook);
    }
  }

  /** Makes a server and starts it: `await using server = await Server.start({ … })`. */
  static async start(options: ServerOptions = {}): Promise<Server> {
    const server = new Server(options);
    await server.start();
    return server;
  }

  /**
   * Sets the function that is asked before a client may connect. Unset: everybody may.
   *
   * It runs in the asynchronous context in which it was registered (`AsyncLocalStorage`). What it
   * throws, and what it does not answer within `hookTimeoutMs`, denies. Returns the server. To be
   * called once, while the server is stopped.
   */
  onConnect(hook: ConnectHook): this {
    return this.#setHook('onConnect', hook);
  }

  /**
   * Sets the function that is asked before a client joins a room or pattern that it is not in, under
   * the same rules. What the client sent behind its request waits. Unset: all may.
   */
  onJoin(hook: JoinHook): this {
    return this.#setHook('onJoin', hook);
  }

  /**
   * Sets the function that is asked before a client's message is published, under the same rules.
   * Unset: all are.
   */
  onMessage(hook: MessageHook): this {
    return this.#setHook('onMessage', hook);
  }

  /**
   * Sets the function that is told when a client has left a room or pattern, of each when its
   * connection ends. It answers nothing, and what it throws is only logged.
   */
  onLeave(hook: LeaveHook): this {
    return this.#setHook('onLeave', hook);
  }

  /**
   * Sets the function that is told when an accepted client has gone: once for each, behind all else
   * about it. It answers nothing, and what it throws is only logged. {@link stop} calls it for the
   * last clients before it resolves, and does not wait for what it returns.
   */
  onDisconnect(hook: DisconnectHook): this {
    return this.#setHook('onDisconnect', hook);
  }

  /**
   * Sets the function that is told of the bus's first state once the server has started, and of
   * each change. It answers nothing, and what it throws is only logged. Never called without
   * `redis`.
   */
  onBusState(hook: BusStateHook): this {
    return this.#setHook('onBusState', hook);
  }

  /**
   * Listens. A server that was stopped may be started again; one that is running stays so.
   *
   * Rejects with a {@link FanwireError} whose code is the system's (`EADDRINUSE`, …) when it cannot
   * listen.
   */
  start(): Promise<void> {
    if (this.#stopping) return this.#stopping.then(() => this.start());
    this.#starting ??= this.#begin(this.#newRun());
    return this.#starting;
  }

  /**
   * Stops: accepts no more, tells the clients (close code 1001), closes them and frees all
   * resources. Does nothing when stopped, and cuts a drain short that is under way. May be called
   * from inside a hook.
   */
  stop({ drainMs = 0 }: StopOptions = {}): Promise<void> {
    if (!this.#starting) return Promise.resolve();
    if (this.#stopping && drainMs === 0) this.#run?.hurry();
    this.#stopping ??= this.#end(this.#starting, drainMs);
    return this.#stopping;
  }

  /** Whether {@link start} has succeeded and {@link stop} was not called since. */
  get isRunning(): boolean {
    return !this.#stopping && (this.#run?.isRunning ?? false);
  }

  /** The TCP port that is listened on; 0 when stopped. */
  get port(): number {
    return this.#run?.port ?? 0;
  }

  /** Where clients connect: `ws://127.0.0.1:8080/`. Empty when stopped. */
  get url(): string {
    return this.#run?.url ?? '';
  }

  /**
   * Publishes a message to a room, or to everybody if `room` is null. Resolves when the bus has
   * taken it.
   *
   * Rejects with `bad_room`, `bad_request` (a field cannot be JSON), `too_large` or `not_running`.
   */
  async publish(room: string | null, fields: MessageFields): Promise<PublishResult> {
    return toResult(await this.#running().publish(toRoom(room), nativeFields(fields)));
  }

  /**
   * Publishes a payload unchanged: text, or bytes. Native clients get a JSON object as it is,
   * anything else as the `data` of a message.
   *
   * Bytes whose first is 0xFC are a message in envelope form. Rejects with `bad_request` if they
   * cannot be read, and as `publish`.
   */
  async publishRaw(room: string | null, payload: string | Uint8Array): Promise<PublishResult> {
    if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
      throw new FanwireError('bad_request', 'A payload is a string or a Uint8Array.');
    }
    return toResult(await this.#running().publishRaw(toRoom(room), payload));
  }

  /** Sends a `direct` message to one client. A client that has gone is a result, no error. */
  async send(client: string, data: unknown): Promise<SendResult> {
    const text = toJson('data', data);
    if (text === undefined) throw new FanwireError('bad_request', 'There is no data to send.');
    return (await this.#running().send(String(client), text)) === 0 ? 'delivered' : 'client_gone';
  }

  /** What the server has done since it was started, and has now. All 0 when stopped. */
  stats(): Stats {
    return this.#run?.stats ?? { ...native.emptyStats };
  }

  /** Lets a running server keep the process alive: the default. Returns the server. */
  ref(): this {
    this.#keepsAlive = true;
    this.#run?.keepAlive(true);
    return this;
  }

  /** Lets the process end though the server is running. Returns the server. */
  unref(): this {
    this.#keepsAlive = false;
    if (this.#run && !this.#stopping) this.#run.keepAlive(false);
    return this;
  }

  /** {@link stop}. */
  [asyncDispose](): Promise<void> {
    return this.stop();
  }

  #setHook(name: string, hook: unknown): this {
    if (this.#starting)
      throw new FanwireError('bad_option', `${name} can be set only while the server is stopped.`);
    this.#hooks.set(name, hook);
    return this;
  }

  #running(): Run {
    if (!this.#run) throw new FanwireError('not_running', 'The server is not running.');
    return this.#run;
  }

  #newRun(): Run {
    this.#run = new Run(this.#options, this.#hooks, this.#log, this.#leastLevel);
    return this.#run;
  }

  async #begin(run: Run): Promise<void> {
    try {
      await run.start();
    } catch (error) {
      this.#forget(run);
      throw error;
    }
    if (!this.#stopping) run.keepAlive(this.#keepsAlive);
  }

  async #end(starting: Promise<void>, drainMs: number): Promise<void> {
    try {
      await starting;
    } catch {
      return; // whoever started it was told
    }
    const run = this.#running();
    await run.stop(drainMs);
    this.#forget(run);
  }

  #forget(run: Run): void {
    run.close();
    this.#run = undefined;
    this.#starting = undefined;
    this.#stopping = undefined;
  }
}

function toResult(flags: number): PublishResult {
  return { local: (flags & 1) !== 0, dropped: (flags & 2) !== 0 };
}

/**
 * Everybody is the empty name for the native part; here it must be asked for by null, so that no
 * slip broadcasts.
 */
function toRoom(room: string | null): string {
  if (room === null) return '';
  if (typeof room === 'string' && room !== '') return room;
  throw new FanwireError(
    'bad_room',
    'A room is a string that is not empty, or null for everybody.',
  );
}
