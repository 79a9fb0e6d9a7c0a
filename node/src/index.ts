/** fanwire: a real-time server that lives inside your application. */
import { native } from './native';

export { CloseCode } from './close_code';
export { accept, allow, change, drop, refuse, reject } from './decisions';
export type { ConnectDecision, Decision, JoinDecision, MessageDecision } from './decisions';
export { FanwireError } from './errors';
export type { ErrorCode } from './errors';
export type {
  BusStateHook,
  ConnectAnswer,
  ConnectHook,
  DisconnectHook,
  JoinAnswer,
  JoinHook,
  LeaveHook,
  MessageAnswer,
  MessageHook,
} from './hook_kinds';
export type { MessageFields } from './json';
export type { Stats } from './native';
export { BusStateNotice, DisconnectNotice, LeaveNotice } from './notices';
export type { BusState } from './notices';
export type { Log, LogLevel, ServerOptions } from './options';
export { ConnectRequest, JoinRequest, MessageRequest } from './requests';
export { Server } from './server';
export type { PublishResult, SendResult, StopOptions } from './server';

/** The version of this package, as semantic versioning has it. */
export const version: string = native.version;
