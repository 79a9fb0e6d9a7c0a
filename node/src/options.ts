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
import { native, type NativeOptions, type OptionInfo } from './native';

/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

/** Takes a line of a server's log, without a line end. */
export type Log = (level: LogLevel, line: string) => void;

/** What a server is set up with. */
export interface ServerOptions {
  /** Address to listen on: an IPv4 or IPv6 address. Default 127.0.0.1. */
  host?: string;
  /**
   * TCP port to listen on. Default 8080, from 0 to 65535; zero takes a free one ({@link
   * Server.port} tells which).
   */
  port?: number;
  /** Threads that serve clients. Default 1, from 0 to 64; zero means one a core, at most four. */
  shards?: number;
  /** Lets several processes listen on the same port (SO_REUSEPORT). Default off. */
  reusePort?: boolean;
  /**
   * Whom a browser may come from: origins such as `https://example.org`, or `*` for all. Default
   * empty: pages of the same host name, on any port.
   */
  origins?: string[];
  /**
   * The proxies whose word about their clients is believed, as addresses or networks such as
   * `10.0.0.0/8`: who the client is (`X-Forwarded-For`) and which host it asked for
   * (`X-Forwarded-Host`). Default empty: nobody's.
   */
  trustedProxies?: string[];
  /**
   * Whether connections from `trustedProxies` begin with a PROXY header (version 1 or 2), which
   * says who the client is; without one they are closed. Default off.
   */
  proxyProtocol?: boolean;
  /** Whether the chat page stands at `/demo`. Default off. */
  demo?: boolean;
  /**
   * Who may read the metrics at `/metrics`, in Prometheus' text format: `off`, `loopback` (who is on
   * the same machine, and not a proxy) or `on` (everybody). Default `off`.
   */
  metrics?: 'off' | 'loopback' | 'on';
  /** Longest message that a client may send, in bytes. Default 64 KiB, from 1 KiB to 64 MiB. */
  maxMessageInBytes?: number;
  /**
   * Longest message that a host may publish or send, in bytes. Default 1 MiB, from 1 KiB to 64 MiB.
   */
  maxMessageOutBytes?: number;
  /** Deepest nesting of a client's JSON. Default 32, from 1 to 512. */
  maxJsonDepth?: number;
  /** Longest room name, in bytes. Default 256, from 1 to 4096. */
  maxRoomNameBytes?: number;
  /** Longest `id` or `key` of a request, in bytes. Default 64, from 1 to 1024. */
  maxIdBytes?: number;
  /**
   * Rooms and patterns that one client may be in. Default 1,000, from 1 to 1,000,000; zero means no
   * limit.
   */
  maxRoomsPerClient?: number;
  /**
   * Rooms with members on this instance. Default 1,000,000, from 1 to 100,000,000; zero means no
   * limit.
   */
  maxRooms?: number;
  /** Connections at a time. Default 100,000, from 1 to 10,000,000; zero means no limit. */
  maxConnections?: number;
  /**
   * Bytes that may wait for one client before it counts as a slow consumer and is disconnected
   * (close code 4100). Default 1 MiB, from 64 KiB to 1 GiB.
   */
  maxQueueBytes?: number;
  /** Longest request head of an HTTP request, in bytes. Default 8 KiB, from 1 KiB to 64 KiB. */
  maxHeaderBytes?: number;
  /** Whether clients may join patterns. Default on. */
  allowPatterns?: boolean;
  /**
   * Within which time a new connection must have sent its whole HTTP request. Default 10 s, from 1
   * s to 5 min.
   */
  handshakeTimeoutMs?: number;
  /**
   * After how much silence a client is pinged. Default 25 s, from 100 ms to 1 h; zero turns
   * heartbeats off.
   */
  heartbeatIntervalMs?: number;
  /**
   * Within which time a ping must be answered, else the client is disconnected (close code 4103).
   * Default 10 s, from 100 ms to 1 h.
   */
  heartbeatTimeoutMs?: number;
  /**
   * Within which time a hook must answer, else it counts as denied. Default 5 s, from 10 ms to 5
   * min.
   */
  hookTimeoutMs?: number;
  /**
   * Requests that may wait for hooks at a time; further ones are denied. Default 10,000, from 1 to
   * 10,000,000.
   */
  maxHookRequests?: number;
  /**
   * Messages of one client that may be at the `onMessage` hook at a time; then its reading pauses.
   * Default 32, from 1 to 10,000.
   */
  maxHookRequestsPerClient?: number;
  /**
   * Over how much time a stop spreads the closes of its clients; those left then are cut. Default
   * 30 s, from 0 to 1 h; zero closes all at once.
   */
  drainTimeoutMs?: number;
  /**
   * The Redis that instances meet on: `redis://user:password@host:6379/0`, `rediss://…` for TLS, or
   * `unix:///path`. Default none: rooms live in this instance's memory.
   */
  redis?: string;
  /** A file whose first line is the password for Redis. Default none. */
  redisPasswordFile?: string;
  /**
   * For `rediss://`: a file with the certificates of authorities to trust (PEM). Default none: the
   * system's.
   */
  redisCaFile?: string;
  /** For `rediss://`: a client certificate (PEM). Default none. */
  redisCertificateFile?: string;
  /** For `rediss://`: the key of the client certificate (PEM). Default none. */
  redisKeyFile?: string;
  /**
   * For `rediss://`: the name that the certificate of Redis must have. Default none: the host of
   * the URL.
   */
  redisServerName?: string;
  /** Within which time a connection to Redis must stand. Default 5 s, from 50 ms to 5 min. */
  redisConnectTimeoutMs?: number;
  /**
   * Within which time Redis must answer, else the connection is replaced. Default 5 s, from 50 ms
   * to 5 min.
   */
  redisCommandTimeoutMs?: number;
  /**
   * How often it is probed whether messages come through Redis. Default 5 s, from 100 ms to 5 min.
   */
  probeIntervalMs?: number;
  /**
   * Within which time a probe must come back, else the connection is replaced. Default 5 s, from 50
   * ms to 5 min.
   */
  probeTimeoutMs?: number;
  /**
   * How long a room stays subscribed behind its last member. Default 1 s, from 0 to 5 min; zero
   * ends it at once.
   */
  unsubscribeLingerMs?: number;
  /**
   * Messages that may wait while Redis cannot be reached; beyond it the oldest are dropped. Default
   * 10,000, from 1 to 10,000,000.
   */
  maxOutboxMessages?: number;
  /** Bytes that may wait so. Default 64 MiB, from 64 KiB to 16 GiB. */
  maxOutboxBytes?: number;
  /** How long a message may wait so before it is dropped. Default 30 s, from 100 ms to 1 h. */
  outboxTimeoutMs?: number;
  /** What the Redis channels of rooms begin with. Default `room:`. */
  roomPrefix?: string;
  /** The Redis channel of messages to everybody. Default `broadcast`. */
  broadcastChannel?: string;
  /** What this server's own keys and channels on Redis begin with. Default `fw:`. */
  keyPrefix?: string;
  /**
   * How long a flush of messages may be held to gather more, as a share in percent of what the last
   * one took. Default 30, from 0 to 100; zero turns the hold off.
   */
  flushHoldPercent?: number;
  /** Where log lines go. Default: warnings and errors to the console. */
  log?: Log;
  /** As {@link Server.onConnect}. */
  onConnect?: ConnectHook;
  /** As {@link Server.onJoin}. */
  onJoin?: JoinHook;
  /** As {@link Server.onMessage}. */
  onMessage?: MessageHook;
  /** As {@link Server.onLeave}. */
  onLeave?: LeaveHook;
  /** As {@link Server.onDisconnect}. */
  onDisconnect?: DisconnectHook;
  /** As {@link Server.onBusState}. */
  onBusState?: BusStateHook;
}

