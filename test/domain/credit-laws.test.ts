import { expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { termsUnder } from '../../src/domain/terms/contract.ts';
import { closingOf } from '../../src/domain/gates/gate.ts';
import { includedMicro, windowOf } from '../../src/domain/credits/included.ts';
import type { Lifecycle } from '../../src/domain/life/lifecycle.ts';
import { seatsOf } from '../../src/domain/life/seats.ts';
import { paidOf } from '../../src/domain/life/stepping.ts';
import { planOf, type Plan, type Terms } from '../../src/domain/terms/terms.ts';
import { always } from './laws.ts';
import type { Taken } from './live.ts';
import { TestLedger } from './test-ledger.ts';

/** Replays a life's effects on a ledger, and shows the law each step. */
const ledgered = (law: (ledger: TestLedger, taken: Taken, terms: Terms) => void): void =>
  always((taken, terms) => {
    const ledger = new TestLedger();
    for (const one of taken) {
      ledger.advance(one.after.at);
      for (const effect of one.effects) ledger.write(effect, one.after.at);
      law(ledger, one, termsUnder(one.after.contract?.agreed, terms));
    }
  });

test('the ledger’s gate is the one that follows from the state', () => {
  ledgered(({ gate }, { after }, terms) => {
    const closing = closingOf(after, terms, terms.usageFeature);
    expect(gate).toEqual(closing && { closesAt: closing.at, code: closing.closer });
  });
});

/** The terms at the next window: a contract that takes another's place does so once the running term is over. */
function termsAt({ contract, ...life }: Lifecycle, terms: Terms, at: Instant): Terms {
  const end = paidOf(life)?.term.end;
  const isNext = end !== undefined && end <= at;
  return isNext && contract?.amended ? termsUnder(contract.amended, terms) : terms;
}

test('an order stands for exactly the next window, while there is one', () => {
  ledgered(({ order, placedLate }, { after }, terms) => {
    expect(placedLate).toEqual([]);
    const current = windowOf(after);
    if (order === null) return;
    expect(order.startsAt).toBe(current?.window.end);
    const scheduled = paidOf(after)?.scheduled ?? null;
    if (scheduled !== null || current === undefined) return;
    const plan = planOf(termsAt(after, terms, order.startsAt), current.plan);
    expect(order.amountMicro).toBe(includedMicro(plan, seatsOf(after, plan)));
  });
});

test('a window that begins holds exactly what its plan includes', () => {
  ledgered((ledger, { event, after }, terms) => {
    if (event.kind !== 'deadlineReached' || event.deadline !== 'windowEnds') return;
    const current = windowOf(after);
    if (current === undefined) return;
    const plan = planOf(terms, current.plan);
    const included = includedMicro(plan, seatsOf(after, plan));
    expect(ledger.inWindow(current.window.label)).toBe(included);
  });
});

/** Where credits are granted: the running window, or that of a plan that was bought while it is suspended. */
const grantingIn = (life: Lifecycle) => windowOf(life) ?? paidOf(life);

/** What a window may grant at most, and the most seats that it was held with. */
type Bound = { readonly micro: bigint; readonly seats: number };

type Held = { readonly plan: Plan; readonly held: number };

/** The plan that grants, at the figures of its contract, and the seats that it is held with. */
function heldIn(life: Lifecycle, terms: Terms): Held | undefined {
  const current = grantingIn(life);
  if (current === undefined) return undefined;
  const plan = planOf(termsUnder(life.contract?.agreed, terms), current.plan);
  return { plan, held: seatsOf(life, plan) };
}

/**
 * What a contract includes more than the plan that it takes over from, for the seats of the day: seats that left
 * before have brought their credits, and those stay beside it. Of catalog plans the bigger one includes that.
 */
function agreedMore(before: Lifecycle, after: Lifecycle, terms: Terms): bigint {
  const [was, is] = [heldIn(before, terms), heldIn(after, terms)];
  if (was === undefined || is === undefined || after.contract === undefined) return 0n;
  const more = includedMicro(is.plan, is.held) - includedMicro(was.plan, is.held);
  return more > 0n ? more : 0n;
}

/**
 * What was granted stays, also where another contract's figures or a smaller plan's go on in the window: seats
 * that come then bring that one's share, beside what the first has granted.
 */
function boundAfter(
  { micro, seats: before }: Bound,
  { plan, held, agreedMicro }: Held & { readonly agreedMicro: bigint },
): Bound {
  const seats = Math.max(before, held);
  const grown = micro + plan.included.perSeatMicro * BigInt(seats - before) + agreedMicro;
  const included = includedMicro(plan, seats);
  return { micro: grown > included ? grown : included, seats };
}

test('a window never grants more than its biggest plan, and each seat that comes its share', () => {
  always((taken, terms) => {
    const ledger = new TestLedger();
    const most = new Map<string, Bound>();
    for (const { before, after, effects } of taken) {
      ledger.advance(after.at);
      for (const effect of effects) ledger.write(effect, after.at);
      // An upgrade that restarts the window grants its difference in the one that ran.
      const labels = [before, after].map((life) => grantingIn(life)?.window.label);
      const current = heldIn(after, terms);
      const agreedMicro = agreedMore(before, after, terms);
      for (const label of current === undefined ? [] : new Set(labels)) {
        if (label === undefined || current === undefined) continue;
        const bound = most.get(label) ?? { micro: 0n, seats: current.held };
        most.set(label, boundAfter(bound, { ...current, agreedMicro }));
      }
      for (const [label, { micro }] of most) {
        expect(ledger.inWindow(label) <= micro).toBe(true);
      }
    }
  });
});

test('a running plan has an order for its next window unless it ends before', () => {
  ledgered(({ order }, { after }, terms) => {
    const current = windowOf(after);
    if (current === undefined || (paidOf(after)?.scheduled ?? null) !== null) return;
    // At the boundary itself the order has become the grant, and the next one is placed soon.
    if (current.window.end === null || current.window.end <= after.at) return;
    const plan = planOf(terms, current.plan);
    if (includedMicro(plan, seatsOf(after, plan)) === 0n) return;
    expect(order).not.toBeNull();
  });
});
