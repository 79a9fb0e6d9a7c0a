import fanwire from './dist/index.js';

export const {
  BusStateNotice,
  CloseCode,
  ConnectRequest,
  DisconnectNotice,
  FanwireError,
  JoinRequest,
  LeaveNotice,
  MessageRequest,
  Server,
  accept,
  allow,
  change,
  drop,
  refuse,
  reject,
  version,
} = fanwire;
