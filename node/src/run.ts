import { FanwireError } from './errors';
import type { Hooks } from './hooks';
import type { NativeFields } from './json';
import { native, type NativeOptions, type NativeServer, type Receiver, type Stats } from './native';
import { logLevels, type Log, type LogLevel } from './options';

interface Waiting {
  resolve(value: number): void;
  reject(error: FanwireError): void;
}

/** One run of a server, from start to stop, as promises. */
export class Run {
  private readonly server: NativeServer;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;

  /** Throws a {@link FanwireError} `bad_option`. Must be closed. */
  constructor(options: NativeOptions, hooks: Hooks, log: Log, least: LogLevel) {
    const receiver: Receiver = {
      calls: (codes, firstId, ...flat) => hooks.ask(this.server, codes, firstId, flat),
      outcomes: (...flat) => this.settle(flat),
      lines: (lost, ...flat) => writeLines(log, lost, flat),
    };
    this.server = new native.Server(options, receiver, {
      hooks: hooks.present,
      leastLevel: logLevels.indexOf(least),
    });
  }

  /** Starts, and keeps the event loop alive. */
  async start(): Promise<void> {
    this.server.ref();
    await this.ask((id) => this.server.start(id));
  }

  async stop(drainMs: number): Promise<void> {
    this.server.ref();
    await this.ask((id) => this.server.stop(id, drainMs));
  }

  /** Ends a drain that is under way. */
  hurry(): void {
    this.stop(0).catch(() => {}); // whoever waits for the drain is told
  }

  /** Frees what belongs to the run, which has been stopped, or could not be started. */
  close(): void {
    this.server.close();
    const error = new FanwireError('not_running', 'The server was stopped.');
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  /** Whether the run keeps the event loop alive. */
  keepAlive(wanted: boolean): void {
    if (wanted) this.server.ref();
    else this.server.unref();
  }

  publish(room: string, fields: NativeFields): Promise<number> {
    return this.ask((id) => this.server.publish(id, room, ...fields));
  }

  publishRaw(room: string, payload: string | Uint8Array): Promise<number> {
    return this.ask((id) => this.server.publishRaw(id, room, payload));
  }

  send(client: string, data: string): Promise<number> {
    return this.ask((id) => this.server.send(id, client, data));
  }

  get port(): number {
    return this.server.port();
  }

  get url(): string {
    return this.server.url();
  }

  get isRunning(): boolean {
    return this.server.isRunning();
  }

  get stats(): Stats {
    return this.server.stats();
  }

  /** Begins something whose outcome the native part tells by its id. */
  private ask(begin: (id: number) => void): Promise<number> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      try {
        begin(id);
      } catch (error) {
        this.waiting.delete(id);
        const { code = 'internal', message } = error as NodeJS.ErrnoException;
        reject(new FanwireError(code, message));
      }
    });
  }

  private settle(flat: (number | string | undefined)[]): void {
    for (let at = 0; at < flat.length; at += 3) {
      const id = flat[at] as number;
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      const code = flat[at + 1];
      if (code === undefined) waiting?.resolve(flat[at + 2] as number);
      else waiting?.reject(new FanwireError(code as string, flat[at + 2] as string));
    }
  }
}

function writeLines(log: Log, lost: number, flat: (number | string)[]): void {
  for (let at = 0; at < flat.length; at += 2)
    log(logLevels[flat[at] as number]!, flat[at + 1] as string);
  if (lost > 0) log('warning', `${lost} log lines were left out: the event loop was busy`);
}
