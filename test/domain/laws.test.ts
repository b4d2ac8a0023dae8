import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadlinesOf, dueDeadline } from '../../src/domain/deadlines.ts';
import { describeEvent, describeLife } from '../../src/domain/describe.ts';
import { statusAt } from '../../src/domain/gates/gate.ts';
import type { Effect, Lifecycle } from '../../src/domain/life/lifecycle.ts';
import type { DeadlineKind } from '../../src/domain/deadline.ts';
import { fromPlain, toPlain, type Plain } from '../../src/domain/values/plain.ts';
import { step } from '../../src/domain/step.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import { always, drawn } from './laws.ts';
import { live, type Taken } from './live.ts';
import { randomLife, termsFor, type RandomLife } from './random-life.ts';
import { ofKind } from './support.ts';

function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(freezeDeep);
  return Object.freeze(value);
}

describe('every step of every life', () => {
  test('answers the same again, and changes nothing that it was given', () => {
    always((taken, terms) => {
      for (const { before, event, after, effects } of taken) {
        const again = step(freezeDeep(before), freezeDeep(event), terms);
        expect(again).toEqual({ ok: true, value: { state: after, effects } });
      }
    });
  });

  test('has an answer to a deadline that no longer holds', () => {
    const kinds: DeadlineKind[] = [
      'trialEnds',
      'seatDayEnds',
      'periodEnds',
      'windowEnds',
      'invoiceRun',
      'invoiceDue',
      'paymentRetry',
      'gateCloses',
      'clockReached',
    ];
    always((taken, terms) => {
      for (const { after } of taken) {
        for (const deadline of kinds) {
          const outcome = step(after, { kind: 'deadlineReached', at: after.at, deadline }, terms);
          expect(outcome.ok).toBe(true);
        }
      }
    });
  });

  test('has an answer to whatever may happen, in whatever state it comes', () => {
    fc.assert(
      fc.property(randomLife(), randomLife(), (random, other) => {
        const { product, policies } = random;
        const terms = termsFor(random);
        const states = live(random).map(({ after }) => after);
        const events = live({ ...other, product, policies }).map(({ event }) => event);
        for (const [index, elsewhere] of events.entries()) {
          const state = states[(index * 7) % Math.max(1, states.length)];
          if (state === undefined) continue;
          // Deadlines are lived through before anything else is: nothing comes later than it is.
          const event = { ...elsewhere, at: state.at };
          const outcome = step(state, event, terms);
          expect(outcome.ok ? 'answered' : typeof outcome.refusal.kind).toMatch(/answered|string/);
          expect(step(state, event, terms)).toEqual(outcome);
        }
      }),
      drawn,
    );
  });

  test('counts one version up, and time never goes back', () => {
    always((taken) => {
      for (const { before, after } of taken) {
        expect(after.version).toBe(before.version + 1);
        expect(after.at >= before.at).toBe(true);
      }
    });
  });

  test('lives a deadline through: it is not due again', () => {
    always((taken) => {
      for (const { event, after } of taken) {
        if (event.kind !== 'deadlineReached') continue;
        const same = deadlinesOf(after).filter(({ kind }) => kind === event.deadline);
        expect(same.filter(({ at }) => at <= event.at)).toEqual([]);
      }
    });
  });

  test('is told in words that leave nothing open', () => {
    always((taken) => {
      for (const { event, after } of taken) {
        expect(describeEvent(event)).not.toMatch(/undefined|null|^$/);
        expect(describeLife(after)).not.toMatch(/undefined|null|NaN|\[object/);
      }
    });
  });

  test('crosses JSON unchanged: state, event, effects', () => {
    const crossed = <T>(value: T): T =>
      // What JSON.parse returns is what JSON.stringify was given.
      fromPlain<T>(JSON.parse(JSON.stringify(toPlain(value))) as Plain<T>);
    always((taken, terms) => {
      for (const { event, after, effects } of taken) {
        expect(crossed({ event, after, effects })).toEqual({ event, after, effects });
      }
      expect(crossed(terms)).toEqual(terms);
    });
  });
});

describe('money', () => {
  const invoicesOf = (taken: readonly Taken[]) =>
    taken.flatMap(({ effects }) => ofKind(effects, 'issueInvoice').map(({ invoice }) => invoice));

  /** Invoices that wait to be paid by hand in the one state, and not in the other. */
  const sentBetween = (without: Lifecycle, having: Lifecycle): string[] =>
    (having.sent ?? [])
      .map(({ invoice }) => invoice)
      .filter((invoice) => !(without.sent ?? []).some((sent) => sent.invoice === invoice));

  test('lines sum to the subtotal, and with what is applied to the total', () => {
    always((taken) => {
      for (const invoice of invoicesOf(taken)) {
        const lines = invoice.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
        expect(lines).toBe(invoice.subtotalMinor);
        expect(invoice.subtotalMinor + invoice.appliedMinor).toBe(invoice.totalMinor);
      }
    });
  });

  test('only a total that can be charged is open', () => {
    always((taken, terms) => {
      for (const { status, totalMinor } of invoicesOf(taken)) {
        const { minimumChargeMinor } = terms.invoices;
        if (totalMinor >= minimumChargeMinor) expect(status).toBe('open');
        else expect(status).toBe(totalMinor === 0n ? 'paid' : 'carried');
      }
    });
  });

  test('one business fact is invoiced once', () => {
    always((taken) => {
      const keys = invoicesOf(taken).map(({ key }) => key);
      expect(keys).toEqual([...new Set(keys)]);
    });
  });

  test('the account’s credit is the sum of its changes', () => {
    const changeBy = (effect: Effect): bigint => {
      if (effect.kind === 'creditAccount') return effect.amountMinor;
      if (effect.kind !== 'issueInvoice') return 0n;
      const { appliedMinor, totalMinor, status } = effect.invoice;
      return appliedMinor - (status === 'carried' ? totalMinor : 0n);
    };
    always((taken) => {
      for (const { before, after, effects } of taken) {
        const changes = effects.reduce((sum, effect) => sum + changeBy(effect), 0n);
        expect(after.accountCreditMinor - before.accountCreditMinor).toBe(changes);
      }
    });
  });

  test('a try to collect that was answered is never asked for again', () => {
    always((taken) => {
      const answered = new Map<string, number>();
      for (const { before, event, after, effects } of taken) {
        // Sending an invoice was the first try; its missed day is the answer.
        const missed = event.kind === 'deadlineReached' ? sentBetween(after, before) : [];
        const failed = event.kind === 'invoicePaymentFailed' ? [event.invoice] : missed;
        for (const invoice of failed) answered.set(invoice, (answered.get(invoice) ?? 0) + 1);
        for (const { invoice, try: number } of ofKind(effects, 'collectInvoice')) {
          expect(`${invoice} ${number}`).toBe(`${invoice} ${(answered.get(invoice) ?? 0) + 1}`);
        }
      }
    });
  });

  test('a plan is active only when no invoice of it is overdue', () => {
    always((taken) => {
      const overdue = new Set<string>();
      for (const { event, after } of taken) {
        if (event.kind === 'invoicePaymentFailed') overdue.add(event.invoice);
        if (event.kind === 'invoicePaid') overdue.delete(event.invoice);
        if (paidOf(after) === undefined) overdue.clear();
        if (after.subscription.status !== 'active') continue;
        expect([...overdue]).toEqual([]);
      }
    });
  });

  test('dunning never moves later', () => {
    always((taken) => {
      for (const { before, after } of taken) {
        const [was, is] = [before.subscription, after.subscription];
        if (was.status !== 'pastDue' || is.status !== 'pastDue') continue;
        expect(is.dunning.firstFailedAt).toBe(was.dunning.firstFailedAt);
        expect(is.dunning.gateClosesAt <= was.dunning.gateClosesAt).toBe(true);
      }
    });
  });
});

test('who has paid every invoice is not suspended', () => {
  always((taken, terms) => {
    const unpaid = new Set<string>();
    for (const { event, after, effects } of taken) {
      for (const { invoice } of ofKind(effects, 'collectInvoice')) unpaid.add(invoice);
      if (event.kind === 'invoicePaid') unpaid.delete(event.invoice);
      if (paidOf(after) === undefined) unpaid.clear();
      if (after.subscription.status !== 'active' || unpaid.size > 0) continue;
      expect(statusAt(after, terms, after.at)).toBe('active');
    }
  });
});

test('living in one leap or stop by stop comes to the same', () => {
  /** The same life, with a look at the clock every day. */
  const everyDay = (random: RandomLife): RandomLife => ({
    ...random,
    deeds: random.deeds.flatMap(({ minutes, deed }) => [
      ...Array.from({ length: Math.floor(minutes / 1_440) }, () => ({
        minutes: 1_440,
        deed: { do: 'wait' } as const,
      })),
      { minutes: minutes % 1_440, deed },
    ]),
  });
  const told = (taken: readonly Taken[]): unknown => {
    const { version: _steps, ...state } = taken.at(-1)?.after ?? { version: 0 };
    const effects = taken.flatMap((one) => one.effects);
    return JSON.parse(JSON.stringify(toPlain({ state, effects })).replaceAll(/:v\d+/g, ':v'));
  };
  fc.assert(
    fc.property(randomLife(), (random) => {
      expect(told(live(everyDay(random)))).toEqual(told(live(random)));
    }),
    drawn,
  );
});

test('when everything due was lived through, nothing is due', () => {
  always((taken) => {
    const last = taken.at(-1)?.after;
    if (last?.clock.kind !== 'test') return;
    expect(dueDeadline(last, last.at)).toBeNull();
  });
});
