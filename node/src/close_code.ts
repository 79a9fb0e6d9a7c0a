/**
 * Why a connection ends, as the client is told. Codes of fanwire's own say by their range whether
 * to come back: 4000 to 4099 reconnect at once, 4100 to 4199 with back-off, 4200 to 4299 with new
 * credentials, 4300 to 4399 not at all.
 */
export const CloseCode = {
  /** The purpose is fulfilled. */
  normal: 1000,
  /** The server goes away. */
  goingAway: 1001,
  /** The client broke the framing rules. */
  protocolError: 1002,
  /** A kind of payload that this endpoint cannot take. */
  unsupportedData: 1003,
  /** The peer's close frame carried no code. Never sent. */
  noStatus: 1005,
  /** The connection ended without a close frame. Never sent. */
  abnormal: 1006,
  /** Text that is not UTF-8. */
  badPayload: 1007,
  /** Against a rule that no other code names. */
  policyViolation: 1008,
  /** A message over the size limit. */
  tooLarge: 1009,
  /** A fault of the server's own. */
  internalError: 1011,
  /** The server drains: come back, elsewhere or later. */
  serviceRestart: 1012,
  /** The server is overloaded. */
  tryAgainLater: 1013,
  /** The client's session moved here anew. */
  sessionMoved: 4000,
  /** The client read too slowly. */
  slowConsumer: 4100,
  /** The client sent too fast. */
  rateLimited: 4101,
  /** Too many connections. */
  tooManyConnections: 4102,
  /** The client did not answer the heartbeat. */
  heartbeatMissed: 4103,
  /** The client's credentials ended. */
  expired: 4200,
  /** The host refused the client. */
  refused: 4201,
  /** The host disconnected the client. */
  disconnected: 4300,
  /** A newer connection of the same session took over. */
  replaced: 4301,
  /** The client may not be here. */
  forbidden: 4302,
} as const;

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Whether a close frame may carry `code` (RFC 6455, 7.4). */
export function isSendable(code: number): boolean {
  const isInRange =
    (code >= 1000 && code <= 1003) ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999);
  return isInRange && Number.isInteger(code);
}
