import fanwire from './dist/index.js';

export const {
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
