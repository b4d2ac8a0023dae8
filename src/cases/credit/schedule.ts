import {
  boundaryAt,
  nextBoundary,
  type Recurrence,
} from '../../domain/values/calendar-recurrence.ts';
import {
  isBefore,
  latest,
  localDate,
  millisecondsBetween,
  type Instant,
} from '../../domain/values/calendar.ts';
import type { NewGrant } from '../../domain/credits/credit-time.ts';
import { parseInterval, parseMoment } from '../dates.ts';
import { inexpressible } from '../unsupported.ts';
import { newGrant, nextRefill, recurrenceOf, type GrantTimes } from './grant-terms.ts';
import {
  baseOf,
  later,
  nameMoment,
  namedBefore,
  parseClock,
  parseRelative,
  passedTo,
  type Moments,
} from './moments.ts';
import type { CaseTerms } from './policy-words.ts';
import type { GrantStep, SimpleStep, Step } from './step-shapes.ts';

/** One step at its moment. */
export type Scheduled = {
  readonly at: Instant;
  /** What comes first of several things at one moment. */
  readonly rank: number;
  readonly step: SimpleStep;
  /** For a grant, the kernel's form of it. */
  readonly grant: NewGrant | null;
  /** For a hold, when it ends by itself. */
  readonly holdExpiresAt: Instant | null;
};

type Draft = {
  readonly moments: Moments;
  readonly done: readonly Scheduled[];
  readonly steps: readonly Step[];
  readonly terms: CaseTerms;
  readonly previous: Step['op'] | null;
};

/**
 * Puts the steps of a case in time. Without a moment of its own a step follows the last one at once;
 * grants in a row are made together. Of several things at one moment a reset is first, as what
 * happens on a boundary belongs to the new period; then what ends, what begins, what is used.
 */
export function schedule(
  steps: readonly Step[],
  terms: CaseTerms,
): { readonly base: Instant; readonly moments: Moments; readonly scheduled: readonly Scheduled[] } {
  const base = baseOf(steps.flatMap((step) => [step.at ?? [], effectiveText(step) ?? []].flat()));
  const moments: Moments = { base, named: new Map(), last: base };
  const start: Draft = { moments, done: [], steps, terms, previous: null };
  const end = steps.reduce(addStep, start);
  const ahead = withResets(end).map((one, index, all) => bookedAhead(one, all.slice(index + 1)));
  const scheduled = ahead
    .map((one, index) => ({ one, index }))
    .toSorted((a, b) => byText(a.one.at, b.one.at) || a.one.rank - b.one.rank || a.index - b.index)
    .map(({ one }) => one);
  mustBePlayable(scheduled);
  return { base, moments: end.moments, scheduled };
}

const mostRefills = 50_000;

/** What recurs is played boundary by boundary, so a case must not have very many. */
function mustBePlayable(scheduled: readonly Scheduled[]): void {
  const end = scheduled.at(-1)?.at;
  for (const { at, grant } of scheduled) {
    const recurrence = grant?.recurrence ?? null;
    if (recurrence === null || end === undefined) continue;
    const step = millisecondsBetween(boundaryAt(recurrence, 0), boundaryAt(recurrence, 1));
    if (millisecondsBetween(at, end) > step * mostRefills) {
      throw inexpressible(`more than ${mostRefills} refills of a grant`);
    }
  }
}

const effectiveText = (step: Step): string | undefined =>
  step.op === 'grant' || step.op === 'grant_many' ? step.effective : undefined;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const ranks: Readonly<Partial<Record<SimpleStep['op'], number>>> = {
  reset: 0,
  void: 1,
  expire_hold: 1,
  grant: 2,
  grant_many: 2,
  query: 4,
};

function addStep(draft: Draft, step: Step): Draft {
  const at = momentOfStep(draft, step);
  const simple = step.op === 'parallel' ? step.step : step;
  const copies = step.op === 'parallel' ? step.n : 1;
  const one = scheduleOne(draft, simple, at);
  return {
    ...draft,
    moments: passedTo(draft.moments, at),
    done: [...draft.done, ...Array.from({ length: copies }, () => one)],
    previous: step.op,
  };
}

function scheduleOne(draft: Draft, step: SimpleStep, at: Instant): Scheduled {
  const plain = { at, rank: ranks[step.op] ?? 3, step, grant: null, holdExpiresAt: null };
  if (step.op === 'hold' && step.expires !== undefined) {
    return { ...plain, holdExpiresAt: dated(draft, step.expires, { own: at, other: null }) };
  }
  if (step.op !== 'grant' && step.op !== 'grant_many') return plain;
  const times = timesOf(draft, step, at);
  const ids = draft.steps.flatMap((other) => (other.op === 'grant' ? (other.id ?? []) : []));
  const grant = newGrant(step, times, { terms: draft.terms, id: step.id ?? '', ids });
  return { ...plain, grant, at: isBefore(times.effectiveAt, at) ? times.effectiveAt : at };
}

