import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { explainRefusal } from '../domain/life/refusal.ts';
import { PaymentsRefused, PaymentsUnavailable } from '../ports/payments.ts';
import type { Log } from '../ports/log.ts';
import { sendRefusal } from './mount.ts';
import { problemOf, type Problem } from './problem.ts';

const retryAfterSeconds = 2;

/** What was thrown, as an answer: nothing of a defect's inside leaves the process. */
export function explainFailure(
  log: Log,
  error: unknown,
  at: { readonly method: string | undefined; readonly path: string | undefined },
): Problem {
  const problem = problemOfFailure(error);
  if (problem.code === 'defect') {
    const id = randomUUID();
    log.error({ err: error, requestId: id, ...at }, 'defect');
    return { ...problem, more: { requestId: id } };
  }
  if (problem.retryAfterSeconds !== undefined) {
    log.warn({ err: error, path: at.path }, problem.detail);
  }
  return problem;
}

export const answerFailures =
  (log: Log) =>
  (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { method, path } = request;
    sendRefusal(response, { refusal: explainFailure(log, error, { method, path }) });
  };

function problemOfFailure(error: unknown): Problem {
  if (error instanceof PaymentsUnavailable) {
    return { ...problemOf('paymentsUnavailable'), retryAfterSeconds };
  }
  if (error instanceof PaymentsRefused) {
    const kind = 'paymentsRefused';
    return problemOf(kind, explainRefusal({ kind, why: error.message }));
  }
  if (isDatabaseAway(error)) return { ...problemOf('databaseUnavailable'), retryAfterSeconds };
  // Thrown by Express while it reads a request.
  switch (statusOf(error)) {
    case 413:
      return problemOf('bodyTooLarge', describeLimit(error));
    case 415:
      return problemOf('badEncoding');
    case 400:
      if (error instanceof URIError) return problemOf('notFound', unreadableAddress);
      return problemOf('badJson', 'The request could not be read. Check its address and body.');
    default:
      return problemOf('defect');
  }
}

/**
 * The driver's and the database's words for "not there now": the connection failed or ended (08, 57P0x),
 * too many connections (53), a lock or a transaction given up (40, 55P03, 57014).
 */
function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isDatabaseAway);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return false;
  return (
    /^(?:08|53|40)[0-9A-Z]{3}$|^57P0\d$|^57014$|^55P03$|^25P03$/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code) ||
    /^CONNECT(?:ION)?_/.test(code)
  );
}

const unreadableAddress = 'The address cannot be read: write a percent sign as %25.';

/** Webhooks may be larger than other bodies; Express tells which limit it was. */
function describeLimit(error: unknown): string | undefined {
  const limit = error instanceof Error && 'limit' in error ? error.limit : undefined;
  if (typeof limit !== 'number') return undefined;
  return `The body is larger than ${limit / 1024} KiB. Send less at once.`;
}

const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'status' in error ? error.status : undefined;
