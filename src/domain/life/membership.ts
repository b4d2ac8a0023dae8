import { isBefore, type Instant } from '../values/calendar.ts';
import { orderNextWindow } from '../credits/included.ts';
import { issue, waitForInvoice } from '../invoices/invoice.ts';
import type { Lifecycle, Paid, Step, StepOutcome } from './lifecycle.ts';
import { ok, refused } from '../values/outcome.ts';
import { clawBackSeats, grantSeats, seatPrice } from '../credits/seat-credits.ts';
import { seatAddedLine, seatRemovedLine, seatsOf, type SeatPart } from './seats.ts';
import { creditPaidSeats, restOfWindow } from '../credits/spent-credits.ts';
import { chain, paidOf, planIdOf, stay, updatePaid, type PaidSubscription } from './stepping.ts';
import { planOf, priceOf, type Terms } from '../terms/terms.ts';

/** Someone is invited; where the catalog counts invitations, from this instant as a seat [3.22 K5]. */
export function inviteMember(life: Lifecycle, terms: Terms, member: string, at: Instant): Step {
  if (life.invited.includes(member)) return stay(life);
  return recount(life, { ...life, invited: [...life.invited, member] }, terms, { member, at });
}

/** An invitation was taken back before it was accepted; its seat, where it was one, is credited. */
export function withdrawInvitation(
  life: Lifecycle,
  terms: Terms,
  member: string,
  at: Instant,
): Step {
  return recount(life, withoutInvitation(life, member), terms, { member, at });
}

/**
 * A membership was accepted: where seats are counted it is billable from this instant [2.19], unless the
 * invitation was already; where they are bought and run out, the catalog may buy the one that lacks [K5].
 */
export function addMember(life: Lifecycle, terms: Terms, member: string, at: Instant): Step {
  const grown = { ...withoutInvitation(life, member), members: life.members + 1 };
  return recount(life, grown, terms, { member, at });
}

/** A member left: what is left of their seat is credited [2.18]; on the very day, nothing was charged. */
export function removeMember(life: Lifecycle, terms: Terms, member: string, at: Instant): Step {
  const shrunk = { ...life, members: Math.max(0, life.members - 1) };
  return recount(life, shrunk, terms, { member, at });
}

const withoutInvitation = (life: Lifecycle, member: string): Lifecycle => ({
  ...life,
  invited: life.invited.filter((each) => each !== member),
});

type Moment = { readonly member: string; readonly at: Instant };

/** Charges or credits what a change among the people changes about the plan's seats. */
function recount(before: Lifecycle, now: Lifecycle, terms: Terms, { member, at }: Moment): Step {
  const planId = planIdOf(now.subscription);
  if (planId === null) return stay(now);
  const plan = planOf(terms, planId);
  if (plan.seats.model === 'purchased' && plan.seats.whenOver === 'expand') {
    // What is bought stays bought, so it belongs to nobody's name and no way out gives it back.
    const purchasedSeats = Math.max(now.purchasedSeats, now.members);
    return changeSeats(now, { ...now, purchasedSeats }, terms, { member: null, at });
  }
  return changeSeats(before, now, terms, { member, at });
}

/** From one number of seats to another: the difference is prorated, and more seats bring credits. */
function changeSeats(
  before: Lifecycle,
  now: Lifecycle,
  terms: Terms,
  who: { readonly member: string | null; readonly at: Instant },
): Step {
  const planId = planIdOf(now.subscription);
  if (planId === null) return stay(now);
  const plan = planOf(terms, planId);
  const difference = seatsOf(now, plan) - seatsOf(before, plan);
  if (difference === 0) return stay(now);
  const paid = chargedOf(now, who.at);
  if (paid === undefined) return orderNextWindow(terms)(now);
  const change = { ...who, quantity: Math.abs(difference) };
  const seats = { from: seatsOf(before, plan), to: seatsOf(now, plan) };
  if (difference > 0) {
    return chain(
      now,
      (state) => chargeSeats(state, terms, paid, change),
      (state) => creditReturning(state, terms, { ...change, seats }),
      (state) => grantSeats(state, terms, seats.to, who.at),
      orderNextWindow(terms),
    );
  }
  const quantity = seatsGivenBack(now, terms, paid, change);
  const back = seatPart(now, terms, paid, { ...change, quantity });
  return chain(
    now,
    (state) => creditSeats(state, paid, back),
    (state) => clawBackSeats(state, terms, seats, back),
    orderNextWindow(terms),
  );
}

