import type { Instant } from './calendar.ts';
import { grantSeats, orderNextWindow } from './included.ts';
import { issue } from './invoice.ts';
import type { InvoiceLine, Lifecycle, Paid, Step, StepOutcome } from './lifecycle.ts';
import { ok, refused } from './outcome.ts';
import { seatAddedLine, seatRemovedLine, seatsOf } from './seats.ts';
import { ask, chain, paidOf, planIdOf, stay, updatePaid } from './stepping.ts';
import { planOf, priceOf, type Terms } from './terms.ts';

/** A membership was accepted: where seats are counted it is billable from this instant [2.19]. */
export function addMember(life: Lifecycle, terms: Terms, member: string, at: Instant): Step {
  const grown = { ...life, members: life.members + 1 };
  const paid = chargedOf(grown);
  if (paid === undefined || planOf(terms, paid.plan).seats.model !== 'counted') return stay(grown);
  return chain(
    grown,
    (state) => chargeSeats(state, terms, paid, { quantity: 1, member, at }),
    (state) => grantSeats(state, terms, seatsOf(state, planOf(terms, paid.plan)), at),
    orderNextWindow(terms),
  );
}

/** A member left: what is left of their seat is credited [2.18]; on the very day, nothing was charged. */
export function removeMember(life: Lifecycle, terms: Terms, member: string, at: Instant): Step {
  const shrunk = { ...life, members: Math.max(0, life.members - 1) };
  const paid = chargedOf(shrunk);
  if (paid === undefined || planOf(terms, paid.plan).seats.model !== 'counted') return stay(shrunk);
  const stays = paid.seatsToday.filter((seat) => seat.member !== member);
  if (stays.length < paid.seatsToday.length) {
    return chain(updatePaid(shrunk, { seatsToday: stays }), orderNextWindow(terms));
  }
  return chain(
    shrunk,
    (state) => creditSeats(state, terms, paid, { quantity: 1, member, at }),
    orderNextWindow(terms),
  );
}

/** Sets how many seats are bought [0.08]; the difference is prorated. */
export function setSeats(
  life: Lifecycle,
  terms: Terms,
  wish: { readonly purchased: number; readonly at: Instant },
): StepOutcome {
  const planId = planIdOf(life.subscription);
  if (planId === null) return refused({ kind: 'notStarted' });
  const plan = planOf(terms, planId);
  if (plan.seats.model !== 'purchased') return refused({ kind: 'seatsNotSold', plan: plan.id });
  const minimum = plan.seats.whenOver === 'block' ? Math.max(1, life.members) : 1;
  if (wish.purchased < minimum) return refused({ kind: 'seatsBelowMinimum', minimum });
  const { at, purchased } = wish;
  const difference = purchased - life.purchasedSeats;
  const state = { ...life, purchasedSeats: purchased };
  const paid = chargedOf(state);
  if (difference === 0) return ok(stay(state));
  if (paid === undefined) return ok(orderNextWindow(terms)(state));
  const change = { quantity: Math.abs(difference), member: null, at };
  return ok(
    chain(
      state,
      (s) =>
        difference > 0 ? chargeSeats(s, terms, paid, change) : creditSeats(s, terms, paid, change),
      (s) => grantSeats(s, terms, purchased, at),
      orderNextWindow(terms),
    ),
  );
}

/** The plan whose seats are charged now; while it is suspended nothing is. */
function chargedOf(life: Lifecycle): Paid | undefined {
  const paid = paidOf(life);
  return paid?.status === 'suspended' ? undefined : paid;
}

type SeatChange = {
  readonly quantity: number;
  readonly member: string | null;
  readonly at: Instant;
};

const seatLine = (
  life: Lifecycle,
  terms: Terms,
  paid: Paid,
  change: SeatChange,
): Parameters<typeof seatAddedLine>[0] => {
  const plan = planOf(terms, paid.plan);
  const { perSeatMinor } = priceOf(plan, paid.interval);
  return { ...change, plan, perSeatMinor, term: paid.term, timeZone: life.timeZone };
};

function chargeSeats(life: Lifecycle, terms: Terms, paid: Paid, change: SeatChange): Step {
  const { member, at } = change;
  switch (terms.planChange.seats.add) {
    case 'none':
      return stay(life);
    case 'nextInvoice':
      return wait(life, seatAddedLine(seatLine(life, terms, paid, change)));
    case 'now':
      if (member !== null) {
        return stay(updatePaid(life, { seatsToday: [...paid.seatsToday, { member, at }] }));
      }
      return issue(terms.invoices, {
        key: `seats:${at}:v${life.version}`,
        reason: 'supplementary',
        issuedAt: at,
        period: { start: at, end: paid.term.end },
        lines: [seatAddedLine(seatLine(life, terms, paid, change))],
      })(life);
  }
}

function creditSeats(life: Lifecycle, terms: Terms, paid: Paid, change: SeatChange): Step {
  if (terms.planChange.seats.remove === 'none') return stay(life);
  return wait(life, seatRemovedLine(seatLine(life, terms, paid, change)));
}

/** Keeps a line for the next invoice, and shows it at the payment provider on its day [2.15]. */
function wait(life: Lifecycle, line: InvoiceLine): Step {
  const upcoming = [...life.upcoming, line];
  return chain({ ...life, upcoming }, ask({ kind: 'mirrorUpcoming', lines: upcoming }));
}