/** A step's own moment; a reset without one, or with a name, is when the credits are refilled. */
function momentOfStep(draft: Draft, step: Step): Instant {
  const { moments } = draft;
  const said = step.at === undefined ? undefined : reference(draft, step.at);
  if (said !== undefined) return said;
  const grants = draft.done.flatMap(({ grant }) => grant ?? []);
  const refill = step.op === 'reset' ? nextRefill(grants, moments.last) : undefined;
  if (step.at === undefined) return refill ?? following(draft, step);
  if (refill !== undefined) moments.named.set(step.at.toLowerCase(), refill);
  return nameMoment(moments, step.at);
}

function following({ moments, previous }: Draft, step: Step): Instant {
  const together = step.op === 'grant' && (previous === 'grant' || previous === null);
  return together || previous === null ? moments.last : later(moments.last, 1, 'ms');
}

/** `before X`, `after X` and `at X`, where X is a moment, a step by its word, or a grant's beginning. */
function reference(draft: Draft, words: string): Instant | undefined {
  const match = /^(before|after|at) (.+)$/.exec(words.trim());
  if (match === null) return parseClock(draft.moments, words) ?? namedBefore(draft.moments, words);
  const [, relation, name = ''] = match;
  const at = referred(draft, name);
  if (relation === 'at') return at;
  return later(at, relation === 'before' ? -1 : 1, 'second');
}

function referred(draft: Draft, name: string): Instant {
  const clock = parseClock(draft.moments, name) ?? namedBefore(draft.moments, name);
  if (clock !== undefined) return clock;
  const [id = '', part] = name.split(' ');
  const texts = draft.steps.flatMap((step) => {
    if (step.op === name) return step.at ?? [];
    if (step.op !== 'grant' || step.id !== id) return [];
    return (part === 'expires' ? step.expires : (step.effective ?? step.at)) ?? [];
  });
  const [text] = texts;
  if (text !== undefined) return parseClock(draft.moments, text) ?? nameMoment(draft.moments, text);
  return nameMoment(draft.moments, name);
}

function timesOf(draft: Draft, step: GrantStep, now: Instant): GrantTimes {
  const { moments, done } = draft;
  const effectiveAt =
    step.effective === undefined ? now : dated(draft, step.effective, { own: now, other: null });
  const other = done.findLast(({ grant }) => grant !== null)?.grant?.expiresAt ?? null;
  const expires = step.expires ?? undefined;
  const expiresAt =
    expires === undefined ? null : dated(draft, expires, { own: effectiveAt, other });
  const anchor = step.anchor === undefined ? effectiveAt : reference(draft, step.anchor);
  if (anchor === undefined) throw inexpressible(`an anchor "${step.anchor}"`);
  return {
    effectiveAt,
    expiresAt: step.expires === 'same' ? later(moments.base, 1, 'month') : expiresAt,
    recurrence: recurrenceOf(step.recur, anchor),
  };
}

const dated = (
  draft: Draft,
  words: string,
  from: { readonly own: Instant; readonly other: Instant | null },
): Instant =>
  reference(draft, words) ?? parseRelative(words, from) ?? nameMoment(draft.moments, words);

/** A grant with a beginning of its own is known before any step that comes later in the list. */
function bookedAhead(one: Scheduled, laterOnes: readonly Scheduled[]): Scheduled {
  if (one.grant === null || effectiveText(one.step) === undefined) return one;
  const first = laterOnes.reduce((a, { at }) => (isBefore(at, a) ? at : a), one.at);
  return isBefore(first, one.at) || first === one.at ? { ...one, at: first, rank: -1 } : one;
}

/** `auto_reset` stands for resets at a time of day, until the case ends. */
function withResets({ done, moments }: Draft): readonly Scheduled[] {
  const last = done.reduce((a, { at }) => latest(a, at), moments.last);
  return done.flatMap((one) => {
    if (one.step.op !== 'auto_reset') return [one];
    const recurrence = dailyRecurrence(one.step.anchor, one.at);
    return boundariesUntil(recurrence, one.at, last).map((at) => ({
      ...one,
      at,
      rank: 0,
      step: { op: 'reset' as const },
    }));
  });
}

/** `14:48Z daily`: from the day's own time on. */
function dailyRecurrence(words: string, from: Instant): Recurrence {
  const match = /^(\d\d:\d\d)Z (\w+)$/.exec(words);
  const anchor = parseMoment(`${localDate(from, 'UTC')}T${match?.[1] ?? ''}Z`, 'UTC');
  const step = parseInterval(match?.[2] ?? '');
  if (anchor === undefined || step === undefined) throw inexpressible(`resets "${words}"`);
  return { anchor, step, timeZone: 'UTC' };
}

const mostResets = 4000;

function boundariesUntil(recurrence: Recurrence, from: Instant, until: Instant): Instant[] {
  const first = nextBoundary(recurrence, from);
  const dates: Instant[] = [];
  for (let at = first, index = 0; !isBefore(until, at); index += 1) {
    if (index > mostResets) throw inexpressible(`more than ${mostResets} resets`);
    dates.push(at);
    at = boundaryAt({ ...recurrence, anchor: first }, index + 1);
  }
  return dates;
}
