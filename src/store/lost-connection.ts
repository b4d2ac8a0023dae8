/** The driver's and the system's words for a connection that is gone or cannot be made. */
const lost = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  // PostgreSQL: shut down by an operator, crashed, still starting.
  '57P01',
  '57P02',
  '57P03',
]);

/** Whether a statement's fate is unknown, or it never arrived, because the connection was lost. */
export const isConnectionLost = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  lost.has(error.code);
