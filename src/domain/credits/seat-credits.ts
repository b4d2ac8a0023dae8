import type { Instant } from '../values/calendar.ts';
import { timeLeft } from './included.ts';
import type { Effect, Lifecycle, Paid, Step, Window } from '../life/lifecycle.ts';
import { micro, prorate, times, type MicroCredits, type Minor } from '../values/money.ts';
import { seatAddedLine, type SeatPart } from '../life/seats.ts';
import { chargeSpentCredits, isHeldAgainst, restOfWindow } from './spent-credits.ts';
import type { GivenBack } from '../life/spent-credits-fact.ts';
import { paidOf, stay, updatePaid } from '../life/stepping.ts';
import { planOf, type Included, type Terms } from '../terms/terms.ts';

/**
 * Credits for seats added in a running window [K7 K35], in micro-credits. A seat re-added grants nothing
 * new: where its removal took credits back, at most those return.
 */
export function grantSeats(life: Lifecycle, terms: Terms, seats: number, at: Instant): Step {
  const paid = paidOf(life);
  if (paid === undefined || paid.status === 'suspended') return stay(life);
  const { included } = planOf(terms, paid.plan);
  const { window } = paid;
  const { seatsGranted, seatsTakenBack } = window;
  if (included.perSeatMicro === 0n) return stay(life);
  const added = included.onSeatAdded === 'nextPeriod' ? 0 : Math.max(0, seats - seatsGranted);
  const lacking = Math.max(0, seats - (seatsGranted - seatsTakenBack));
  const returned = Math.min(seatsTakenBack, lacking);
  const effects: Effect[] = [];
  if (returned > 0) {
    effects.push({
      kind: 'returnClawedBack',
      label: window.label,
      atMostMicro: shareOf(included, window, returned, at),
      effectiveAt: at,
      expiresAt: window.end,
      sourceKey: `included:${window.label}:again:v${life.version}`,
    });
  }
  if (added > 0) {
    effects.push({
      kind: 'grantCredits',
      grantKind: 'included',
      amountMicro: shareOf(included, window, added, at),
      effectiveAt: at,
      expiresAt: window.end,
      sourceKey: `included:${window.label}:seats:${seats}`,
    });
  }
  if (effects.length === 0) return stay(life);
  const known = { seatsGranted: seatsGranted + added, seatsTakenBack: seatsTakenBack - returned };
  return { state: updatePaid(life, { window: { ...window, ...known } }), effects };
}

/**
 * What seats that are given back have left of the running window, taken back where the catalog says so
 * [K7 K35], in micro-credits: at most their share, at most what is unspent of the window's included credits,
 * so that it never makes debt. A seat whose credits the window never granted has none to give. `back` are the
 * seats whose time costs nothing any more: by the catalog it does as far as their credits are spent, or kept.
 */
export function clawBackSeats(
  life: Lifecycle,
  terms: Terms,
  seats: { readonly from: number; readonly to: number },
  back: SeatPart,
): Step {
  const { at } = back;
  const paid = paidOf(life);
  if (paid === undefined) return stay(life);
  const { included } = planOf(terms, paid.plan);
  const { window } = paid;
  const granted = Math.min(seats.from, window.seatsGranted - window.seatsTakenBack);
  const removed = granted - seats.to;
  if (removed <= 0 || included.perSeatMicro === 0n) return stay(life);
  const wantedMicro = shareOf(included, window, removed, at);
  const quantity = Math.min(back.quantity, removed);
  const ifSpent = { ...timeOf(paid, { ...back, quantity }), wantedMicro };
  const isHeld = isHeldAgainst(terms, ifSpent.creditedMinor);
  if (included.onSeatRemoved === 'keep') {
    const kept = { ...ifSpent, takenMicro: micro(0), at };
    return isHeld ? chargeSpentCredits(life, terms, kept) : stay(life);
  }
  const seatsTakenBack = window.seatsTakenBack + removed;
  return {
    state: updatePaid(life, { window: { ...window, seatsTakenBack } }),
    effects: [
      {
        kind: 'clawBackIncluded',
        label: window.label,
        amountMicro: wantedMicro,
        key: `clawBack:${window.label}:v${life.version}`,
        ...(isHeld ? { ifSpent } : {}),
      },
    ],
  };
}

/** The rest of the window that seats are given back for. */
function timeOf({ window, term }: Paid, seats: SeatPart): Omit<GivenBack, 'wantedMicro'> {
  const time = { at: seats.at, window, term };
  const { amountMinor, until } = restOfWindow(time, (at) => seatPrice({ ...seats, at }));
  const description = `${seats.quantity} × seat, ${seats.plan.name}`;
  return { of: 'seats', label: window.label, creditedMinor: amountMinor, until, description };
}

/** What seats cost from `at` to the end of their term, in minor units. */
export const seatPrice = (seats: SeatPart): Minor => seatAddedLine(seats).amountMinor;

/** What so many seats are worth in the rest of a window: all of it, or by the time that is left. */
function shareOf(included: Included, window: Window, seats: number, at: Instant): MicroCredits {
  const full = times(included.perSeatMicro, seats);
  return included.onSeatAdded !== 'prorated' || window.end === null
    ? full
    : prorate(full, timeLeft({ ...window, end: window.end }, at), 'down');
}
