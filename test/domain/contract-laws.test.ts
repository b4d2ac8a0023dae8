import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, addMinutes, endOfLocalDay } from '../../src/domain/values/calendar.ts';
import { dueDeadline } from '../../src/domain/deadlines.ts';
import type { Effect, Event, InvoiceDraft, Lifecycle } from '../../src/domain/life/lifecycle.ts';
import { plus, times } from '../../src/domain/values/money.ts';
import { nextInvoice } from '../../src/domain/invoices/next-invoice.ts';
import { fromPlain, toPlain } from '../../src/domain/values/plain.ts';
import { seatsOf } from '../../src/domain/life/seats.ts';
import { step } from '../../src/domain/step.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import { moveBasisOf } from '../../src/domain/changes/terms-change.ts';
import { planOf, type Terms } from '../../src/domain/terms/terms.ts';
import { drawing } from '../support/drawing.ts';
import { agree } from './contract-support.ts';
import { live } from './live.ts';
import { randomContract } from './random-contract.ts';
import { randomLife, termsFor } from './random-life.ts';
import { invoicesIn, ofKind } from './support.ts';

const drawn = drawing({ numRuns: 60 });

const contract = randomContract({ leastMinor: 100, follows: fc.constant('renew') });

/** A state that some random life came to, and the catalog that it lives by. */
const somewhere = randomLife().map((random) => ({
  life: live(random).at(-1)?.after,
  terms: termsFor(random),
}));

type Lived = {
  life: Lifecycle;
  readonly invoices: InvoiceDraft[];
  readonly effects: Effect[];
};

/** Takes an event in, and pays whatever is asked for at once. */
function take(lived: Lived, event: Event, terms: Terms): void {
  const outcome = step(lived.life, event, terms);
  if (!outcome.ok) return;
  lived.life = outcome.value.state;
  const { effects } = outcome.value;
  lived.effects.push(...effects);
  const issued = ofKind(effects, 'issueInvoice').map(({ invoice }) => invoice);
  lived.invoices.push(...issued);
  const asked = effects.filter(({ kind }) => kind === 'sendInvoice' || kind === 'collectInvoice');
  for (const { key, reason, period } of asked.length === 0 ? [] : issued) {
    const paid = { kind: 'invoicePaid', invoice: key, reason, periodEnd: period.end } as const;
    take(lived, { ...paid, at: lived.life.at }, terms);
  }
  for (const { reading } of ofKind(effects, 'readMeter')) {
    take(lived, { kind: 'usageMetered', reading, lines: [], at: lived.life.at }, terms);
  }
}

function liveUntil(lived: Lived, to: string, terms: Terms): void {
  const { clock } = lived.life;
  const moves = clock.kind === 'test' && clock.now < to;
  if (moves) take(lived, { kind: 'clockAdvanced', to, at: clock.now }, terms);
  for (let due = dueDeadline(lived.life, to); due; due = dueDeadline(lived.life, to)) {
    take(lived, { kind: 'deadlineReached', deadline: due.kind, at: due.at }, terms);
  }
}

