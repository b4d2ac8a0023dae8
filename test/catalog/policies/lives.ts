import type { Effect, EventKind } from '../../../src/domain/life/lifecycle.ts';
import type { Interval, Terms } from '../../../src/domain/terms/terms.ts';
import {
  grantsIn,
  invoicesIn,
  ofKind,
  openWorkspace,
  type Workspace,
} from '../../domain/support.ts';

export const opened = '2026-01-10T09:00:00.000Z';
export const midway = '2026-01-20T12:00:00.000Z';
export const nextMonth = '2026-02-10T12:00:00.000Z';

const started = (plan: string, interval: Interval = 'month'): EventKind => ({
  kind: 'started',
  plan,
  interval,
});

/** A workspace that starts a plan with a card on file; with what that asked for. */
export function startPaid(
  terms: Terms,
  plan: string,
  interval: Interval = 'month',
  clock: 'real' | 'test' = 'real',
): { readonly workspace: Workspace; readonly effects: Effect[] } {
  const workspace = openWorkspace(terms, { at: opened, clock });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  return { workspace, effects: workspace.happens(opened, started(plan, interval)) };
}

/** What starting a plan without a card on file leads to. */
export function startBare(terms: Terms, plan: string): Workspace {
  const workspace = openWorkspace(terms, { at: opened });
  workspace.happens(opened, started(plan));
  return workspace;
}

export const seats = (purchased: number): EventKind => ({ kind: 'seatsRequested', purchased });

export const changeTo = (plan: string, more: object = {}): EventKind => ({
  kind: 'planChangeRequested',
  plan,
  interval: 'month',
  payment: `to ${plan}`,
  returnTo: 'https://example.test',
  preview: null,
  ...more,
});

/** Invoices as `total: line; line`. */
export const bills = (effects: readonly Effect[]): string[] =>
  ofKind(effects, 'issueInvoice').map(({ invoice }) => {
    const [shown] = invoicesIn([{ kind: 'issueInvoice', invoice }]);
    const { total, lines } = shown as { total: string; lines: string[] }; // as invoicesIn makes it
    return [total, ...lines].join('; ');
  });

/** What somebody is granted, without the ends. */
export const grants = (effects: readonly Effect[]): string[] =>
  grantsIn(effects).map((line) => line.replace(/ until .*/, ''));

export const kinds = (effects: readonly Effect[], ...of: readonly Effect['kind'][]): string[] =>
  effects.map(({ kind }) => kind).filter((kind) => of.includes(kind));
