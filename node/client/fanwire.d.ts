/** A room's name. An integer stands for its decimal text: `7` and `'7'` are one room. */
export type Room = string | number;

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export type State = 'connecting' | 'open' | 'waiting' | 'closed';

export type ErrorCode =
  | 'bad_request' | 'unknown_type' | 'bad_room' | 'forbidden' | 'not_member' | 'too_large' | 'rate_limited'
  | 'limit_reached' | 'no_history' | 'gap' | 'unavailable' | 'uncertain' | 'timeout' | 'expired' | 'internal';

/** Why a request failed. `unavailable` and `uncertain` may also come from the client itself. */
export class FanwireError extends Error {
  constructor(code: string, message?: string, roomId?: Room);
  readonly code: ErrorCode | (string & {});
  readonly roomId?: Room;
}

export interface ClientOptions {
  /** Sent as `user` with every publish that names none. The server may override it. */
  user?: Json;
  /** The constructor to use where there is no global one: in Node before 22, that of the package `ws`. */
  WebSocket?: new (url: string | URL, protocol: string) => unknown;
  /** First bound of the back-off, in ms, doubled with each try. Default 50. */
  minDelay?: number;
  /** Last bound of the back-off, in ms; a connection that lasted as long starts it anew. Default 5000. */
  maxDelay?: number;
  /** How long a connection may take until the server's `welcome`, in ms. Default 10 s. */
  connectTimeout?: number;
  /** How long the answer to a ping may take, in ms, before the link is given up. Default 10 s. */
  pongTimeout?: number;
  /** How many publishes may wait for a connection. Default 0: without one they fail with `unavailable`. */
  queue?: number;
  /**
   * Called when the server wants new credentials (close codes 4200–4299). Gives the URL to go on with, nothing for
   * the same one (a renewed cookie), or `false` to stay closed. Without it the client stays closed.
   */
  credentials?: (closed: { code: number; reason: string }) => Answer | Promise<Answer>;
  /** Time and chance, for tests. */
  clock?: Clock;
}

type Answer = string | URL | false | void;

export interface Clock {
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  random(): number;
}

export interface Publication {
  text?: Json;
  data?: Json;
  user?: Json;
  /** Makes a repeated publish harmless: after `uncertain`, publish again with the same key. */
  key?: string;
}

export interface Message {
  type: 'message';
  /** Absent where the message went to everybody. */
  roomId?: Room;
  user?: Json;
  text?: Json;
  data?: Json;
  timestamp?: number;
}

export interface Joined {
  type: 'joined';
  roomId: Room;
  /** The room is served by this instance alone for now; a second `joined` without it follows. */
  local?: true;
}

export interface Ack {
  type: 'ack';
  duplicate?: true;
  local?: true;
  /** A hook of the server swallowed the message. */
  dropped?: true;
}

export interface Events {
  state: { state: State; code?: number; reason?: string; retryIn?: number };
  welcome: { type: 'welcome'; client: string; session?: string; heartbeat: number; limits?: Record<string, number> };
  joined: Joined;
  left: { type: 'left'; roomId: Room };
  message: Message;
  direct: { type: 'direct'; data: Json };
  moving: { type: 'moving'; retryAfter: number };
  ack: Ack;
  /** What belongs to no request, and a room that was lost on reconnecting. */
  error: FanwireError | Error;
}

/** A connection that reconnects, rejoins its rooms and settles each request once. */
export class Client {
  /** Starts to connect at once. */
  constructor(url: string | URL, options?: ClientOptions);
  readonly state: State;
  /** Connects now, where the client waits for its next try or is closed. */
  connect(): void;
  /** Ends the connection until `connect` is called. What waits for an answer fails. */
  close(): void;
  /** Calls `listener` with each event of that name. The returned function takes it off again. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  on(name: string, listener: (event: any) => void): () => void;
  /** Joins a room, now and after every reconnect. A second listener of a room is added to the first. */
  join(room: Room, onMessage?: (message: Message) => void): Promise<Joined>;
  /** Leaves a room and forgets its listeners. Never rejects. */
  leave(room: Room): Promise<Events['left']>;
  /** Publishes to a room. Rejects with `uncertain` when the link breaks before the answer. */
  publish(room: Room, publication: Publication): Promise<Ack>;
  /** Publishes to everybody. */
  broadcast(publication: Publication): Promise<Ack>;
  /** Resolves with the milliseconds that the server's answer took. */
  ping(): Promise<number>;
}

/** What a close code asks of a client. */
export function afterClose(code: number): 'now' | 'backoff' | 'credentials' | 'never';
