/** What can go wrong, by the names that clients see too. */
export type ErrorCode =
  | 'bad_request'
  | 'unknown_type'
  | 'bad_room'
  | 'forbidden'
  | 'not_member'
  | 'too_large'
  | 'rate_limited'
  | 'limit_reached'
  | 'no_history'
  | 'gap'
  | 'unavailable'
  | 'uncertain'
  | 'timeout'
  | 'expired'
  | 'internal'
  | 'not_running'
  | 'bad_option';

/** What this package throws, and rejects with. */
export class FanwireError extends Error {
  /**
   * An {@link ErrorCode}, or an error of the operating system by its name, such as `EADDRINUSE`.
   */
  readonly code: ErrorCode | (string & {});

  constructor(code: ErrorCode | (string & {}), message: string) {
    super(message);
    this.name = 'FanwireError';
    this.code = code;
  }
}
