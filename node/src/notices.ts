/**
 * How an instance and its Redis stand. `disconnected`: Redis cannot be reached, messages are heard
 * on this instance only, and wait for Redis. `replaying`: Redis is back, and what has waited goes
 * out. `connected`: messages go through Redis.
 */
export type BusState = 'disconnected' | 'replaying' | 'connected';

const busStates: readonly BusState[] = ['disconnected', 'replaying', 'connected'];

/** A client is in a room or pattern no more. */
export class LeaveNotice {
  /** Names the client for as long as its connection lives. */
  readonly client: string;
  /** The room, or the pattern. */
  readonly room: string;
  /** Whether it is a pattern. */
  readonly isPattern: boolean;
  /** It left because its connection ended, not because it asked to. */
  readonly hasDisconnected: boolean;
  private readonly userJson: string | undefined;

  /** @internal */
  constructor(
    client: string,
    user: string | undefined,
    room: string,
    isPattern: boolean,
    hasDisconnected: boolean,
  ) {
    this.client = client;
    this.room = room;
    this.isPattern = isPattern;
    this.hasDisconnected = hasDisconnected;
    this.userJson = user;
  }

  /** The client's user as the `onConnect` hook set it; undefined if it did not. */
  get user(): unknown {
    return this.userJson === undefined ? undefined : (JSON.parse(this.userJson) as unknown);
  }
}

/**
 * A client that was accepted has gone, and all that it had asked for has taken effect: the last
 * that is told of it.
 */
export class DisconnectNotice {
  /** Names the client; no other will have this name. */
  readonly client: string;
  /**
   * The client's close code, or the server's if it closed first; 1006 if there was no close frame.
   */
  readonly code: number;
  /** The reason that the server gave; empty if the client ended the connection. */
  readonly reason: string;
  private readonly userJson: string | undefined;

  /** @internal */
  constructor(client: string, user: string | undefined, code: number, reason: string) {
    this.client = client;
    this.code = code;
    this.reason = reason;
    this.userJson = user;
  }

  /** The client's user as the `onConnect` hook set it; undefined if it did not. */
  get user(): unknown {
    return this.userJson === undefined ? undefined : (JSON.parse(this.userJson) as unknown);
  }
}

/** The state of the bus has changed; or the server has started, and this is its first. */
export class BusStateNotice {
  readonly state: BusState;
  /** When it began, in milliseconds since 1970, as `Date.now()` has it. */
  readonly since: number;
  /** Messages that waited for Redis then. */
  readonly outboxMessages: number;

  /** @internal */
  constructor(state: number, since: number, outboxMessages: number) {
    this.state = busStates[state]!;
    this.since = since;
    this.outboxMessages = outboxMessages;
  }
}
