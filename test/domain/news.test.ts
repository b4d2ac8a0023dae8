import { describe, expect, test } from 'vitest';
import type { Effect, EventKind } from '../../src/domain/life/lifecycle.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import { isNews, type News } from '../../src/domain/news/news.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { ofKind, openWorkspace, termsOf, type Workspace } from './support.ts';

const opened = '2026-01-10T09:00:00.000Z';
const started: EventKind = { kind: 'started', plan: 'pro', interval: 'month' };
const attached: EventKind = { kind: 'paymentMethodAttached' };
const moves = (plan: string): EventKind => ({
  ...{ kind: 'planChangeRequested', plan, interval: 'month' },
  ...{ payment: 'p9', returnTo: null, preview: null },
});

const newsIn = (effects: readonly Effect[]): News[] =>
  ofKind(effects, 'notify')
    .map(({ notice }) => notice)
    .filter(isNews);

function open(terms: Terms = termsOf('studio')): Workspace {
  return openWorkspace(terms, { at: opened, clock: 'test', timeZone: 'Europe/Warsaw' });
}

function onTrial(terms?: Terms): Workspace {
  const workspace = open(terms);
  workspace.happens(opened, started);
  return workspace;
}

/** Paid since the trial's end on 24 January. */
function paying(): Workspace {
  const workspace = onTrial();
  workspace.happens(opened, attached);
  workspace.until('2026-01-25T00:00:00.000Z');
  return workspace;
}

describe('whoever pays is told of a trial [0.31 4.09]', () => {
  const trial = { planName: 'Pro', endsAt: '2026-01-24T09:00:00.000Z', closes: ['deploys'] };

  test('that it ends in three days, and in one, and that it has ended', () => {
    expect(newsIn(onTrial().until('2026-02-10T00:00:00.000Z'))).toEqual([
      { kind: 'trialEnding', at: '2026-01-21T09:00:00.000Z', goesOn: false, ...trial },
      { kind: 'trialEnding', at: '2026-01-23T09:00:00.000Z', goesOn: false, ...trial },
      { kind: 'trialEnded', at: trial.endsAt, planName: 'Pro', closes: ['deploys'] },
    ]);
  });

  test('that the plan goes on, where there is something to pay it with', () => {
    const workspace = onTrial();
    workspace.happens('2026-01-22T00:00:00.000Z', attached);
    expect(newsIn(workspace.until('2026-02-10T00:00:00.000Z'))).toEqual([
      { kind: 'trialEnding', at: '2026-01-23T09:00:00.000Z', goesOn: true, ...trial },
    ]);
  });

  test('on the same days after moving to another plan within it', () => {
    const workspace = onTrial();
    workspace.happens('2026-01-22T00:00:00.000Z', moves('team'));
    expect(newsIn(workspace.until('2026-01-23T12:00:00.000Z'))).toEqual([
      {
        kind: 'trialEnding',
        at: '2026-01-23T09:00:00.000Z',
        goesOn: false,
        ...trial,
        planName: 'Team',
      },
    ]);
  });

  test('at the same local hour over a change of clocks', () => {
    const workspace = openWorkspace(termsOf('studio'), {
      ...{ at: '2026-03-16T09:00:00.000Z', clock: 'test', timeZone: 'Europe/Warsaw' },
    });
    workspace.happens('2026-03-16T09:00:00.000Z', started);
    expect(workspace.life.subscription).toMatchObject({
      trialEndsAt: '2026-03-30T08:00:00.000Z',
      notices: ['2026-03-27T09:00:00.000Z', '2026-03-29T08:00:00.000Z'],
    });
  });

  test('not ahead, under terms that were published before there were such notices', () => {
    const old = termsOf('studio', (terms) => ({
      ...terms,
      plans: terms.plans.map((plan) => {
        if (plan.trial === null) return plan;
        const { notices: _unknown, ...trialTerms } = plan.trial;
        return { ...plan, trial: trialTerms };
      }),
    }));
    expect(newsIn(onTrial(old).until('2026-01-23T12:00:00.000Z'))).toEqual([]);
  });
});

