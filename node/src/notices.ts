/**
 * How an instance and its Redis stand. `disconnected`: Redis cannot be reached, messages are heard
 * on this instance only, and wait for Redis. `replaying`: Redis is back, and what has waited goes
 * out. `connected`: messages go through Redis.
 */
export type BusState = 'disconnected' | 'replaying' | 'connected';

const busStates: readonly BusState[] = ['disconnected', 'replaying', 'connected'];

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
