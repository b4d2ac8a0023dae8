import {
  calendarRecurrence,
  inMilliseconds,
  inMonths,
  nextBoundary,
  type Recurrence,
} from '../../domain/values/calendar-recurrence.ts';
import type { Instant } from '../../domain/values/calendar.ts';
import type { NewGrant } from '../../domain/credits/credit-time.ts';
import { fraction, multiplyFractions, roundFraction } from '../../domain/values/fraction.ts';
import { micro, type MicroCredits } from '../../domain/values/money.ts';
import { fullRollover, noRollover, type Rollover } from '../../domain/credits/rollover.ts';
import { parseInterval } from '../dates.ts';
import { creditsOf } from '../figures.ts';
import { inexpressible } from '../unsupported.ts';
import { parseKind, placeByName } from './order-words.ts';
import type { CaseTerms } from './policy-words.ts';
import type { GrantStep } from './step-shapes.ts';

/** Where a grant lies in time. */
export type GrantTimes = {
  readonly effectiveAt: Instant;
  readonly expiresAt: Instant | null;
  readonly recurrence: Recurrence | null;
};

/** A grant without a priority burns after those with one. */
const lastPriority = Number.MAX_SAFE_INTEGER;

/** The kernel's grant for a step, with what the case's policy says of rollover and order. */
export function newGrant(
  step: GrantStep,
  times: GrantTimes,
  context: { readonly terms: CaseTerms; readonly id: string; readonly ids: readonly string[] },
): NewGrant {
  const { terms } = context;
  const amountMicro = creditsOf(step.amount, 'amount');
  if (amountMicro < 0n) throw inexpressible('a negative grant');
  return {
    kind: parseKind(step.kind),
    amountMicro,
    priority: step.priority ?? impliedPriority(step, context),
    earmark: step.only ?? step.feature ?? null,
    ...times,
    carries: {
      atRefill: rolloverAtRefill(step, terms, amountMicro),
      atReset: rolloverAtReset(step, terms),
    },
  };
}

/** Without a priority of its own, a grant's place is what the case's order says of it. */
function impliedPriority(
  step: GrantStep,
  {
    terms,
    id,
    ids,
  }: { readonly terms: CaseTerms; readonly id: string; readonly ids: readonly string[] },
): number {
  const { names } = terms.order;
  if (names.length > 0) return placeByName(names, id, ids);
  if (terms.losesFirst) return step.rolls === true ? 1 : 0;
  return lastPriority;
}

/** What a new window takes over from the last one: nothing, unless someone says so. */
function rolloverAtRefill(
  step: GrantStep,
  { rollover }: CaseTerms,
  amountMicro: MicroCredits,
): Rollover {
  if (step.rolls !== undefined) return step.rolls ? fullRollover : noRollover;
  switch (rollover.kind) {
    case 'percent': {
      const share = multiplyFractions(rollover.percent, fraction(amountMicro, 100n));
      return { minMicro: micro(0), maxMicro: micro(roundFraction(share, 0, 'down')) };
    }
    case 'amount':
      return { minMicro: micro(0), maxMicro: micro(roundFraction(rollover.most, 6, 'down')) };
    case 'all':
      return fullRollover;
    case 'none':
    case 'unsaid':
    case 'byGrant':
      return noRollover;
  }
}

/** What a reset leaves of a grant: all of it, unless its own terms or the policy say less. */
function rolloverAtReset(step: GrantStep, { rollover }: CaseTerms): Rollover {
  if (step.rolls !== undefined) return step.rolls ? fullRollover : noRollover;
  const most = step.maxRollover ?? step.rollover_max;
  const least = step.minRollover ?? step.rollover_min;
  if (most !== undefined || least !== undefined) {
    return {
      minMicro: least === undefined ? micro(0) : creditsOf(least, 'minRollover'),
      maxMicro: most === undefined ? null : creditsOf(most, 'maxRollover'),
    };
  }
  return rollover.kind === 'byGrant' || rollover.kind === 'none' ? noRollover : fullRollover;
}

/** When a grant is refilled, by a peer's word for it. */
export function recurrenceOf(word: string | undefined, anchor: Instant): Recurrence | null {
  if (word === undefined) return null;
  const name = word.toLowerCase();
  if (name === 'first_of_month') return calendarRecurrence(inMonths(1), 'UTC');
  if (/^(renewal(_date)?|anniversary)$/.test(name)) {
    return { anchor, step: inMonths(1), timeZone: 'UTC' };
  }
  const step = name === 'hourly' ? inMilliseconds(3_600_000) : parseInterval(word);
  if (step === undefined) throw inexpressible(`nothing recurs "${word}"`);
  return { anchor, step, timeZone: 'UTC' };
}

/** When the first of the recurring grants is refilled next. */
export function nextRefill(grants: readonly NewGrant[], after: Instant): Instant | undefined {
  const dates = grants.flatMap(({ recurrence }) =>
    recurrence === null || recurrence === undefined ? [] : [nextBoundary(recurrence, after)],
  );
  return dates.toSorted()[0];
}
