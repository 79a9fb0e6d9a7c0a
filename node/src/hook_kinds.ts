import type { ConnectDecision, JoinDecision, MessageDecision } from './decisions';
import type { Part } from './native';
import { BusStateNotice, DisconnectNotice, LeaveNotice } from './notices';
import { ConnectRequest, JoinRequest, MessageRequest } from './requests';

/** What `onConnect` may answer: true or nothing accepts, false rejects. */
export type ConnectAnswer = ConnectDecision | boolean | void;
/** What `onJoin` may answer: true or nothing allows, false refuses. */
export type JoinAnswer = JoinDecision | boolean | void;
/** What `onMessage` may answer: true or nothing allows, false refuses. */
export type MessageAnswer = MessageDecision | boolean | void;
/** Asked before a client may connect. */
export type ConnectHook = (request: ConnectRequest) => ConnectAnswer | Promise<ConnectAnswer>;
/** Asked before a client joins a room or pattern that it is not in. */
export type JoinHook = (request: JoinRequest) => JoinAnswer | Promise<JoinAnswer>;
/** Asked before a client's message is published. */
export type MessageHook = (message: MessageRequest) => MessageAnswer | Promise<MessageAnswer>;
/** Told when a client has left a room or pattern. */
export type LeaveHook = (notice: LeaveNotice) => void | Promise<void>;
/** Told when an accepted client has gone. */
export type DisconnectHook = (notice: DisconnectNotice) => void | Promise<void>;
/** Told how the bus stands. */
export type BusStateHook = (notice: BusStateNotice) => void | Promise<void>;

/** What a hook is given. */
export type Subject =
  | ConnectRequest
  | JoinRequest
  | MessageRequest
  | LeaveNotice
  | DisconnectNotice
  | BusStateNotice;

/** A kind of hook, and how the native part tells of it. */
export interface HookKind {
  readonly name: string;
  /** How many parts an item has. */
  readonly parts: number;
  /** What the hook is given, from its parts, of which the first is at `at`. */
  make(flat: readonly Part[], at: number): Subject;
  /** Which decisions are its answers. None: it is told, and answers nothing. */
  readonly decisions: readonly string[];
}

const connect: HookKind = {
  name: 'onConnect',
  parts: 6,
  make: (flat, at) =>
    new ConnectRequest(
      flat[at] as string,
      flat[at + 1] as string,
      flat[at + 2] as string,
      flat[at + 3] as string,
      flat[at + 4] as string,
      flat[at + 5] as string,
    ),
  decisions: ['accept', 'reject'],
};

const join: HookKind = {
  name: 'onJoin',
  parts: 4,
  make: (flat, at) =>
    new JoinRequest(
      flat[at] as string,
      flat[at + 1] as string | undefined,
      flat[at + 2] as string,
      flat[at + 3] as boolean,
    ),
  decisions: ['allow', 'refuse'],
};

const message: HookKind = {
  name: 'onMessage',
  parts: 4,
  make: (flat, at) =>
    new MessageRequest(
      flat[at] as string,
      flat[at + 1] as string | undefined,
      flat[at + 2] as string,
      flat[at + 3] as string,
    ),
  decisions: ['allow', 'change', 'drop', 'refuse'],
};

const leave: HookKind = {
  name: 'onLeave',
  parts: 5,
  make: (flat, at) =>
    new LeaveNotice(
      flat[at] as string,
      flat[at + 1] as string | undefined,
      flat[at + 2] as string,
      flat[at + 3] as boolean,
      flat[at + 4] as boolean,
    ),
  decisions: [],
};

const disconnect: HookKind = {
  name: 'onDisconnect',
  parts: 4,
  make: (flat, at) =>
    new DisconnectNotice(
      flat[at] as string,
      flat[at + 1] as string | undefined,
      flat[at + 2] as number,
      flat[at + 3] as string,
    ),
  decisions: [],
};

const busState: HookKind = {
  name: 'onBusState',
  parts: 3,
  make: (flat, at) =>
    new BusStateNotice(flat[at] as number, flat[at + 1] as number, flat[at + 2] as number),
  decisions: [],
};

/** By the places that bindings/node/hook_values.hpp gives them. */
export const hookKinds: readonly HookKind[] = [
  connect,
  join,
  message,
  leave,
  disconnect,
  busState,
];