/** Seats that come back in a window in which they were paid for to its end are not paid twice. */
function creditReturning(
  life: Lifecycle,
  terms: Terms,
  change: SeatChange & { readonly seats: { readonly from: number; readonly to: number } },
): Step {
  const paid = paidOf(life);
  if (paid === undefined || terms.planChange.seats.add === 'none') return stay(life);
  const { window, term } = paid;
  const { from, to } = change.seats;
  const quantity = Math.min(to, window.seatsGranted) - from;
  if (quantity <= 0) return stay(life);
  const part = seatPart(life, terms, paid, { ...change, quantity });
  const time = { at: change.at, window, term };
  const { amountMinor, until } = restOfWindow(time, (at) => seatPrice({ ...part, at }));
  const description = `${quantity} × seat, ${part.plan.name}`;
  const period = { start: change.at, end: until };
  return creditPaidSeats(life, { chargedMinor: amountMinor, description, period });
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
  const minimum = plan.seats.whenOver === 'warn' ? 1 : Math.max(1, life.members);
  if (wish.purchased < minimum) return refused({ kind: 'seatsBelowMinimum', minimum });
  const most = plan.seats.most ?? wish.purchased;
  if (wish.purchased > most) return refused({ kind: 'seatsAboveMost', plan: plan.id, most });
  const { at, purchased } = wish;
  const state = { ...life, purchasedSeats: purchased };
  return ok(changeSeats(life, state, terms, { member: null, at }));
}

/**
 * The plan whose seats are charged at this instant. One that is suspended goes on with the term that runs,
 * so it owes the seats of that; after its term nothing runs.
 */
function chargedOf(life: Lifecycle, at: Instant): PaidSubscription | undefined {
  const paid = paidOf(life);
  return paid?.status === 'suspended' && !isBefore(at, paid.term.end) ? undefined : paid;
}

type SeatChange = {
  readonly quantity: number;
  readonly member: string | null;
  readonly at: Instant;
};

const seatPart = (life: Lifecycle, terms: Terms, paid: Paid, change: SeatChange): SeatPart => {
  const plan = planOf(terms, paid.plan);
  const { perSeatMinor } = priceOf(plan, paid.interval);
  const { granularity } = terms.planChange.seats;
  return { ...change, plan, perSeatMinor, term: paid.term, timeZone: life.timeZone, granularity };
};

function chargeSeats(
  life: Lifecycle,
  terms: Terms,
  paid: PaidSubscription,
  change: SeatChange,
): Step {
  const { member, at } = change;
  const { add } = terms.planChange.seats;
  if (add === 'none') return stay(life);
  if (add === 'now' && member !== null && paid.status !== 'suspended') {
    return stay(updatePaid(life, { seatsToday: [...paid.seatsToday, { member, at }] }));
  }
  const line = seatAddedLine(seatPart(life, terms, paid, change));
  const charged = updatePaid(life, { seatsCharged: paid.seatsCharged + change.quantity });
  // Nothing new is collected while a debt is open; it waits for the next invoice.
  if (add === 'nextInvoice' || paid.status === 'suspended') return waitForInvoice(charged, [line]);
  return issue(terms, {
    key: `seats:${at}:v${life.version}`,
    reason: 'supplementary',
    issuedAt: at,
    period: { start: at, end: paid.term.end },
    lines: [line],
  })(charged);
}

/** Whether a seat that is given back was added on this local day, so that it was not charged yet. */
const isOfToday = ({ seatsToday }: Paid, { member }: Pick<SeatChange, 'member'>): boolean =>
  seatsToday.some((seat) => seat.member === member);

/** Seats that cost nothing from now on: not charged yet, or credited as far as they were charged. */
function seatsGivenBack(life: Lifecycle, terms: Terms, paid: Paid, change: SeatChange): number {
  if (isOfToday(paid, change)) return 1;
  if (terms.planChange.seats.remove === 'none') return 0;
  const stays = seatsOf(life, planOf(terms, paid.plan)) - paid.seatsToday.length;
  return Math.max(0, Math.min(change.quantity, paid.seatsCharged - stays));
}

/** What is left of seats that are given back [2.18]; today's were not charged yet. */
function creditSeats(life: Lifecycle, paid: Paid, back: SeatPart): Step {
  if (isOfToday(paid, back)) {
    const seatsToday = paid.seatsToday.filter(({ member }) => member !== back.member);
    return stay(updatePaid(life, { seatsToday }));
  }
  if (back.quantity === 0) return stay(life);
  const seatsCharged = paid.seatsCharged - back.quantity;
  return waitForInvoice(updatePaid(life, { seatsCharged }), [seatRemovedLine(back)]);
}
