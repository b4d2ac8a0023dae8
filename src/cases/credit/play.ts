import type { CreditHold, Usage } from '../../domain/credits/credit-account.ts';
import {
  clawBackCredits,
  replaceGrant,
  resetPeriod,
  voidGrant,
} from '../../domain/credits/credit-closing.ts';
import { holdCredits, releaseHold, settleHold } from '../../domain/credits/credit-holds.ts';
import { payLines } from '../../domain/credits/credit-lines.ts';
import { advanceTo } from '../../domain/credits/credit-time.ts';
import { refundUsage } from '../../domain/credits/credit-refund.ts';
import { useCredits, type Call } from '../../domain/credits/credit-usage.ts';
import type { Instant } from '../../domain/values/calendar.ts';
import { multiplyFractions, roundFraction } from '../../domain/values/fraction.ts';
import { micro, minus, plus, sum, type MicroCredits } from '../../domain/values/money.ts';
import { creditsOf, mustBeFigure } from '../figures.ts';
import { inexpressible, undetermined } from '../unsupported.ts';
import type { Scheduled } from './schedule.ts';
import type { SimpleStep } from './step-shapes.ts';
import { after, grantNamed, topUp, type World } from './world.ts';

type StepOf<Op extends SimpleStep['op']> = Extract<SimpleStep, { readonly op: Op }>;

/** Lets time pass to a step and carries it out. */
export const playStep = (world: World, scheduled: Scheduled): World =>
  act({ ...world, account: advanceTo(world.account, scheduled.at) }, scheduled);

function act(world: World, scheduled: Scheduled): World {
  const { step } = scheduled;
  switch (step.op) {
    case 'grant':
    case 'grant_many':
      return makeGrants(world, scheduled);
    case 'use':
      return topUp(use(world, step));
    case 'hold':
      return hold(world, step, scheduled.holdExpiresAt);
    case 'settle':
      return topUp(settle(world, step));
    case 'release':
    case 'expire_hold':
      return endHold(world, step);
    case 'correct':
    case 'refund':
      return refund(world, step);
    case 'void':
      return takeBack(world, step);
    case 'reset':
      return { ...world, account: resetPeriod(world.account) };
    case 'upgrade':
      return upgrade(world, step);
    case 'invoice':
      return pay(world, step);
    case 'wait':
      return topUp(world);
    case 'auto_reset':
    case 'query':
    // A hold is in the account itself: there is no second record of it that could be lost.
    case 'lose_hold_record':
      return world;
  }
}

function makeGrants(world: World, { step, grant }: Scheduled): World {
  if (grant === null || (step.op !== 'grant' && step.op !== 'grant_many')) return world;
  if (step.op === 'grant') return grantNamed(world, step.id ?? null, [grant]);
  const many = Array.from({ length: step.count }, () => grant);
  return grantNamed(world, step.id ?? 'others', many);
}

function use(world: World, step: StepOf<'use'>): World {
  // A use of no stated size, which only wakes what looks at the balance after one.
  if (/^triggers?$/.test(String(step.amount))) return world;
  const call = callOf(world, step);
  if (call.amountMicro < 0n) throw inexpressible('a negative use; what is given back is a refund');
  if (step.kind !== undefined) return usePending(world, step.kind, call);
  const { onShort } = world.terms;
  const done = useCredits(world.account, { ...call, onShort });
  const denied = done.ok ? world.denied : [...world.denied, step.id ?? call.id];
  return after({ ...world, denied }, done, (next, usage) =>
    used(next, step.id ?? null, usage, call.amountMicro),
  );
}

/** Usage that no invoice has settled yet takes from what may be used, and not from the balance. */
function usePending(world: World, kind: string, call: Call): World {
  if (kind !== 'current usage') throw inexpressible(`a use of the kind "${kind}"`);
  const held = holdCredits(world.account, { ...call, expiresAt: null });
  return after(world, held, (next) => ({ ...next, pending: [...next.pending, call.id] }));
}

function used(world: World, name: string | null, usage: Usage, moved: MicroCredits): World {
  const usages = name === null ? world.usages : new Map([...world.usages, [name, usage.id]]);
  return { ...world, usages, lastUsage: usage, events: [...world.events, moved] };
}

/** Credits for units of a feature by the case's rates; caps count the units. */
function callOf(
  world: World,
  step: { readonly amount: unknown; readonly feature?: string | null | undefined },
): Call {
  const { account, terms } = world;
  const units = creditsOf(step.amount, 'amount');
  const feature = step.feature ?? null;
  const rate = feature === null ? undefined : terms.words.rates?.[feature];
  const exact = multiplyFractions(
    mustBeFigure(step.amount, 'amount'),
    mustBeFigure(rate ?? 1, 'rates'),
  );
  return {
    id: `#${account.usages.length + account.holds.length + 1}`,
    amountMicro: micro(roundFraction(exact, 6, 'halfAwayFromZero')),
    countedMicro: units,
    feature,
  };
}

