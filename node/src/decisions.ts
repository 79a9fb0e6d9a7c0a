import { CloseCode, isSendable } from './close_code';
import { FanwireError, type ErrorCode } from './errors';
import { nativeFields, toJson, type MessageFields } from './json';
import { native } from './native';

/** What the native part knows answers by: the numbers of bindings/node/hook_values.hpp. */
export const answerCode = {
  later: 0,
  yes: 1,
  no: 2,
  drop: 3,
  fail: 4,
  acceptAs: 5,
  rejectWith: 6,
  change: 7,
  refuseWith: 8,
} as const;

/** A code, and what belongs to it. */
export type Answer = readonly [code: number, ...details: (string | number | undefined)[]];

/**
 * What a hook decided. Made by the functions of this package: {@link accept}, {@link refuse} and so
 * on.
 */
export class Decision<Kind extends string> {
  /** Which decision it is. */
  readonly kind: Kind;
  /** @internal */
  readonly answer: Answer;

  /** @internal */
  constructor(kind: Kind, answer: Answer) {
    this.kind = kind;
    this.answer = answer;
  }
}

/** What becomes of a client that wants to connect. */
export type ConnectDecision = Decision<'accept'> | Decision<'reject'>;
/** What becomes of a client that wants to join. */
export type JoinDecision = Decision<'allow'> | Decision<'refuse'>;
/** What becomes of a message. */
export type MessageDecision =
  Decision<'allow'> | Decision<'change'> | Decision<'drop'> | Decision<'refuse'>;

/**
 * The client may connect. `user` says who it is, as any JSON value, and overrides the `user` of
 * whatever the client publishes.
 */
export function accept({ user }: { user?: unknown } = {}): Decision<'accept'> {
  return new Decision(
    'accept',
    user === undefined ? [answerCode.yes] : [answerCode.acceptAs, toJson('user', user)],
  );
}

/**
 * The client may not connect: its connection is closed with this code and reason (cut to 123
 * bytes).
 */
export function reject(code: number = CloseCode.refused, reason = ''): Decision<'reject'> {
  if (!isSendable(code))
    throw new FanwireError('bad_request', `${code} is no code that a close frame may carry.`);
  return new Decision('reject', [answerCode.rejectWith, code, String(reason)]);
}

/** The client joins; the message is published as it is. */
export function allow(): Decision<'allow'> {
  return new Decision('allow', [answerCode.yes]);
}

/** The message is published with other fields. What is given replaces the message's own. */
export function change(fields: MessageFields): Decision<'change'> {
  return new Decision('change', [answerCode.change, ...nativeFields(fields)]);
}

/** The message is not published, and its sender is told `ack` with `dropped`. */
export function drop(): Decision<'drop'> {
  return new Decision('drop', [answerCode.drop]);
}

/**
 * The client does not join, or the message is not published; the client is told `error` with this
 * code and sentence (else the code's own).
 */
export function refuse(code: ErrorCode = 'forbidden', message = ''): Decision<'refuse'> {
  const number = native.errorNames.indexOf(code);
  if (number < 1) throw new FanwireError('bad_request', `There is no error code ${code}.`);
  return new Decision('refuse', [answerCode.refuseWith, number, String(message)]);
}
