import { describe, expect, test } from 'vitest';
import { closingOf, statusAt } from '../../src/domain/gates/gate.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  ofKind,
  openWorkspace,
  orderIn,
  termsOf,
  type Workspace,
} from './support.ts';

const terms = termsOf('studio');
const start = { kind: 'started', plan: 'pro', interval: 'month' } as const;
const opened = '2026-01-10T12:00:00.000Z';
const trialEnd = '2026-01-24T12:00:00.000Z';

const onTrial = (): Workspace => {
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, start);
  return workspace;
};

describe('a trial', () => {
  test('starts with the plan when nothing is on file, and its credits end with it', () => {
    const effects = openWorkspace(terms, { at: opened }).happens(opened, start);
    expect(grantsIn(effects)).toEqual([`trial:pro: 45 until ${trialEnd}`]);
    expect(ofKind(effects, 'openWindow')).toEqual([
      { kind: 'openWindow', start: opened, end: trialEnd },
    ]);
    expect(orderIn(effects)).toBeNull();
    expect(invoicesIn(effects)).toEqual([]);
    expect(announced(effects)).toEqual(['statusChanged trialing pro']);
  });

  test('lasts fourteen local days, over a change of clocks as well', () => {
    const at = '2026-03-20T12:00:00.000Z';
    const workspace = openWorkspace(terms, { at, timeZone: 'Europe/Paris' });
    workspace.happens(at, start);
    expect(workspace.life.subscription).toEqual({
      status: 'trialing',
      plan: 'pro',
      interval: 'month',
      trialEndsAt: '2026-04-03T11:00:00.000Z',
      notices: ['2026-03-31T11:00:00.000Z', '2026-04-02T11:00:00.000Z'],
    });
  });

  test('is not given where a payment method is on file already', () => {
    const workspace = openWorkspace(terms, { at: opened });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, start);
    expect(workspace.life.subscription.status).toBe('active');
  });

  test('is given once for each plan, whether it started on it or moved to it', () => {
    const workspace = onTrial();
    workspace.happens('2026-01-12T12:00:00.000Z', {
      kind: 'planChangeRequested',
      plan: 'team',
      interval: 'year',
      payment: 'p1',
      returnTo: null,
      preview: null,
    });
    expect(workspace.life.subscription).toEqual({
      status: 'trialing',
      plan: 'team',
      interval: 'year',
      trialEndsAt: trialEnd,
      notices: ['2026-01-21T12:00:00.000Z', '2026-01-23T12:00:00.000Z'],
    });
    expect(workspace.life.trialsUsed).toEqual(['pro', 'team']);
  });

  test('gives way to Free at once', () => {
    const workspace = onTrial();
    const at = '2026-01-12T12:00:00.000Z';
    const effects = workspace.happens(at, {
      kind: 'planChangeRequested',
      plan: 'free',
      interval: 'month',
      payment: 'p1',
      returnTo: null,
      preview: null,
    });
    expect(workspace.life.subscription.status).toBe('free');
    expect(grantsIn(effects)).toEqual(['included:2026-01: 1 until 2026-02-01T00:00:00.000Z']);
  });
});

describe('a trial that ends without a card', () => {
  const ended = (): Workspace => {
    const workspace = onTrial();
    workspace.until(trialEnd);
    return workspace;
  };

  test('closes deploys and leaves AI open for what was bought', () => {
    const { life } = ended();
    expect(life.subscription.status).toBe('trialEnded');
    expect(closingOf(life, terms, 'deploys')).toEqual({ closer: 'trialEnded', at: trialEnd });
    expect(closingOf(life, terms, 'ai')).toBeNull();
    expect(closingOf(life, terms, 'editing')).toBeNull();
  });

  test('makes no invoice, grants nothing, and tells that it ended', () => {
    const workspace = onTrial();
    const effects = workspace.until(trialEnd);
    expect(invoicesIn(effects)).toEqual([]);
    expect(grantsIn(effects)).toEqual([]);
    expect(announced(effects)).toEqual(['statusChanged trialEnded pro']);
    expect(workspace.deadlines).toEqual(['trialNotice', 'trialNotice', 'trialEnds']);
  });

  test('is over at its very instant, before anyone has lived through it', () => {
    const { life } = onTrial();
    expect(statusAt(life, terms, '2026-01-24T11:59:59.999Z')).toBe('trialing');
    expect(statusAt(life, terms, trialEnd)).toBe('trialEnded');
    expect(closingOf(life, terms, 'deploys')).toEqual({ closer: 'trialEnded', at: trialEnd });
  });

  test('becomes the plan when a card comes: period and anchor start at that instant', () => {
    const workspace = ended();
    const effects = workspace.happens('2026-02-03T08:30:00.000Z', {
      kind: 'paymentMethodAttached',
    });
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      plan: 'pro',
      anchor: '2026-02-03T08:30:00.000Z',
      period: { start: '2026-02-03T08:30:00.000Z', end: '2026-03-03T08:30:00.000Z' },
      paidUntil: '2026-03-03T08:30:00.000Z',
    });
    expect(invoicesIn(effects)).toEqual([
      {
        key: 'start:2026-02-03T08:30:00.000Z',
        lines: ['Pro, seats: 30.00'],
        total: '30.00 open',
      },
    ]);
    expect(grantsIn(effects)).toEqual(['included:2026-02: 45 until 2026-03-01T00:00:00.000Z']);
    expect(closingOf(workspace.life, terms, 'deploys')).toEqual({
      closer: 'suspended',
      at: '2026-03-17T08:30:00.000Z',
    });
  });
});

describe('a trial with a card on file', () => {
  const carded = (): Workspace => {
    const workspace = onTrial();
    workspace.happens('2026-01-20T09:00:00.000Z', { kind: 'paymentMethodAttached' });
    return workspace;
  };

  test('goes on until its end, and closes nothing then', () => {
    const { life } = carded();
    expect(life.subscription.status).toBe('trialing');
    expect(closingOf(life, terms, 'deploys')).toBeNull();
    expect(statusAt(life, terms, trialEnd)).toBe('trialing');
  });

  test('becomes the plan at the deadline, charged and granted from there', () => {
    const workspace = carded();
    const effects = workspace.until(trialEnd);
    expect(workspace.life.subscription).toMatchObject({
      status: 'active',
      anchor: trialEnd,
      period: { start: trialEnd, end: '2026-02-24T12:00:00.000Z' },
    });
    expect(invoicesIn(effects)).toEqual([
      { key: `start:${trialEnd}`, lines: ['Pro, seats: 30.00'], total: '30.00 open' },
    ]);
    expect(grantsIn(effects)).toEqual(['included:2026-01: 45 until 2026-02-01T00:00:00.000Z']);
    expect(orderIn(effects)).toBe(
      'included:2026-02: 45 from 2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z',
    );
  });

  test('ends without a charge when the card was taken away again', () => {
    const workspace = carded();
    workspace.happens('2026-01-21T09:00:00.000Z', { kind: 'paymentMethodRemoved' });
    expect(invoicesIn(workspace.until(trialEnd))).toEqual([]);
    expect(workspace.life.subscription.status).toBe('trialEnded');
  });
});
