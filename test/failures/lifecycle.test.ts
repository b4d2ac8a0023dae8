import { describe, expect, test } from 'vitest';
import { roomFor } from '../../src/domain/changes/limits.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import { statusAt } from '../../src/domain/gates/gate.ts';
import { membersMost } from '../../src/domain/life/seats.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { changeTo, onTeam, solo } from '../domain/team-support.ts';
import {
  grantsIn,
  invoicesIn,
  linesOf,
  ofKind,
  openWorkspace,
  termsOf,
} from '../domain/support.ts';

/** Stories of subscriptions that other engines got wrong; each title ends with where it is told. */
const at = '2026-01-10T09:00:00.000Z';
const midway = '2026-01-20T12:00:00.000Z';

function onPro(clock: 'real' | 'test' = 'real') {
  const workspace = openWorkspace(termsOf('studio'), { at, clock });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  const begun = workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  return { workspace, begun };
}

const to = (plan: string) => changeTo(plan, `to ${plan}`);

describe('a card that declines', () => {
  test('for a year: one invoice, four tries https://github.com/useautumn/autumn/pull/2420', () => {
    const { workspace } = onPro('test');
    workspace.card = 'declines';
    const effects = workspace.until('2027-01-10T09:00:00.000Z');
    expect(ofKind(effects, 'collectInvoice')).toHaveLength(4);
    expect(invoicesIn(effects)).toHaveLength(1);
  });

  test('keeps plan, seats and credits in the grace https://github.com/CapSoftware/Cap/pull/2074', () => {
    const { workspace } = onPro('test');
    workspace.happens(at, { kind: 'seatsRequested', purchased: 3 });
    workspace.card = 'declines';
    const effects = workspace.until('2026-02-12T00:00:00.000Z');
    expect(workspace.life).toMatchObject({
      purchasedSeats: 3,
      subscription: { status: 'pastDue', plan: 'pro', window: { label: '2026-02' } },
    });
    expect([ofKind(effects, 'voidIncluded'), ofKind(effects, 'forfeitTopUps')]).toEqual([[], []]);
    expect(statusAt(workspace.life, workspace.terms, '2026-02-12T00:00:00.000Z')).toBe('pastDue');
  });
});

