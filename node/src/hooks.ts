import { AsyncResource } from 'node:async_hooks';

import { answerCode, Decision, type Answer } from './decisions';
import { FanwireError } from './errors';
import { hookKinds, type HookKind, type Subject } from './hook_kinds';
import type { NativeServer, Part } from './native';
import type { Log } from './options';

/** A hook with the asynchronous context in which it was registered. */
interface Registered {
  readonly kind: HookKind;
  readonly hook: (subject: Subject) => unknown;
  readonly context: AsyncResource;
}

const failed: Answer = [answerCode.fail];

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

/** Puts a batch at a time to the host's hooks, and gives their answers to the native part. */
export class Hooks {
  private readonly registered: (Registered | undefined)[] = hookKinds.map(() => undefined);
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** Throws a {@link FanwireError} `bad_option` for what is no function, and for a second one. */
  set(name: string, hook: unknown): void {
    const at = hookKinds.findIndex((kind) => kind.name === name);
    if (typeof hook !== 'function')
      throw new FanwireError('bad_option', `${name} must be a function.`);
    if (this.registered[at])
      throw new FanwireError('bad_option', `${name}: this server has that hook already.`);
    this.registered[at] = {
      kind: hookKinds[at]!,
      hook: hook as Registered['hook'],
      context: new AsyncResource(`fanwire.${name}`),
    };
  }

  /** Whether there is a hook, by its kind. */
  get present(): boolean[] {
    return this.registered.map((one) => one !== undefined);
  }

  /** Puts each item of a batch to its hook, in order: {@link Receiver.calls}. */
  ask(server: NativeServer, codes: Uint8Array, firstId: number, flat: Part[]): void {
    let item = 0;
    let at = 0;
    while (at < flat.length) {
      const place = flat[at];
      const registered = this.registered[place as number]!;
      // Entering a context takes longer than a call: once for all neighbours of a kind.
      registered.context.runInAsyncScope(() => {
        for (; flat[at] === place && at < flat.length; at += 1 + registered.kind.parts, ++item) {
          const subject = registered.kind.make(flat, at + 1);
          codes[item] = this.askOne(server, registered, firstId + item, subject);
        }
      });
    }
  }

  /** Returns the answer's code, or `later` where it went, or will go, by `server.answer`. */
  private askOne(
    server: NativeServer,
    registered: Registered,
    id: number,
    subject: Subject,
  ): number {
    let decided: unknown;
    try {
      decided = registered.hook(subject);
    } catch (error) {
      this.report(registered, subject, error);
      return answerCode.fail;
    }
    if (isPromise(decided)) {
      decided.then(
        (late) => server.answer(id, ...this.answerTo(registered, subject, late)),
        (error: unknown) => {
          server.answer(id, answerCode.fail);
          this.report(registered, subject, error);
        },
      );
      return answerCode.later;
    }
    const answer = this.answerTo(registered, subject, decided);
    if (answer.length === 1) return answer[0];
    server.answer(id, ...answer);
    return answerCode.later;
  }

  private answerTo(registered: Registered, subject: Subject, decided: unknown): Answer {
    const { decisions } = registered.kind;
    if (decided === undefined || decided === true || decisions.length === 0)
      return [answerCode.yes];
    if (decided === false) return [answerCode.no];
    if (decided instanceof Decision && decisions.includes(decided.kind)) return decided.answer;
    this.report(
      registered,
      subject,
      new TypeError(`it returned ${describe(decided)}, which is no decision of this hook`),
    );
    return failed;
  }

  private report({ kind }: Registered, subject: Subject, error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const denies = kind.decisions.length > 0 ? ', so it denies' : '';
    this.log('error', `${kind.name} failed${denies}${describeSubject(subject)}: ${what}`);
  }
}

/** Which client a hook was called for, and which room. */
function describeSubject(subject: Subject): string {
  if (!('client' in subject)) return '';
  const where = 'room' in subject && subject.room ? `, room ${subject.room}` : '';
  return ` (client ${subject.client}${where})`;
}

function describe(value: unknown): string {
  if (value instanceof Decision) return `${value.kind}()`;
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
