import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inDays } from '../../src/domain/values/calendar-recurrence.ts';
import { addMinutes } from '../../src/domain/values/calendar.ts';
import {
  identityOf,
  openAccount,
  totalOf,
  type CreditAccount,
  type CreditEntry,
  type Done,
} from '../../src/domain/credits/credit-account.ts';
import {
  clawBackCredits,
  replaceGrant,
  resetPeriod,
  voidGrant,
} from '../../src/domain/credits/credit-closing.ts';
import { holdCredits, releaseHold, settleHold } from '../../src/domain/credits/credit-holds.ts';
import { payLines } from '../../src/domain/credits/credit-lines.ts';
import { addGrants, advanceTo, type NewGrant } from '../../src/domain/credits/credit-time.ts';
import { refundUsage } from '../../src/domain/credits/credit-refund.ts';
import { reinstateGrant, reverseGrant } from '../../src/domain/credits/credit-reversal.ts';
import { useCredits } from '../../src/domain/credits/credit-usage.ts';
import { micro, minus, plus, sum } from '../../src/domain/values/money.ts';
import { start, usualPolicy } from './credit-support.ts';

type Act = { readonly name: string; readonly run: (account: CreditAccount) => CreditAccount };

/** Up to three days, and often no time at all: grants begin, end and are refilled all the while. */
const minutes = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4320 }));
const amount = fc.bigInt(0n, 500n).map(micro);
const id = fc.constantFrom('a', 'b', 'c');
const feature = fc.constantFrom(null, 'images');

/** The account after an operation; the same one if that was refused. */
const after = (account: CreditAccount, done: Done<unknown>): CreditAccount =>
  done.ok ? done.value.account : account;

const rollover = fc.record({ minMicro: amount, maxMicro: fc.option(amount) });
const newGrant = fc.record({
  kind: fc.constantFrom('included' as const, 'topUp' as const),
  amountMicro: amount,
  priority: fc.integer({ min: 0, max: 2 }),
  earmark: feature,
  wait: minutes,
  life: fc.option(minutes),
  isDaily: fc.boolean(),
  carries: fc.record({ atRefill: rollover, atReset: rollover }),
});

const grant = newGrant.map(({ wait, life, isDaily, ...terms }): Act => ({
  name: 'grant',
  run: (account) => {
    const effectiveAt = addMinutes(account.at, wait);
    const expiresAt = life === null ? null : addMinutes(effectiveAt, life);
    const recurrence = isDaily ? { anchor: start, step: inDays(1), timeZone: 'UTC' } : null;
    const one: NewGrant = { ...terms, effectiveAt, expiresAt, recurrence };
    return addGrants(account, [one]);
  },
}));

const use = fc
  .record({ id, amountMicro: amount, feature, onShort: fc.constantFrom('deny', 'record') })
  .map((call): Act => ({
    name: 'use',
    run: (account) => after(account, useCredits(account, call)),
  }));

const hold = fc
  .record({ id, amountMicro: amount, feature, life: fc.option(minutes) })
  .map(({ life, ...call }): Act => ({
    name: 'hold',
    run: (account) => {
      if (account.holds.some((one) => one.id === call.id)) return account;
      const expiresAt = life === null ? null : addMinutes(account.at, life);
      return after(account, holdCredits(account, { ...call, expiresAt }));
    },
  }));

const moves = fc.record({ id, amountMicro: amount, no: fc.integer({ min: 1, max: 4 }) });
const acts: readonly ((move: {
  readonly id: string;
  readonly amountMicro: ReturnType<typeof micro>;
  readonly no: number;
}) => Act)[] = [
  (move) => ({ name: 'settle', run: (a) => after(a, settleHold(a, move)) }),
  (move) => ({
    name: 'release',
    run: (a) => after(a, releaseHold(a, { id: move.id, as: 'released' })),
  }),
  (move) => ({ name: 'refund', run: (a) => after(a, refundUsage(a, move)) }),
  (move) => ({ name: 'void', run: (a) => after(a, voidGrant(a, move.no)) }),
  ({ no, amountMicro, id: drawn }) => ({
    name: 'reverse',
    run: (a) => {
      const spentBecomes = drawn === 'a' ? 'loss' : 'debt';
      return after(a, reverseGrant(a, { grantNo: no, totalMicro: amountMicro, spentBecomes }));
    },
  }),
  (move) => ({
    name: 'reinstate',
    run: (a) => after(a, reinstateGrant(a, { grantNo: move.no, totalMicro: move.amountMicro })),
  }),
  (move) => ({ name: 'clawBack', run: (a) => clawBackCredits(a, move.amountMicro).account }),
  () => ({ name: 'reset', run: resetPeriod }),
  (move) => ({
    name: 'pay',
    run: (a) => payLines(a, [{ id: 'l', kind: 'images', amountMicro: move.amountMicro }]).account,
  }),
  (move) => ({
    name: 'upgrade',
    run: (a) => {
      const next = {
        kind: 'included' as const,
        amountMicro: move.amountMicro,
        effectiveAt: a.at,
      };
      const change = { grantNo: move.no, next, credits: 'addDifference' as const };
      return after(a, replaceGrant(a, change));
    },
  }),
];