describe('a change that follows another', () => {
  test('an upgrade takes the scheduled downgrade away https://github.com/langfuse/langfuse/pull/9076', () => {
    const { workspace } = onPro();
    workspace.happens(midway, to('starter'));
    workspace.happens(midway, to('team'));
    expect(workspace.life.subscription).toMatchObject({ plan: 'team', scheduled: null });
    workspace.until('2026-03-01T00:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'team' });
  });

  test('a cancel that was taken back stays so https://github.com/theopenco/llmgateway/pull/2902', () => {
    const { workspace } = onPro();
    workspace.happens(midway, { kind: 'cancelRequested', when: 'periodEnd' });
    workspace.happens(midway, { kind: 'reactivated' });
    workspace.until('2026-03-01T00:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ status: 'active', plan: 'pro' });
  });

  test('an old end never touches who came back https://github.com/theopenco/llmgateway/pull/2911', () => {
    const { workspace } = onPro();
    workspace.happens(midway, { kind: 'cancelRequested', when: 'now' });
    workspace.happens(midway, to('team'));
    const late = workspace.until('2026-02-10T09:00:00.000Z');
    expect(workspace.life.subscription).toMatchObject({ plan: 'team' });
    expect(ofKind(late, 'voidIncluded')).toEqual([]);
  });

  test('a cancel sent twice ends it once https://github.com/killbill/killbill/issues/94', () => {
    const { workspace } = onPro();
    workspace.happens(midway, { kind: 'cancelRequested', when: 'now' });
    const again = { kind: 'cancelRequested', when: 'now' } as const;
    expect(workspace.refuses(midway, again)).toEqual({ kind: 'alreadyCanceled' });
  });

  test('up and up again credits each price once https://github.com/getlago/lago-api/pull/1778', () => {
    const workspace = openWorkspace(termsOf('studio'), { at });
    workspace.happens(at, { kind: 'paymentMethodAttached' });
    workspace.happens(at, { kind: 'started', plan: 'starter', interval: 'month' });
    workspace.happens(midway, to('pro'));
    workspace.happens(midway, to('team'));
    expect(linesOf(workspace.life.upcoming)).toEqual([
      'Remaining time: Pro, seats, 21 of 31 days: 20.32',
      'Unused time: Starter, seats, 21 of 31 days: -10.16',
      'Remaining time: Team, seats, 21 of 31 days: 40.65',
      'Unused time: Pro, seats, 21 of 31 days: -20.32',
    ]);
  });

  test('up, down, up in one month is charged as it is held https://github.com/polarsource/polar/pull/9090', () => {
    const { workspace } = onPro();
    const granted = [
      ...workspace.happens(midway, to('team')),
      ...workspace.happens(midway, to('pro')),
      ...workspace.happens(midway, to('team')),
    ];
    expect(grantsIn(granted)).toHaveLength(1);
    expect(workspace.life.upcoming).toHaveLength(2);
  });
});

test('seats left for a plan without seats are credited https://github.com/polarsource/polar/issues/10298', () => {
  const terms = termsOf('studio', (all) => ({
    ...all,
    plans: all.plans.map((plan) =>
      plan.id !== 'team'
        ? plan
        : {
            ...plan,
            seats: { model: 'none' as const },
            prices: { month: { baseMinor: minor(20_000), perSeatMinor: minor(0) } },
            included: { ...plan.included, perSeatMicro: micro(0), baseMicro: micro(500_000_000) },
          },
    ),
  }));
  const workspace = openWorkspace(terms, { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.happens(at, { kind: 'seatsRequested', purchased: 3 });
  workspace.happens(midway, to('team'));
  expect(linesOf(workspace.life.upcoming)).toEqual([
    '2 × seat, Pro, 31 of 31 days: 60.00',
    'Remaining time: Team, by the month, 21 of 31 days: 135.48',
    'Unused time: Pro, seats, 21 of 31 days: -60.97',
  ]);
});

test('a month by the calendar is one budget, whenever it is paid https://github.com/chmonitor/chmonitor/pull/2558', () => {
  const { workspace, begun } = onPro();
  const later = workspace.until('2026-03-05T00:00:00.000Z');
  const orders = ofKind([...begun, ...later], 'placeOrder').map(({ sourceKey }) => sourceKey);
  expect(grantsIn([...begun, ...later])).toEqual([
    'included:2026-01: 45 until 2026-02-01T00:00:00.000Z',
  ]);
  // Each next month is granted by its own order, however often the plan's month places it again.
  expect([...new Set(orders)]).toEqual([
    'included:2026-02',
    'included:2026-03',
    'included:2026-04',
  ]);
});

test('down and up again empties no pool https://github.com/polarsource/polar/issues/5826', () => {
  const terms = termsOf('studio', (all) => {
    const { upgrade, downgrade } = all.planChange;
    const planChange = {
      ...all.planChange,
      upgrade: { ...upgrade, credits: 'reseed' as const },
      downgrade: { ...downgrade, at: 'now' as const, pooledCredits: 'forfeit' as const },
    };
    return { ...all, planChange };
  });
  const workspace = openWorkspace(terms, { at });
  workspace.happens(at, { kind: 'paymentMethodAttached' });
  workspace.happens(at, { kind: 'started', plan: 'pro', interval: 'month' });
  expect(grantsIn(workspace.happens(midway, to('team')))).toHaveLength(1);
  workspace.happens(midway, to('pro'));
  const again = workspace.happens(midway, to('team'));
  expect([grantsIn(again), ofKind(again, 'voidIncluded')]).toEqual([[], []]);
});

describe('a checkout', () => {
  const paid = (payment: string) =>
    ({ kind: 'planPurchasePaid', payment, totalMinor: minor(6_100) }) as const;

  test('two open, both paid: one plan, and credit https://github.com/useautumn/autumn/pull/2334', () => {
    const workspace = solo();
    workspace.happens(at, changeTo('team', 'first'));
    workspace.happens(at, changeTo('team', 'second'));
    workspace.happens(at, paid('second'));
    const late = workspace.happens(at, paid('first'));
    expect(ofKind(late, 'creditAccount')).toMatchObject([
      { payment: 'first', amountMinor: 6_100n },
    ]);
    expect(grantsIn(late)).toEqual([]);
  });

  test('paid once, told twice, grants once https://github.com/getlago/lago-api/pull/3618', () => {
    const workspace = solo();
    workspace.happens(at, changeTo('team', 'first'));
    expect(grantsIn(workspace.happens(at, paid('first')))).toHaveLength(1);
    expect(grantsIn(workspace.happens(at, paid('first')))).toEqual([]);
  });
});

test('a start leaves earlier top-ups alone https://github.com/polarsource/polar/issues/8451', () => {
  const { begun } = onPro();
  expect(ofKind(begun, 'forfeitTopUps')).toEqual([]);
  expect(ofKind(begun, 'voidIncluded')).toEqual([]);
});

test('free chosen again grants nothing https://github.com/polarsource/polar/issues/8696', () => {
  const workspace = openWorkspace(termsOf('studio'), { at });
  const begun = workspace.happens(at, { kind: 'started', plan: 'free', interval: 'month' });
  const again = [1, 2, 3].flatMap(() => [
    ...workspace.happens(midway, { kind: 'cancelRequested', when: 'now' }),
    ...workspace.happens(midway, to('free')),
  ]);
  // One source key: the ledger grants each once, and what the end has voided does not come back.
  expect([...new Set(grantsIn([...begun, ...again]))]).toEqual([
    'included:2026-01: 1 until 2026-02-01T00:00:00.000Z',
  ]);
});

test('two seats at one instant are two lines https://github.com/flexprice/flexprice/issues/811', () => {
  const workspace = onTeam();
  const effects = ['ben', 'cy'].flatMap((member) =>
    workspace.happens(midway, { kind: 'memberAccepted', member }),
  );
  effects.push(...workspace.until('2026-01-22T00:00:00.000Z'));
  const lines = ofKind(effects, 'issueInvoice').flatMap(({ invoice }) => invoice.lines);
  expect(lines.map(({ member }) => member)).toEqual(['ben', 'cy']);
});

test('the last seat is let in, one more is not https://github.com/chmonitor/chmonitor/issues/2056', () => {
  const free = planOf(termsOf('tools'), 'free'); // three members and invitations
  const room = (used: number) => roomFor(free, [{ limit: 'seatsAndInvitations', used }]).ok;
  expect([room(2), room(3), room(4)]).toEqual([true, false, false]);
  const { workspace } = onPro();
  expect(membersMost(workspace.life, planOf(workspace.terms, 'pro'))).toBeNull();
});
