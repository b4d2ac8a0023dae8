import { clawBackCredits } from '../../domain/credits/credit-closing.ts';
import {
  availableMicro,
  openAccount,
  type CreditAccount,
} from '../../domain/credits/credit-account.ts';
import { addGrants } from '../../domain/credits/credit-time.ts';
import { useCredits } from '../../domain/credits/credit-usage.ts';
import {
  boundaryAt,
  inMonths,
  nextBoundary,
  type Recurrence,
} from '../../domain/values/calendar-recurrence.ts';
import {
  minor,
  negate,
  toDecimal,
  type MicroCredits,
  type Minor,
} from '../../domain/values/money.ts';
import { prorateChange } from '../../domain/life/proration.ts';
import { countOf, itemOf, type Answers } from '../answers.ts';
import { intervalOf, momentLike, momentOf, parseMoment } from '../dates.ts';
import { creditsOf, creditsShown, figureLike, moneyOf, type Json } from '../figures.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import type { CaseTerms } from './policy-words.ts';

/** Cases whose steps are sentences; each kind of sentence that is known is a rule here. */
export function answerTold(steps: readonly string[], terms: CaseTerms): Answers {
  const [first = ''] = steps;
  if (/^credits [+-]/.test(first)) return answerSum(steps, terms);
  if (first.startsWith('anchor ')) return answerAnchor(first, terms);
  if (first.startsWith('$')) return answerUpgrade(first, terms);
  if (/ start \S+ anchor /.test(first)) return answerAnchors(steps);
  throw inexpressible(`steps in prose: "${first}"`);
}

/** `credits +100, -150, +50, use 20`: given, taken back and used, and never below zero. */
function answerSum(steps: readonly string[], terms: CaseTerms): Answers {
  if (terms.words.credit_floor === undefined) throw undetermined('no floor of credits is given');
  const at = '2025-01-01T00:00:00.000Z';
  const moves = steps.flatMap((step) => step.replace(/^credits /, '').split(','));
  const account = moves.reduce(
    (state, move) => {
      const text = move.trim();
      const amountMicro = creditsOf(text.replace(/^([+-]|use )/, ''), 'credits');
      if (text.startsWith('use ')) return spend(state, amountMicro);
      if (text.startsWith('-')) return clawBackCredits(state, amountMicro).account;
      return addGrants(state, [{ kind: 'adjustment', amountMicro, effectiveAt: at }]);
    },
    openAccount(at, terms.credit),
  );
  return {
    policy: 'what is taken back is at most what is left',
    answer: (asked, form) =>
      asked === 'balance'
        ? figureLike(form, creditsShown(availableMicro(account, null)))
        : undefined,
  };
}

function spend(account: CreditAccount, amountMicro: MicroCredits): CreditAccount {
  const call = { id: `#${account.usages.length}`, amountMicro, feature: null };
  const done = useCredits(account, { ...call, onShort: 'record' });
  return done.ok ? done.value.account : account;
}

/** `anchor 2026-05-31`, reset every month. */
function answerAnchor(step: string, terms: CaseTerms): Answers {
  const anchor = momentOf(step.replace(/^anchor /, ''), 'UTC', 'anchor');
  const recurrence: Recurrence = { anchor, step: inMonths(1), timeZone: 'UTC' };
  const day = terms.words.anchor_day;
  if (day !== undefined && Number(anchor.slice(8, 10)) !== day) {
    throw undetermined('the anchor is not on the anchor day');
  }
  return {
    policy: "clamped to the month's last day, and never drifting",
    answer: (asked, form) =>
      asked === 'resets'
        ? Array.from({ length: countOf(form) }, (_, index) =>
            momentLike(itemOf(form, index), boundaryAt(recurrence, index + 1), 'UTC'),
          )
        : undefined,
  };
}

/** `$5 -> $20 after 1 of 30 days`, with the part of the period in the policy or in the sentence. */
function answerUpgrade(step: string, terms: CaseTerms): Answers {
  const match = /^\$([\d.]+) -> \$([\d.]+)(?: after (\d+) of (\d+) days)?$/.exec(step);
  if (match === null) throw inexpressible(`a change of price in prose: "${step}"`);
  const [, from = '', to = '', used, days] = match;
  const { remaining_s: left, period_s: period } = terms.words;
  const said =
    days === undefined ? null : { part: Number(days) - Number(used), whole: Number(days) };
  const share = left === undefined || period === undefined ? said : { part: left, whole: period };
  if (share === null) throw undetermined('how much of the period is left is not given');
  const dollars = (text: string): Minor => moneyOf(text, 'usd', 'price');
  const lines = prorateChange({
    oldMinor: dollars(from),
    newMinor: dollars(to),
    share,
    anchor: 'keep',
    rounding: 'halfAwayFromZero',
  });
  const answers: Readonly<Record<string, Minor | null>> = {
    // In these cases a credit is told by its size.
    credit: negate(lines.creditMinor ?? minor(0)),
    charge: lines.chargeMinor,
    net: lines.netMinor,
  };
  return {
    policy: 'by second, each line by itself, half away from zero',
    answer: (asked) => {
      const amount = Object.hasOwn(answers, asked) ? answers[asked] : undefined;
      return amount === undefined || amount === null ? undefined : toDecimal(amount, 2);
    },
  };
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** `monthly start 2024-04-01 anchor day 15 12:00`: the first boundary of the anchor after the start. */
function answerAnchors(steps: readonly string[]): Answers {
  const found = steps.map((step) => {
    const match = /^(\S+) start (\S+) anchor (.+)$/.exec(step);
    const start = parseMoment(match?.[2], 'UTC');
    if (match === null || start === undefined) throw inexpressible(`an anchor in prose: "${step}"`);
    const anchor = anchorNear(start, match[3] ?? '');
    return nextBoundary({ anchor, step: intervalOf(match[1] ?? ''), timeZone: 'UTC' }, start);
  });
  const next = (form: unknown): Json =>
    found.map((at, index) => momentLike(itemOf(form, index), at, 'UTC'));
  return {
    policy: 'the first boundary of the anchor after the start, for every interval',
    answer: (asked, form) => {
      if (asked === 'next') return next(form);
      const isOfOne = asked === 'theirs' || asked.startsWith('consistent_with');
      const [only, ...others] = found;
      if (!isOfOne || only === undefined || others.length > 0) return undefined;
      return momentLike(form, only, 'UTC');
    },
  };
}

/** A date, `day 15 12:00` of the start's month, or `Jun 15 12:00` of the start's year. */
function anchorNear(start: string, words: string): string {
  const date = parseMoment(words, 'UTC');
  if (date !== undefined) return date;
  const match = /^(day|[A-Z][a-z]{2}) (\d{1,2})(?: (\d\d:\d\d))?$/.exec(words);
  const month = monthNames.indexOf(match?.[1]?.toLowerCase() ?? '') + 1;
  if (match === null || (month === 0 && match[1] !== 'day')) {
    throw inexpressible(`an anchor "${words}"`);
  }
  const ownMonth = month === 0 ? start.slice(5, 7) : String(month).padStart(2, '0');
  const day = (match[2] ?? '').padStart(2, '0');
  return momentOf(
    `${start.slice(0, 4)}-${ownMonth}-${day}T${match[3] ?? '00:00'}Z`,
    'UTC',
    'anchor',
  );
}
