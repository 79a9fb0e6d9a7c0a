import * as path from 'node:path';

/** An option's row in the table of `fanwire/option_table.hpp`. */
export interface OptionInfo {
  readonly name: string;
  readonly kind: 'text' | 'text_list' | 'flag' | 'number' | 'bytes' | 'duration';
  readonly initial: string | string[] | boolean | number;
  readonly least: number;
  readonly most: number;
  /** What zero means, where it is allowed besides `least` to `most`; else empty. */
  readonly zero: string;
  readonly help: string;
}

export interface NativeOptions {
  set(name: string, value: unknown): void;
  setFromText(name: string, text: string): void;
  check(): void;
  demo(): boolean;
  drainTimeoutMs(): number;
}

/** A part of what a hook is asked or told. */
export type Part = string | number | boolean | undefined;

/**
 * What a native server calls: each function gets a whole batch, its items' parts one after another.
 */
export interface Receiver {
  /** Per item: the hook's place, and its parts (`hook_kinds.ts`). `codes` takes the answers. */
  calls(codes: Uint8Array, firstId: number, ...flat: Part[]): void;
  /** Per item: id, the error's code or undefined, a sentence or a number. */
  outcomes(...flat: (number | string | undefined)[]): void;
  /** How many lines were left out; then per item: level, line. */
  lines(lost: number, ...flat: (number | string)[]): void;
}

export interface NativeServer {
  start(id: number): void;
  stop(id: number, drainMs: number): void;
  close(): void;
  ref(): void;
  unref(): void;
  answer(id: number, code: number, ...details: (string | number | undefined)[]): void;
  publish(id: number, room: string, user?: string, text?: string, data?: string): void;
  publishRaw(id: number, room: string, payload: string | Uint8Array): void;
  send(id: number, client: string, data: string): void;
  port(): number;
  url(): string;
  isRunning(): boolean;
  stats(): Stats;
}

/** What a server has done since it was started, and what it has now. */
export interface Stats {
  /** Clients that are connected now. */
  readonly connections: number;
  /** Clients that were ever accepted. */
  readonly connectionsTotal: number;
  /** Rooms that have members on this instance now. */
  readonly rooms: number;
  /** Memberships now: each client counts once a room or pattern. */
  readonly members: number;
  /** WebSocket messages that clients sent. */
  readonly messagesIn: number;
  /** Messages given to clients' connections, each client counted. */
  readonly deliveries: number;
  /** Requests that were answered with an error. */
  readonly errors: number;
  /** Clients that were disconnected because they read too slowly. */
  readonly slowConsumers: number;
  /** Clients that were disconnected because they did not answer the heartbeat. */
  readonly heartbeatsMissed: number;
  /** Requests that were put to hooks. */
  readonly hookCalls: number;
  /** Hook requests that were denied because no answer came in time. */
  readonly hookTimeouts: number;
  /** Hook requests that are waiting for an answer now. */
  readonly hookRequests: number;
  /** Notifications that were handed to hooks. */
  readonly hookNotices: number;
  /** Notifications that were dropped because too many waited for the host. */
  readonly hookNoticesDropped: number;
  /** Bytes that wait in clients' send queues now. */
  readonly queueBytes: number;
  /** Connections of trusted proxies that were closed for want of a PROXY header. */
  readonly badProxyHeaders: number;
  /** Clients whose `X-Forwarded-For` was ignored, since they did not come from a trusted proxy. */
  readonly forwardedIgnored: number;
  /** 1 while messages go through Redis; this and what follows stays 0 without Redis. */
  readonly busOnline: number;
  /** Messages of rooms that came from Redis, own ones too. */
  readonly busMessagesIn: number;
  /** Messages that were published to Redis. */
  readonly busMessagesOut: number;
  /** Times that one of the two connections to Redis was lost. */
  readonly busReconnects: number;
  /** Subscriptions at Redis now. */
  readonly busSubscriptions: number;
  /** Publishes whose answer was lost with the connection. */
  readonly busUncertain: number;
  /** Publishes that Redis refused. */
  readonly busRefused: number;
  /** Messages from Redis that were skipped: they were too long, or had too large a head. */
  readonly busTooLarge: number;
  /** Messages from Redis that were skipped: they began as an envelope and were none. */
  readonly busMalformed: number;
  /** Messages from Redis that were skipped: their envelope had a version that is not known. */
  readonly busUnknownVersion: number;
  /** Messages that wait for Redis now. */
  readonly outboxMessages: number;
  /** Messages that were dropped because they waited too long, or too many did. */
  readonly outboxDropped: number;
  /** How long the last probe through Redis took, in microseconds. */
  readonly probeRoundTripUs: number;
}

interface Native {
  readonly version: string;
  /** The names of `errc` at their numbers; empty at 0. */
  readonly errorNames: readonly string[];
  /** Of a server that has not run. */
  readonly emptyStats: Stats;
  optionTable(): OptionInfo[];
  readonly Options: new () => NativeOptions;
  readonly Server: new (
    options: NativeOptions,
    receiver: Receiver,
    asked: { hooks: boolean[]; leastLevel: number },
  ) => NativeServer;
}

/** Where the addon may be: what was asked for, what the package brings, what was built here. */
function candidates(): string[] {
  const asked = process.env['FANWIRE_NATIVE'];
  if (asked) return [path.resolve(asked)];
  const root = path.join(__dirname, '..', '..');
  const built = ['dev', 'release', 'npm'].map((preset) =>
    path.join(root, 'build', preset, 'node', 'fanwire.node'),
  );
  return [
    path.join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'fanwire.node'),
    ...built,
  ];
}

function load(): Native {
  const tried: string[] = [];
  for (const file of candidates()) {
    try {
      return require(file) as Native;
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
      tried.push(`  ${file}: ${isMissing ? 'not there' : (error as Error).message}`);
    }
  }
  throw new Error(
    `fanwire: its native part cannot be loaded on this system. Tried:\n${tried.join('\n')}`,
  );
}

/** The C++ part. This module alone loads it. */
export const native = load();
