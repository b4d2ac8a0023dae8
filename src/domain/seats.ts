import type { Instant, Period } from './calendar.ts';
import type { InvoiceLine, Lifecycle } from './lifecycle.ts';
import { negate, prorate, times, type Minor } from './money.ts';
import { dayShare } from './proration.ts';
import type { Plan } from './terms.ts';

/** Seats that a plan charges for now: counted [2.14 2.19], bought [0.08], or none. */
export function seatsOf(life: Lifecycle, plan: Plan): number {
  switch (plan.seats.model) {
    case 'none':
      return 0;
    case 'counted':
      return life.members;
    case 'purchased':
      return life.purchasedSeats;
  }
}

/** The line for one seat, or several bought together, from `at` to the term's end, by the day [2.16]. */
export function seatAddedLine(seat: {
  readonly plan: Plan;
  readonly quantity: number;
  readonly perSeatMinor: Minor;
  readonly at: Instant;
  readonly term: Period;
  readonly timeZone: string;
  readonly member: string | null;
}): InvoiceLine {
  const days = dayShare({ at: seat.at, period: seat.term, timeZone: seat.timeZone });
  const who = seat.member === null ? `${seat.quantity} × seat` : `Seat of ${seat.member}`;
  return {
    kind: 'seatAdded',
    description: `${who}, ${seat.plan.name}, ${days.part} of ${days.whole} days`,
    quantity: seat.quantity,
    unitMinor: seat.perSeatMinor,
    amountMinor: prorate(times(seat.perSeatMinor, seat.quantity), days, 'halfAwayFromZero'),
    period: { start: seat.at, end: seat.term.end },
    days,
    member: seat.member,
  };
}

/** The credit for seats given back: the days that are left, counting the day itself [2.18]. */
export function seatRemovedLine(seat: Parameters<typeof seatAddedLine>[0]): InvoiceLine {
  const charged = seatAddedLine(seat);
  return {
    ...charged,
    kind: 'seatRemoved',
    description: `Credit: ${charged.description}`,
    unitMinor: negate(charged.unitMinor),
    amountMinor: negate(charged.amountMinor),
  };
}
