import { advise, type Advice } from './advice.ts';
import {
  addDays,
  addMinutes,
  daysBetween,
  endOfLocalDay,
  localDate,
  millisecondsBetween,
  type Instant,
} from '../values/calendar.ts';
import { includedMicro } from './included.ts';
import type { Lifecycle } from '../life/lifecycle.ts';
import { overageNow } from './metering.ts';
import { divide, micro, sum, type MicroCredits } from '../values/money.ts';
import { paysItself } from '../life/payer.ts';
import { seatsOf } from '../life/seats.ts';
import { planIdOf } from '../life/stepping.ts';
import { planOf, type Terms } from '../terms/terms.ts';

/** Usage of one local day, `YYYY-MM-DD`, net of refunds. */
export type DayUsed = { readonly date: string; readonly usedMicro: MicroCredits };

/** One day of the chart: the burn line, and the inclusion line beside it [0.17]. */
export type ForecastDay = DayUsed & { readonly includedMicro: MicroCredits | null };

export type Forecast = {
  /** The last fourteen local days, today last. */
  readonly days: readonly ForecastDay[];
  readonly burnPerDayMicro: MicroCredits;
  /** The included credits spread over the window's days, rounded down; null: they never refill. */
  readonly includedPerDayMicro: MicroCredits | null;
  /** When nothing is left at this rate, to the minute; null: not before the next refill, or never. */
  readonly exhaustedAt: Instant | null;
  /** What comes then: usage stops, or goes on beyond the credits for money [K12]. */
  readonly whenExhausted: 'stops' | 'invoiced';
  /** Of the fourteen days, how many burned more than was included for a day. */
  readonly daysAbove: number;
  readonly advice: Advice;
};

export type ForecastFacts = {
  readonly life: Lifecycle;
  readonly terms: Terms;
  readonly at: Instant;
  readonly window: { readonly start: Instant; readonly end: Instant | null };
  readonly availableMicro: MicroCredits;
  /** Days without usage may be missing; days before the last fourteen are left out. */
  readonly used: readonly DayUsed[];
};

const daysShown = 14;
const dayMs = 24 * 60 * 60_000;
const minuteMs = 60_000;

/** The first instant that a forecast looks back to: the start of the fourteenth local day before tomorrow. */
export const forecastFrom = (at: Instant, timeZone: string): Instant =>
  addDays(endOfLocalDay(at, timeZone), -daysShown, timeZone);

/**
 * How fast credits burn, and what comes of it [0.17 0.20 1.18 1.19]. The rate is the usage since the first
 * of the last fourteen local days that had any, over the exact time since, at least a day; rounded half
 * away from zero. Null where the workspace pays for nothing itself.
 */
export function forecast(facts: ForecastFacts): Forecast | null {
  const { life, terms, window } = facts;
  const planId = planIdOf(life.subscription);
  if (planId === null) return null;
  const plan = planOf(terms, planId);
  if (!paysItself(life, plan)) return null;
  const days = lastDays(facts);
  const burn = burnOf(days, facts);
  const included = includedMicro(plan, seatsOf(life, plan));
  const windowDays =
    window.end === null ? null : Math.max(1, daysBetween(window.start, window.end, life.timeZone));
  const perDay = windowDays === null ? null : micro(divide(included, BigInt(windowDays), 'down'));
  // Compared exactly, not with the rounded amount for a day.
  const daysAbove =
    windowDays === null
      ? 0
      : days.filter(({ usedMicro }) => usedMicro * BigInt(windowDays) > included).length;
  const exhaustedAt = exhaustionOf(burn, facts);
  return {
    days: days.map((day) => ({ ...day, includedMicro: perDay })),
    burnPerDayMicro: micro(
      divide(burn.usedMicro * BigInt(dayMs), BigInt(burn.elapsedMs), 'halfAwayFromZero'),
    ),
    includedPerDayMicro: perDay,
    exhaustedAt,
    whenExhausted: overageNow(life, terms) === null ? 'stops' : 'invoiced',
    daysAbove,
    advice: advise({ life, terms, plan, daysAbove, runsOut: exhaustedAt !== null }),
  };
}

/** Fourteen days without a gap, whatever of them was used. */
function lastDays({ at, life, used }: ForecastFacts): DayUsed[] {
  const first = forecastFrom(at, life.timeZone);
  return Array.from({ length: daysShown }, (_, index) => {
    const date = localDate(addDays(first, index, life.timeZone), life.timeZone);
    const ofDay = used.filter((day) => day.date === date).map(({ usedMicro }) => usedMicro);
    return { date, usedMicro: sum(ofDay) };
  });
}

type Burn = { readonly usedMicro: MicroCredits; readonly elapsedMs: number };

function burnOf(days: readonly DayUsed[], { at, life }: ForecastFacts): Burn {
  const usedMicro = sum(days.map((day) => day.usedMicro));
  const idle = days.findIndex((day) => day.usedMicro > 0n);
  const since = addDays(forecastFrom(at, life.timeZone), Math.max(0, idle), life.timeZone);
  return { usedMicro, elapsedMs: Math.max(dayMs, millisecondsBetween(since, at)) };
}

/** Where the refill comes first, the credits last until then and start anew. */
function exhaustionOf(burn: Burn, { at, availableMicro, window }: ForecastFacts): Instant | null {
  if (availableMicro <= 0n) return at;
  if (burn.usedMicro <= 0n) return null;
  const minutes = (availableMicro * BigInt(burn.elapsedMs)) / (burn.usedMicro * BigInt(minuteMs));
  // Beyond any calendar it is never.
  if (minutes > BigInt(Number.MAX_SAFE_INTEGER) / BigInt(minuteMs * 1_000)) return null;
  const exhaustedAt = addMinutes(at, Number(minutes));
  return window.end !== null && exhaustedAt >= window.end ? null : exhaustedAt;
}