const wait = minutes.map((count): Act => ({
  name: 'wait',
  run: (account) => advanceTo(account, addMinutes(account.at, count)),
}));

const act = fc.oneof(
  ...[grant, use, hold, wait].map((arbitrary) => ({ arbitrary, weight: 3 })),
  ...acts.map((make) => ({ arbitrary: moves.map(make), weight: 1 })),
);
const life = fc.array(act, { minLength: 5, maxLength: 40, size: 'max' });
const policy = fc.record({
  settlement: fc.constantFrom('creditOnly' as const, 'creditThenInvoice' as const),
  debtAtReset: fc.constantFrom('carry' as const, 'forgive' as const),
  refundOfExpired: fc.constantFrom('lost' as const, { promoDays: 1 }),
});

test('sources equal uses after every operation, and no grant is ever below nothing', () => {
  fc.assert(
    fc.property(life, policy, (all, terms) => {
      let account = openAccount(start, { ...usualPolicy, ...terms });
      for (const { name, run } of all) {
        account = run(account);
        const { sourcesMicro, usesMicro } = identityOf(account);
        expect({ after: name, usesMicro }).toEqual({ after: name, usesMicro: sourcesMicro });
        expect(account.grants.every(({ remainingMicro }) => remainingMicro >= 0n)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('time passes the same in one step as in two', () => {
  fc.assert(
    fc.property(life, minutes, minutes, (all, first, second) => {
      const account = all.reduce((state, { run }) => run(state), openAccount(start, usualPolicy));
      const half = addMinutes(account.at, first);
      const end = addMinutes(half, second);
      expect(advanceTo(advanceTo(account, half), end)).toEqual(advanceTo(account, end));
    }),
    { numRuns: 100 },
  );
});

test('a refused or repeated operation leaves the account as it is', () => {
  fc.assert(
    fc.property(life, moves, (all, move) => {
      const account = all.reduce((state, { run }) => run(state), openAccount(start, usualPolicy));
      const once = after(account, settleHold(account, move));
      expect(after(once, settleHold(once, move))).toBe(once);
      const voided = after(account, voidGrant(account, move.no));
      expect(after(voided, voidGrant(voided, move.no))).toBe(voided);
    }),
    { numRuns: 100 },
  );
});

test('a run told in parts takes what it takes at once, from the same sources', () => {
  fc.assert(
    fc.property(life, fc.array(amount, { minLength: 1, maxLength: 6 }), (all, parts) => {
      const account = all.reduce((state, { run }) => run(state), openAccount(start, usualPolicy));
      const call = { feature: 'images', onShort: 'record' } as const;
      const whole = sum(parts);
      const once = after(account, useCredits(account, { ...call, id: 'run', amountMicro: whole }));
      const split = parts.reduce(
        (state, amountMicro, part) =>
          after(state, useCredits(state, { ...call, id: `run ${part}`, amountMicro })),
        account,
      );
      expect(split.grants).toEqual(once.grants);
      expect(split.debtMicro).toBe(once.debtMicro);
    }),
    { numRuns: 200 },
  );
});

test('a refund grants what comes back to ended grants, and never more than was burned', () => {
  fc.assert(
    fc.property(life, moves, (all, move) => {
      const terms = { ...usualPolicy, refundOfExpired: { promoDays: 1 } } as const;
      const lived = all.reduce((state, { run }) => run(state), openAccount(start, terms));
      const account = advanceTo(lived, lived.at);
      const refunded = after(account, refundUsage(account, move));
      const added = (kind: CreditEntry['kind']) =>
        minus(totalOf(refunded, kind), totalOf(account, kind));
      expect(added('granted')).toBe(plus(added('expired'), added('voided')));
      expect(added('granted') <= move.amountMicro).toBe(true);
    }),
    { numRuns: 300 },
  );
});
