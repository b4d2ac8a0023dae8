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
export const isConnectionLost = (error: unknown): boolean => lost.has(codeOf(error));

/** Whether the books gave way to others (a deadlock, a lock that took too long): nothing was done. */
export const gaveWay = (error: unknown): boolean => /^40[0-9A-Z]{3}$|^55P03$/.test(codeOf(error));

/** Whether another holds what the statement needs, and it was told not to wait for it: nothing was done. */
export const isHeldByOthers = (error: unknown): boolean => codeOf(error) === '55P03';

/** Whether the books have no room or no time now: each that were tried alone would find the same. */
export const isOverwhelmed = (error: unknown): boolean =>
  /^(?:53|58)[0-9A-Z]{3}$|^57014$/.test(codeOf(error));

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