describe('a contract, wherever a life is when it is agreed on', () => {
  test('charges what its preview has shown, minutes later', () => {
    const later = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(somewhere, contract, later, ({ life, terms }, agreed, minutes) => {
        if (life === undefined) return;
        const { at } = life;
        const confirmedAt = addMinutes(at, minutes);
        if (dueDeadline(life, confirmedAt) !== null) return;
        const wish = { kind: 'contractAgreed', request: 'c', contract: agreed } as const;
        const shown = step(life, { ...wish, preview: null, at }, terms);
        const preview = { at, basis: moveBasisOf(life) };
        const done = step(life, { ...wish, preview, at: confirmedAt }, terms);
        expect(done.ok).toBe(shown.ok);
        if (!shown.ok || !done.ok) return;
        const figures = (effects: readonly Effect[]) => ({
          invoices: ofKind(effects, 'issueInvoice').map(({ invoice }) => ({
            amounts: invoice.lines.map(({ kind, amountMinor }) => [kind, amountMinor]),
            totalMinor: invoice.totalMinor,
          })),
        });
        expect(figures(done.value.effects)).toEqual(figures(shown.value.effects));
      }),
      drawn,
    );
  });

  test('reaches every figure while it runs: renewals, credits, days to pay', () => {
    fc.assert(
      fc.property(somewhere, contract, ({ life, terms }, agreed) => {
        // Who owes an invoice by hand falls past due by it, whatever is agreed on.
        if (life === undefined || (life.sent ?? []).length > 0) return;
        const lived: Lived = { life, invoices: [], effects: [] };
        take(lived, { ...agree(agreed), at: life.at }, terms);
        const ends = paidOf(lived.life)?.term.end;
        const isNext = lived.life.contract?.amended?.id === 'contract-1';
        if (isNext && ends !== undefined) liveUntil(lived, ends, terms);
        const running = paidOf(lived.life);
        if (lived.life.contract?.agreed.id !== 'contract-1' || running === undefined) return;
        const plan = planOf(terms, 'enterprise');
        const seats = seatsOf(lived.life, plan);
        const foreseen = nextInvoice(lived.life, terms);
        lived.invoices.length = 0;
        lived.effects.length = 0;
        liveUntil(lived, addMinutes(running.term.end, 40 * 1_440), terms);
        const { price, included } = agreed;
        const renewals = lived.invoices.filter(({ reason }) => reason === 'renewal');
        expect(renewals.length).toBeGreaterThan(0);
        for (const { lines, issuedAt, due, status } of renewals) {
          expect(lines.find(({ kind }) => kind === 'base')?.amountMinor).toBe(price.baseMinor);
          const ofSeats = lines.find(({ kind }) => kind === 'seats')?.amountMinor ?? 0n;
          expect(ofSeats).toBe(times(price.perSeatMinor, seats));
          const isSent = agreed.netDays > 0 || !lived.life.paymentMethodOnFile;
          if (status !== 'open') continue;
          const { timeZone } = lived.life;
          const dueAt = endOfLocalDay(addDays(issuedAt, agreed.netDays, timeZone), timeZone);
          expect(due?.at).toBe(isSent ? dueAt : undefined);
        }
        // What a meter will have on it nobody can foresee.
        const isForeseen = lived.life.meter === undefined;
        if (isForeseen) expect(foreseen?.totalMinor).toBe(renewals[0]?.totalMinor);
        for (const order of ofKind(lived.effects, 'placeOrder')) {
          const micros = plus(included.baseMicro, times(included.perSeatMicro, seats));
          expect(order.amountMicro).toBe(micros);
        }
        expect(lived.life.subscription.status).toBe('active');
      }),
      drawn,
    );
  });

  test('comes to the same in one leap as day by day, and to its end', () => {
    fc.assert(
      fc.property(somewhere, contract, ({ life, terms }, agreed) => {
        if (life === undefined) return;
        const over = (looks: number): unknown => {
          const lived: Lived = { life, invoices: [], effects: [] };
          const ends = { ...agreed, follows: { plan: 'team', interval: 'month' } } as const;
          take(lived, { ...agree(ends), at: life.at }, terms);
          for (let look = 1; look <= looks; look += 1) {
            liveUntil(lived, addMinutes(life.at, (look * 700 * 1_440) / looks), terms);
          }
          const { version: _steps, clock: _clock, ...state } = lived.life;
          return [invoicesIn(lived.effects), state];
        };
        expect(over(1)).toEqual(over(70));
      }),
      drawing({ numRuns: 25 }),
    );
  });

  test('has an answer to whatever may happen under it, goes with its plan, and crosses JSON', () => {
    fc.assert(
      fc.property(randomLife(), randomLife(), contract, (random, other, agreed) => {
        const { product, policies } = random;
        const terms = termsFor(random);
        const life = live(random).at(-1)?.after;
        if (life === undefined) return;
        const lived: Lived = { life, invoices: [], effects: [] };
        take(lived, { ...agree(agreed), at: life.at }, terms);
        for (const { event } of live({ ...other, product, policies })) {
          // A deadline comes by time alone, which is lived through below.
          if (event.kind !== 'deadlineReached') take(lived, { ...event, at: lived.life.at }, terms);
          liveUntil(lived, addMinutes(lived.life.at, 3 * 1_440), terms);
          const { life: now } = lived;
          const plan = now.contract?.agreed.plan;
          if (plan !== undefined) expect(paidOf(now)?.plan).toBe(plan);
          expect(fromPlain<Lifecycle>(structuredClone(toPlain(now)))).toEqual(now);
        }
      }),
      drawing({ numRuns: 30 }),
    );
  });
});
