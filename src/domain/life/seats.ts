import type { Instant, Period } from '../values/calendar.ts';
import type { InvoiceLine, Lifecycle } from './lifecycle.ts';
import { negate, prorate, times, type Minor } from '../values/money.ts';
import { remainingShare, shareInWords } from './proration.ts';
import type { Granularity, Plan } from '../terms/terms.ts';

/**
 * Seats that a plan charges for now: counted [2.14 2.19], with pending invitations where the catalog counts
 * them [3.22 K5], bought [0.08], or none.
 */
export function seatsOf(life: Lifecycle, plan: Plan): number {
  switch (plan.seats.model) {
    case 'none':
      return 0;
    case 'counted':
      return plan.seats.count === 'acceptedAndPending'
        ? life.members + life.invited.length
        : life.members;
    case 'purchased':
      return Math.min(life.purchasedSeats, plan.seats.most ?? life.purchasedSeats);
  }
}

/** The most members that a plan lets in: the seats bought where it blocks more [K5]; null: no such end. */
export const membersMost = (life: Lifecycle, plan: Plan): number | null =>
  plan.seats.model === 'purchased' && plan.seats.whenOver === 'block' ? seatsOf(life, plan) : null;

/** What a line for seats is made from: `at` lies in the term, prices are those of a whole term. */
export type SeatPart = {
  readonly plan: Plan;
  readonly quantity: number;
  readonly perSeatMinor: Minor;
  readonly at: Instant;
  readonly term: Period;
  readonly timeZone: string;
  readonly member: string | null;
  readonly granularity: Granularity;
};

/**
 * The line for one seat, or several bought together, from `at` to the term's end, by the day or by the
 * second as the catalog says [2.16 K32]; in minor units, rounded once, half away from zero.
 */
export function seatAddedLine(seat: SeatPart): InvoiceLine {
  const { at, term, timeZone, granularity } = seat;
  const share = remainingShare(granularity, { at, period: term, timeZone });
  const who = seat.member === null ? `${seat.quantity} × seat` : `Seat of ${seat.member}`;
  return {
    kind: 'seatAdded',
    description: `${who}, ${seat.plan.name}, ${shareInWords(share, granularity)}`,
    quantity: seat.quantity,
    unitMinor: seat.perSeatMinor,
    amountMinor: prorate(times(seat.perSeatMinor, seat.quantity), share, 'halfAwayFromZero'),
    period: { start: at, end: term.end },
    days: granularity === 'day' ? share : null,
    member: seat.member,
  };
}

/** The credit for seats given back: what is left of them; by the day, that day included [2.18]. */
export function seatRemovedLine(seat: SeatPart): InvoiceLine {
  const charged = seatAddedLine(seat);
  return {
    ...charged,
    kind: 'seatRemoved',
    description: `Credit: ${charged.description}`,
    unitMinor: negate(charged.unitMinor),
    amountMinor: negate(charged.amountMinor),
  };
}
