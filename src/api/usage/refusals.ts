import { z } from 'zod';
import type { LedgerRefusal } from '../../ports/ledger.ts';
import { signedCredits } from '../codecs.ts';
import { problemOf, refuse, type Refused } from '../problem.ts';
import { refuseDenied, type Denied } from './denial.ts';

/** What the ledger refused, as an answer. */
export function refuseByLedger(refusal: LedgerRefusal, of: Denied): Refused {
  switch (refusal.kind) {
    case 'denied':
      return refuseDenied(refusal.limits, of);
    case 'notFound':
      return refuse('notFound');
    case 'idempotencyKeyReused':
      return refuse('idempotencyKeyReused');
    case 'stale':
    case 'moved':
      return { ok: false, refusal: { ...problemOf('ratesMoving'), retryAfterSeconds: 1 } };
    case 'holdClosed':
      return refuse('holdClosed', `The hold is ${refusal.state} already; nothing was changed.`);
    case 'nothingToRefund': {
      const left = z.encode(signedCredits, refusal.refundableMicro);
      return refuse('nothingToRefund', `At most ${left} credits are left to refund.`);
    }
    case 'occurredAhead':
    case 'occurredTooLate': {
      const { detail } = problemOf(refusal.kind);
      return refuse(refusal.kind, `${detail} It is ${refusal.at} there.`);
    }
  }
}