describe('whoever pays is told of a change of plan', () => {
  const february = '2026-02-24T09:00:00.000Z';

  test('that it is scheduled, taken back, and has happened [0.28 4.20]', () => {
    const workspace = paying();
    const scheduled = { kind: 'changeScheduled', planName: 'Pro', happensAt: february };
    const at = (day: string) => `2026-02-${day}T00:00:00.000Z`;
    expect(newsIn(workspace.happens(at('01'), moves('starter')))).toEqual([
      { ...scheduled, at: at('01'), toPlan: 'Starter' },
    ]);
    expect(newsIn(workspace.happens(at('02'), { kind: 'scheduledChangeCanceled' }))).toEqual([
      { kind: 'changeCanceled', at: at('02'), planName: 'Pro' },
    ]);
    workspace.happens(at('03'), moves('starter'));
    expect(newsIn(workspace.until('2026-02-25T00:00:00.000Z'))).toEqual([
      { kind: 'planChanged', at: february, planName: 'Pro', toPlan: 'Starter' },
    ]);
  });

  test('that it ends, and has ended', () => {
    const workspace = paying();
    const at = '2026-02-01T00:00:00.000Z';
    const ends: EventKind = { kind: 'cancelRequested', when: 'periodEnd' };
    expect(newsIn(workspace.happens(at, ends))).toEqual([
      { kind: 'changeScheduled', at, planName: 'Pro', toPlan: null, happensAt: february },
    ]);
    expect(newsIn(workspace.until('2026-02-25T00:00:00.000Z'))).toEqual([
      { kind: 'planEnded', at: february, planName: 'Pro' },
    ]);
  });

  test('for want of payment by the notice of the invoice alone', () => {
    const workspace = openWorkspace(
      termsOf('studio', (terms) => ({
        ...terms,
        pastDue: { ...terms.pastDue, finalState: 'canceled' as const },
      })),
      { at: opened, clock: 'test' },
    );
    workspace.happens(opened, attached);
    workspace.happens(opened, started);
    workspace.card = 'declines';
    const told = newsIn(workspace.until('2026-04-01T00:00:00.000Z'));
    expect(workspace.life.subscription.status).toBe('canceled');
    expect(told.filter(({ kind }) => kind === 'planEnded')).toEqual([]);
  });
});

test('whoever pays is told three days ahead that nothing is on file to renew with', () => {
  const workspace = paying();
  workspace.happens('2026-01-30T00:00:00.000Z', { kind: 'paymentMethodRemoved' });
  expect(newsIn(workspace.until('2026-02-22T00:00:00.000Z'))).toEqual([
    {
      ...{ kind: 'methodMissing', planName: 'Pro' },
      ...{ at: '2026-02-21T09:00:00.000Z', renewsAt: '2026-02-24T09:00:00.000Z' },
    },
  ]);
  expect(newsIn(workspace.until('2026-02-24T09:00:00.000Z'))).toEqual([]);
});

test('with something on file, or with the end scheduled, nothing is missing for a renewal', () => {
  expect(newsIn(paying().until('2026-03-23T00:00:00.000Z'))).toEqual([]);
  const leaving = paying();
  leaving.happens('2026-01-30T00:00:00.000Z', { kind: 'paymentMethodRemoved' });
  leaving.happens('2026-01-30T00:00:00.000Z', { kind: 'cancelRequested', when: 'periodEnd' });
  expect(newsIn(leaving.until('2026-02-22T00:00:00.000Z'))).toEqual([]);
});

test('whoever pays is told of another owner', () => {
  const at = '2026-02-01T00:00:00.000Z';
  expect(newsIn(paying().happens(at, { kind: 'ownershipTransferred', owner: 'bea' }))).toEqual([
    { kind: 'ownerChanged', at, owner: 'bea' },
  ]);
});

describe('whoever pays is told of automatic top-ups', () => {
  const at = '2026-02-01T12:00:00.000Z';
  const midnight = '2026-02-01T23:00:00.000Z';
  const rule = { thresholdMicro: micro(5_000_000), priceMinor: minor(1_000) };

  function lowAgain(): Workspace {
    const workspace = paying();
    workspace.happens(at, { kind: 'autoTopUpSet', rule });
    const availableMicro = micro(1_000_000);
    const fell = { kind: 'balanceFell', payment: 'p1', availableMicro, debtMicro: micro(0) };
    workspace.happens(at, fell as EventKind);
    return workspace;
  }

  test('by a receipt that says so', () => {
    const bought: EventKind = { kind: 'toppedUp', payment: 'p1', creditsMicro: micro(1) };
    const notices = (workspace: Workspace) =>
      ofKind(workspace.happens(at, bought), 'notify').map(({ notice }) => notice);
    const receipt = { kind: 'receipt', invoice: 'purchase:p1' };
    expect(notices(lowAgain())).toEqual([{ ...receipt, automatic: true }]);
    expect(notices(paying())).toEqual([receipt]);
  });

  test.each([
    ['until tomorrow', false, midnight],
    ['until it is put right', true, null],
  ])('that are not paid, and pause %s', (_until, hard, until) => {
    const failed: EventKind = { kind: 'autoTopUpFailed', payment: 'p1', code: 'declined', hard };
    expect(newsIn(lowAgain().happens(at, failed))).toEqual([
      { kind: 'autoTopUpPaused', at, until, because: 'notPaid' },
    ]);
  });
});