/** What an option is called here. */
export function optionName(option: OptionInfo): string {
  const name = option.name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return option.kind === 'duration' ? `${name}Ms` : name;
}

/** What the native table does not know. */
const ofThisPackage = new Set(['log', ...hookKinds.map(({ name }) => name)]);
const optionNames = new Map(
  native.optionTable().map((option) => [optionName(option), option.name]),
);

/** Throws a {@link FanwireError} `bad_option` that names the option. */
export function nativeOptions(given: ServerOptions): NativeOptions {
  const options = new native.Options();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || ofThisPackage.has(name)) continue;
    const nativeName = optionNames.get(name);
    if (nativeName === undefined)
      throw new FanwireError('bad_option', `There is no option ${name}.`);
    try {
      options.set(nativeName, value);
    } catch (error) {
      throw new FanwireError('bad_option', `${name}: ${(error as Error).message}`);
    }
  }
  options.check();
  return options;
}

/** A log that nothing thrown comes out of. Default: warnings and errors to the console. */
export function guardedLog(log: Log = toConsole): Log {
  return (level, line) => {
    try {
      log(level, line);
    } catch (error) {
      process.emitWarning(`fanwire: the log function threw ${String(error)}`);
    }
  };
}

function toConsole(level: LogLevel, line: string): void {
  if (level === 'error') console.error(`fanwire: ${line}`);
  else if (level === 'warning') console.warn(`fanwire: ${line}`);
}
