import type { z } from 'zod';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import type { LedgerAccount } from '../ports/ledger.ts';
import { givenInstant } from './codecs.ts';
import type { Call } from './parts.ts';
import { refuse, refuseMistakes, type Problem } from './problem.ts';

/** The span that usage is asked of; by default the running window until now. */
export const spanQuery = {
  from: givenInstant.optional().meta({ description: 'Default: the running window’s start' }),
  to: givenInstant.optional().meta({ description: 'Default: now, in the workspace’s time' }),
};

type Asked = z.output<z.ZodObject<typeof spanQuery>>;

/** The span `[from, to)` that is meant, with the balance that it was completed from. */
export async function spanOf(
  call: Call,
  account: LedgerAccount,
  asked: Asked,
): Promise<
  Outcome<{ readonly from: string; readonly to: string; readonly now: Balance }, Problem>
> {
  const now = await call.parts.ledger.balance(account);
  if (now === undefined) return refuse('notFound');
  // Now itself is part of the span: the end is the first instant after it.
  const to = asked.to ?? new Date(Date.parse(now.at) + 1).toISOString();
  const from = asked.from ?? now.windowStart;
  if (from <= to) return ok({ from, to, now });
  const message = 'must not be before "from"';
  return refuseMistakes([{ in: 'query', pointer: '/to', message }]);
}
