import fc from 'fast-check';
import { studioOrder, teamOrder } from './books.ts';

/** Steps of a program that the ledger and the domain's account live through side by side. */
const amount = fc.integer({ min: 0, max: 60 });
const minutes = fc.integer({ min: 1, max: 40 });
const holdMinutes = fc.integer({ min: 1, max: 120 });
const pick = fc.nat({ max: 9 });
const mostlyNull = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: value, weight: 1 });
const earmark = mostlyNull(fc.constantFrom('tool:search', 'member:ada'));
/** Whom a call is for, and the limits on calls that it counts in. */
const call = {
  member: fc.constantFrom('ada', 'bob', null),
  space: fc.constantFrom('lab', null),
  isLimited: fc.nat({ max: 3 }).map((drawn) => drawn === 0),
};
/** Rated by another version than the one in force: never, or by one of both. */
const stale = mostlyNull(fc.constantFrom('termsVersion', 'rateVersion'));
/** Whether the workspace is woken at the new instant, or what falls due waits for the next call. */
const isSeen = fc.boolean();
const lines = fc.array(amount, { minLength: 1, maxLength: 3 });
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 2 });

/** What a plan decides of a workspace's credits. */
export const policy = fc.record({
  order: fc.constantFrom(studioOrder, teamOrder, ['priority', ...studioOrder] as const),
  refundOfExpired: fc.constantFrom('lost' as const, { promoDays: 1 }),
  debtAtReset: fc.constantFrom('carry' as const, 'forgive' as const),
  holdSurvivesExpiry: fc.boolean(),
});

const step = {
  grant: fc.record({
    do: fc.constant('grant'),
    kind: fc.constantFrom('included', 'topUp', 'promo', 'adjustment'),
    amount: fc.integer({ min: 10, max: 150 }),
    waits: fc.constantFrom(0, 0, 0, 0, 5, 30),
    lives: orNull(minutes),
    priority: fc.integer({ min: 0, max: 2 }),
    earmark,
  }),
  debit: fc.record({
    do: fc.constant('debit'),
    lines,
    onShort: fc.constantFrom('deny', 'deny', 'deny', 'record'),
    ...{ earmark, stale, ...call },
  }),
  hold: fc.record({ do: fc.constant('hold'), amount, lives: holdMinutes, earmark, stale, ...call }),
  extend: fc.record({ do: fc.constant('extend'), pick, lives: holdMinutes }),
  settle: fc.record({
    do: fc.constant('settle'),
    pick,
    lines,
    rest: fc.constantFrom('release', 'release', 'keep'),
    stale,
  }),
  release: fc.record({ do: fc.constant('release'), pick }),
  refund: fc.record({ do: fc.constant('refund'), pick, amount: orNull(amount) }),
  void: fc.record({ do: fc.constant('void'), pick }),
  clawBack: fc.record({ do: fc.constant('clawBack'), pick, amount }),
  freeze: fc.record({ do: fc.constant('freeze'), pick, amount: orNull(amount) }),
  unfreeze: fc.record({ do: fc.constant('unfreeze'), pick }),
  reverse: fc.record({
    do: fc.constant('reverse'),
    pick,
    total: amount,
    spentBecomes: fc.constantFrom('debt', 'loss'),
  }),
  reinstate: fc.record({ do: fc.constant('reinstate'), pick, total: amount }),
  order: fc.record({
    do: fc.constant('order'),
    minutes,
    amount: fc.integer({ min: 1, max: 60 }),
    rollover: orNull(
      fc.record({
        min: fc.nat({ max: 5 }),
        max: fc.option(fc.nat({ max: 30 })),
        percent: fc.nat({ max: 100 }),
        lives: minutes,
      }),
    ),
  }),
  cap: fc.record({
    do: fc.constant('cap'),
    whose: fc.constantFrom('org', 'member:ada', 'member:bob', 'space:lab'),
    amount: orNull(fc.integer({ min: 0, max: 600 })),
  }),
  overage: fc.record({
    do: fc.constant('overage'),
    upTo: orNull(amount),
    // Of a millionth of a credit, in millionths of the minor unit.
    price: fc.constantFrom(0, 333_333, 1_000_000, 2_500_000),
  }),
  spendCap: fc.record({ do: fc.constant('spendCap'), cap: orNull(amount) }),
  buy: fc.record({ do: fc.constant('buy'), total: fc.integer({ min: 1, max: 40 }) }),
  fail: fc.record({ do: fc.constant('fail'), pick }),
  transfer: fc.record({ do: fc.constant('transfer'), owed: amount }),
  terms: fc.record({ do: fc.constant('terms'), policy, isRepriced: fc.boolean() }),
  wait: fc.record({ do: fc.constant('wait'), minutes, isSeen }),
  month: fc.record({ do: fc.constant('month'), isSeen }),
  repeat: fc.record({ do: fc.constant('repeat') }),
  restart: fc.record({ do: fc.constant('restart') }),
} as const;

/** A step of the given kind; without one, of any. */
export type Step<Kind extends keyof typeof step = keyof typeof step> =
  (typeof step)[Kind] extends fc.Arbitrary<infer One> ? One : never;

/** How often a step comes, beside others' 2: so that most calls find credits, and holds live to be settled. */
const weights: Partial<Record<keyof typeof step, number>> = {
  ...{ grant: 24, debit: 12, hold: 10, settle: 10, wait: 8, refund: 6, reverse: 3, reinstate: 3 },
  ...{ repeat: 5, month: 1, void: 1 },
};

export const programs = (length: { readonly min: number; readonly max: number }) =>
  fc.array(
    fc.oneof(
      ...Object.entries(step).map(([name, arbitrary]) => ({
        arbitrary: arbitrary as fc.Arbitrary<Step>, // each is one kind of step
        weight: Object.entries(weights).find(([kind]) => kind === name)?.[1] ?? 2,
      })),
    ),
    { minLength: length.min, maxLength: length.max, size: 'max' },
  );
