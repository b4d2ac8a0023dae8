import { describe, expect, test } from 'vitest';
import { entitlements, entitlementTo } from '../../src/domain/gates/entitlement.ts';
import { micro } from '../../src/domain/values/money.ts';
import { openWorkspace, termsOf, type Workspace } from './support.ts';

const studio = termsOf('studio');
const team = termsOf('team');
const start = '2026-01-10T12:00:00.000Z';
const trialEnd = '2026-01-24T12:00:00.000Z';

const ask = (of: Workspace, feature: string, at: string, available = 5_000_000) =>
  entitlementTo({ life: of.life, terms: of.terms, availableMicro: micro(available), at }, feature);

const open = (plan: string, terms = studio): Workspace => {
  const workspace = openWorkspace(terms, { at: start });
  workspace.happens(start, { kind: 'started', plan, interval: 'month' });
  return workspace;
};

/** A paid plan: a card during the trial, or for a plan without one, at its start. */
const openPaid = (plan: string, terms = studio): Workspace => {
  const workspace = open(plan, terms);
  workspace.happens(start, { kind: 'paymentMethodAttached' });
  workspace.until(trialEnd);
  return workspace;
};

describe('a feature that may be used', () => {
  test('has no reason against it, and nothing to do', () => {
    expect(ask(open('starter'), 'ai', start)).toEqual({
      feature: 'ai',
      allowed: true,
      reasons: [],
      remedies: [],
    });
  });

  test('stays open when the catalog closes it by nothing [0.40 1.16]', () => {
    const trial = open('starter');
    trial.until(trialEnd);
    expect(ask(trial, 'editing', trialEnd, 0)).toMatchObject({ allowed: true });
    expect(ask(trial, 'notInTheCatalog', trialEnd, 0)).toMatchObject({ allowed: true });
  });
});

describe('a trial without a card', () => {
  test('closes its features at its very end, whether or not a worker lived it [0.32]', () => {
    const unlived = open('starter');
    expect(ask(unlived, 'deploys', '2026-01-24T11:59:59.999Z')).toMatchObject({ allowed: true });
    const closed = {
      feature: 'deploys',
      allowed: false,
      reasons: [{ code: 'trialEnded', since: trialEnd }],
      remedies: ['addPaymentMethod'],
    };
    expect(ask(unlived, 'deploys', trialEnd)).toEqual(closed);
    unlived.until(trialEnd);
    expect(ask(unlived, 'deploys', trialEnd)).toEqual(closed);
  });

  test('with a card on file closes nothing', () => {
    const trial = open('starter');
    trial.happens(start, { kind: 'paymentMethodAttached' });
    expect(ask(trial, 'deploys', trialEnd)).toMatchObject({ allowed: true });
  });

  test('offers a downgrade only where the plan allows it and there is a free plan', () => {
    const leave = (exits: readonly ('addPaymentMethod' | 'downgrade')[], plans = studio.plans) => ({
      ...studio,
      plans: plans.map((plan) =>
        plan.trial ? { ...plan, trial: { ...plan.trial, exits } } : plan,
      ),
    });
    const remedies = (terms: typeof studio) =>
      ask(open('pro', terms), 'deploys', trialEnd).remedies;
    expect(remedies(leave(['addPaymentMethod', 'downgrade']))).toEqual([
      'addPaymentMethod',
      'changePlan',
    ]);
    const paidOnly = studio.plans.filter(({ id }) => id !== 'free');
    expect(remedies(leave(['downgrade'], paidOnly))).toEqual([]);
  });
});

describe('credits', () => {
  test('at zero close what burns them, and only that', () => {
    const paid = openPaid('pro');
    expect(ask(paid, 'ai', trialEnd, 1)).toMatchObject({ allowed: true });
    expect(ask(paid, 'ai', trialEnd, 0)).toEqual({
      feature: 'ai',
      allowed: false,
      reasons: [{ code: 'outOfCredits', since: null }],
      remedies: ['topUp', 'changePlan'],
    });
    expect(ask(paid, 'deploys', trialEnd, 0)).toMatchObject({ allowed: true });
  });

  test('are only bought where no bigger plan is sold', () => {
    expect(ask(openPaid('team'), 'ai', trialEnd, 0).remedies).toEqual(['topUp']);
  });

  test('wait for a payment method where the plan waits for it', () => {
    expect(
      ask(
        open('starter', {
          ...team,
          plans: team.plans.map((plan) => ({ ...plan, holder: 'org' as const })),
        }),
        'ai',
        start,
        0,
      ),
    ).toMatchObject({
      reasons: [{ code: 'outOfCredits' }],
      remedies: ['addPaymentMethod'],
    });
  });
});

describe('a plan that is not paid', () => {
  test('closes when its grace is over, whether or not a worker lived it', () => {
    const paid = openPaid('pro');
    paid.card = 'silence';
    expect(ask(paid, 'deploys', '2026-03-10T11:59:59.999Z')).toMatchObject({ allowed: true });
    expect(ask(paid, 'deploys', '2026-03-10T12:00:00.000Z')).toMatchObject({
      allowed: false,
      reasons: [{ code: 'suspended', since: '2026-03-10T12:00:00.000Z' }],
      remedies: ['addPaymentMethod'],
    });
  });

  test('that was canceled offers to choose one again, once', () => {
    const paid = openPaid('pro');
    paid.happens(trialEnd, { kind: 'cancelRequested', when: 'now' });
    expect(ask(paid, 'ai', trialEnd, 0)).toEqual({
      feature: 'ai',
      allowed: false,
      reasons: [
        { code: 'canceled', since: trialEnd },
        { code: 'outOfCredits', since: null },
      ],
      remedies: ['changePlan'],
    });
  });
});

describe('a workspace that pays for nothing itself', () => {
  test('before its first plan may use only what nothing closes', () => {
    const fresh = openWorkspace(studio, { at: start });
    expect(ask(fresh, 'ai', start)).toMatchObject({
      allowed: false,
      reasons: [{ code: 'notStarted', since: null }],
      remedies: ['startPlan'],
    });
    expect(ask(fresh, 'docs', start)).toMatchObject({ allowed: true });
  });

  test("whose members pay needs the member's own plan for what burns credits [2.02 2.03]", () => {
    const crew = open('pro', team);
    expect(ask(crew, 'ai', start)).toMatchObject({
      allowed: false,
      reasons: [{ code: 'memberPlanRequired', since: null }],
      remedies: ['startPlan'],
    });
    expect(ask(crew, 'spaces', start)).toMatchObject({ allowed: true });
  });
});

test('every feature class of the catalog is answered', () => {
  const { life, terms } = open('starter');
  const answers = entitlements({ life, terms, availableMicro: micro(0), at: start });
  expect(answers.map(({ feature, allowed }) => `${feature} ${allowed}`)).toEqual([
    'ai false',
    'deploys true',
    'editing true',
    'preview true',
    'docs true',
  ]);
});
