import { FanwireError } from './errors';

/**
 * The JSON text of `value`, or undefined for undefined. Throws a `bad_request` that names `what` it
 * is.
 */
export function toJson(what: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new FanwireError(
      'bad_request',
      `${what} cannot be written as JSON: ${(error as Error).message}`,
    );
  }
  if (text === undefined)
    throw new FanwireError('bad_request', `${what} cannot be written as JSON.`);
  return text;
}

/** The fields of a message, each any JSON value; an absent or undefined field stays absent. */
export interface MessageFields {
  /** Who says it. */
  user?: unknown;
  /** What is said. */
  text?: unknown;
  /** Anything else. */
  data?: unknown;
}

/** `user`, `text` and `data` as JSON text. */
export type NativeFields = [user?: string, text?: string, data?: string];

const fieldNames = new Set(['user', 'text', 'data']);

export function nativeFields(fields: MessageFields): NativeFields {
  for (const name in fields) {
    if (!fieldNames.has(name))
      throw new FanwireError('bad_request', `A message has no field ${name}.`);
  }
  return [
    toJson('user', fields.user),
    toJson('text', fields.text),
    toJson('data', fields.data),
  ] as NativeFields;
}
