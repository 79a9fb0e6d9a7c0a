import { AsyncResource } from 'node:async_hooks';

import {
  answerCode,
  Decision,
  type Answer,
  type ConnectDecision,
  type MessageDecision,
} from './decisions';
import { FanwireError } from './errors';
import type { NativeServer } from './native';
import type { Log } from './options';
import { ConnectRequest, MessageRequest } from './requests';

/** What `onConnect` may answer: true or nothing accepts, false rejects. */
export type ConnectAnswer = ConnectDecision | boolean | void;
/** What `onMessage` may answer: true or nothing allows, false refuses. */
export type MessageAnswer = MessageDecision | boolean | void;
/** Asked before a client may connect. */
export type ConnectHook = (request: ConnectRequest) => ConnectAnswer | Promise<ConnectAnswer>;
/** Asked before a client's message is published. */
export type MessageHook = (message: MessageRequest) => MessageAnswer | Promise<MessageAnswer>;

/** A hook with the asynchronous context in which it was registered. */
interface Registered<Request> {
  readonly name: string;
  readonly hook: (request: Request) => unknown;
  readonly kinds: readonly string[];
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

/** Asks the host's hooks a batch at a time, and gives their answers to the native part. */
export class Hooks {
  private connect: Registered<ConnectRequest> | undefined;
  private message: Registered<MessageRequest> | undefined;
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  set onConnect(hook: ConnectHook) {
    this.connect = register('onConnect', hook, ['accept', 'reject']);
  }

  set onMessage(hook: MessageHook) {
    this.message = register('onMessage', hook, ['allow', 'change', 'drop', 'refuse']);
  }

  get has(): { hasOnConnect: boolean; hasOnMessage: boolean } {
    return { hasOnConnect: this.connect !== undefined, hasOnMessage: this.message !== undefined };
  }

  /** Asks `onConnect` about each item of a batch: {@link Receiver.connects}. */
  askConnects(server: NativeServer, codes: Uint8Array, firstId: number, flat: string[]): void {
    const registered = this.connect!;
    registered.context.runInAsyncScope(() => {
      for (let i = 0, at = 0; at < flat.length; ++i, at += 6) {
        const request = new ConnectRequest(
          flat[at]!,
          flat[at + 1]!,
          flat[at + 2]!,
          flat[at + 3]!,
          flat[at + 4]!,
          flat[at + 5]!,
        );
        codes[i] = this.ask(server, registered, firstId + i, request);
      }
    });
  }

  /** Asks `onMessage` about each item of a batch: {@link Receiver.messages}. */
  askMessages(
    server: NativeServer,
    codes: Uint8Array,
    firstId: number,
    flat: (string | undefined)[],
  ): void {
    const registered = this.message!;
    registered.context.runInAsyncScope(() => {
      for (let i = 0, at = 0; at < flat.length; ++i, at += 4) {
        const request = new MessageRequest(flat[at]!, flat[at + 1], flat[at + 2]!, flat[at + 3]!);
        codes[i] = this.ask(server, registered, firstId + i, request);
      }
    });
  }

  /** Returns the answer's code, or `later` where it went, or will go, by `server.answer`. */
  private ask<Request extends { client: string }>(
    server: NativeServer,
    registered: Registered<Request>,
    id: number,
    request: Request,
  ): number {
    let decided: unknown;
    try {
      decided = registered.hook(request);
    } catch (error) {
      this.report(registered, request, error);
      return answerCode.fail;
    }
    if (isPromise(decided)) {
      decided.then(
        (late) => server.answer(id, ...this.answerTo(registered, request, late)),
        (error: unknown) => {
          server.answer(id, answerCode.fail);
          this.report(registered, request, error);
        },
      );
      return answerCode.later;
    }
    const answer = this.answerTo(registered, request, decided);
    if (answer.length === 1) return answer[0];
    server.answer(id, ...answer);
    return answerCode.later;
  }

  private answerTo<Request extends { client: string }>(
    registered: Registered<Request>,
    request: Request,
    decided: unknown,
  ): Answer {
    if (decided === undefined || decided === true) return [answerCode.yes];
    if (decided === false) return [answerCode.no];
    if (decided instanceof Decision && registered.kinds.includes(decided.kind))
      return decided.answer;
    this.report(
      registered,
      request,
      new TypeError(`it returned ${describe(decided)}, which is no decision of this hook`),
    );
    return failed;
  }

  private report(
    registered: Registered<never>,
    request: { client: string; room?: string | null },
    error: unknown,
  ): void {
    const where = request.room ? `, room ${request.room}` : '';
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log(
      'error',
      `${registered.name} failed, so it denies (client ${request.client}${where}): ${what}`,
    );
  }
}

function register<Request>(
  name: string,
  hook: (request: Request) => unknown,
  kinds: string[],
): Registered<Request> {
  if (typeof hook !== 'function')
    throw new FanwireError('bad_option', `${name} must be a function.`);
  return { name, hook, kinds, context: new AsyncResource(`fanwire.${name}`) };
}

function describe(value: unknown): string {
  if (value instanceof Decision) return `${value.kind}()`;
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
