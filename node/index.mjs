import fanwire from './dist/index.js';

export const {
  BusStateNotice,
  CloseCode,
  ConnectRequest,
  FanwireError,
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