function hold(world: World, step: StepOf<'hold'>, expiresAt: Instant | null): World {
  const call = callOf(world, step);
  const done = holdCredits(world.account, { ...call, expiresAt });
  const told = after(world, done, (next) => ({
    ...next,
    events: [...next.events, call.amountMicro],
  }));
  const taken = { holdId: done.ok ? call.id : null };
  const all = [...(world.holds.get(step.id) ?? []), taken];
  return { ...told, holds: new Map([...told.holds, [step.id, all]]) };
}

/** The last hold under a name; a name that was never held is no hold of ours. */
const holdNamed = (world: World, name: string): string =>
  world.holds.get(name)?.at(-1)?.holdId ?? `no hold ${name}`;

function settle(world: World, step: StepOf<'settle'>): World {
  const id = holdNamed(world, step.id);
  const before = world.account.holds.find((one) => one.id === id);
  const call = callOf(world, { ...step, feature: before?.feature ?? null });
  const { amountMicro } = call;
  const settlement = { id, amountMicro, countedMicro: call.countedMicro ?? amountMicro };
  return after(world, settleHold(world.account, settlement), (next, usage) => {
    if (before?.status === 'settled') return next;
    return used(next, step.id, usage, minus(amountMicro, heldOf(before)));
  });
}

const heldOf = (hold: CreditHold | undefined): MicroCredits =>
  sum((hold?.parts ?? []).map(({ amountMicro }) => amountMicro));

function endHold(world: World, step: StepOf<'release' | 'expire_hold'>): World {
  const id = holdNamed(world, step.id);
  const as = step.op === 'release' ? 'released' : 'expired';
  return after(world, releaseHold(world.account, { id, as }), (next) => next);
}

function refund(world: World, step: StepOf<'correct' | 'refund'>): World {
  const id = world.usages.get(step.id) ?? `no usage ${step.id}`;
  const amountMicro = creditsOf(step.amount, 'amount');
  return after(world, refundUsage(world.account, { id, amountMicro }), (next, usage) => ({
    ...next,
    lastUsage: usage,
    events: [...next.events, minus(micro(0), amountMicro)],
  }));
}

function takeBack(world: World, step: StepOf<'void'>): World {
  if (step.amount !== undefined) {
    if (step.id !== undefined) throw inexpressible('a void of a part of one grant');
    const { account } = clawBackCredits(world.account, creditsOf(step.amount, 'amount'));
    return { ...world, account };
  }
  const numbers = step.id === undefined ? [0] : world.grants.get(step.id);
  if (numbers === undefined) throw inexpressible(`no grant is called ${step.id}`);
  return numbers.reduce(
    (state, grantNo) => after(state, voidGrant(state.account, grantNo), (next) => next),
    world,
  );
}

/** Another plan's credits in the place of a named grant, or of the one grant that there is. */
function upgrade(world: World, step: StepOf<'upgrade'>): World {
  const { account, terms } = world;
  const numbers = step.replaces === undefined ? undefined : world.grants.get(step.replaces);
  const only = account.grants.length === 1 ? account.grants[0]?.grantNo : undefined;
  const grantNo = numbers?.at(-1) ?? (step.replaces === undefined ? only : undefined);
  if (grantNo === undefined) throw undetermined('which grant is replaced is not given');
  const next = {
    kind: 'included' as const,
    amountMicro: creditsOf(step.amount, 'amount'),
    effectiveAt: account.at,
  };
  const change = replaceGrant(account, { grantNo, next, credits: terms.upgrade });
  const number = account.grants.length + 1;
  return after(world, change, (state) =>
    step.id === undefined
      ? state
      : { ...state, grants: new Map([...state.grants, [step.id ?? '', [number]]]) },
  );
}

function pay(world: World, step: StepOf<'invoice'>): World {
  const lines = step.lines.map((line, index) => ({
    id: `invoice ${world.account.usages.length + index + 1}`,
    kind: line.kind,
    amountMicro: plus(creditsOf(line.amount, 'amount'), creditsOf(line.tax ?? 0, 'tax')),
  }));
  const total = sum(lines.map(({ amountMicro }) => amountMicro));
  if (step.total !== undefined && creditsOf(step.total, 'total') !== total) {
    throw undetermined('the lines do not add up to the total');
  }
  const { account, payments } = payLines(world.account, lines);
  return { ...world, account, payments: [...world.payments, ...payments] };
}
