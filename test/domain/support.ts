import { readFileSync } from 'node:fs';
import { readCatalog } from '../../src/catalog/load.ts';
import type { Instant } from '../../src/domain/values/calendar.ts';
import { dueDeadline } from '../../src/domain/deadlines.ts';
import type {
  Effect,
  Event,
  EventKind,
  InvoiceDraft,
  InvoiceLine,
  Lifecycle,
} from '../../src/domain/life/lifecycle.ts';
import type { DeadlineKind } from '../../src/domain/deadline.ts';
import type { MeteredLine } from '../../src/domain/life/metering-fact.ts';
import { toDecimal } from '../../src/domain/values/money.ts';
import { newLifecycle } from '../../src/domain/life/new-lifecycle.ts';
import type { Refusal } from '../../src/domain/life/refusal.ts';
import { step } from '../../src/domain/step.ts';
import type { Terms } from '../../src/domain/terms/terms.ts';

export type Product = 'studio' | 'team' | 'tools' | 'agents';

/** The terms of a committed catalog; `change` replaces policies of it. */
export function termsOf(product: Product, change: (terms: Terms) => Terms = (terms) => terms) {
  const file = `catalogs/${product}.yaml`;
  const { terms, mistakes } = readCatalog(readFileSync(file, 'utf8'), file);
  if (terms === undefined) throw new Error(mistakes.join('\n'));
  return change(terms);
}

/** What the bank says when an invoice is collected; `silence`: it has not answered yet. */
export type Card = 'works' | 'declines' | 'isStolen' | 'silence';

type Opening = {
  readonly at: Instant;
  readonly workspace?: string;
  readonly timeZone?: string;
  readonly clock?: 'real' | 'test';
  readonly card?: Card;
};

/** A workspace that lives by `step` alone; the bank around it answers by `card`. */
export type Workspace = {
  readonly life: Lifecycle;
  readonly terms: Terms;
  card: Card;
  /** What the ledger has on its meter when it is read; nothing, unless a test says more. */
  meter: (until: Instant | null) => readonly MeteredLine[];
  /** Everything that was lived through by time, oldest first. */
  readonly deadlines: readonly DeadlineKind[];
  /** Lives until this instant, then takes the event in; answers what the event asked for. */
  happens(at: Instant, event: EventKind): Effect[];
  /** Lives until this instant, and answers why the event is refused; it changes nothing. */
  refuses(at: Instant, event: EventKind): Refusal;
  /** Lives through everything that is due by this instant; answers what that asked for. */
  until(at: Instant): Effect[];
};

const deadlinesMost = 5_000;

export function openWorkspace(terms: Terms, opening: Opening): Workspace {
  const { at, workspace = 'acme', timeZone = 'UTC', clock = 'real', card = 'works' } = opening;
  const identity = { product: terms.product, workspace, owner: 'ada', timeZone };
  const { currency, version: termsVersion } = terms;
  let life = newLifecycle({ ...identity, currency, termsVersion, at, clock });
  const deadlines: DeadlineKind[] = [];
  const issued = new Map<string, InvoiceDraft>();

  let pinned = terms;
  const take = (event: Event): Effect[] => {
    const outcome = step(life, event, pinned);
    if (!outcome.ok) throw new Error(`${event.kind} was refused: ${outcome.refusal.kind}`);
    life = outcome.value.state;
    pinned = pinnedAfter(pinned, event, life);
    const { effects } = outcome.value;
    for (const effect of effects) {
      if (effect.kind === 'issueInvoice') issued.set(effect.invoice.key, effect.invoice);
    }
    return [...effects, ...effects.flatMap((effect) => answer(effect))];
  };

  const answer = (effect: Effect): Effect[] => {
    if (effect.kind === 'readMeter') {
      const { reading, until: end } = effect;
      return take({ kind: 'usageMetered', reading, lines: story.meter(end), at: life.at });
    }
    if (effect.kind !== 'collectInvoice') return [];
    const draft = issued.get(effect.invoice);
    if (draft === undefined) throw new Error(`${effect.invoice} was never issued`);
    const said = bankSays(story.card, draft);
    return said === null ? [] : take({ ...said, at: life.at });
  };

  const until = (to: Instant): Effect[] => {
    const { clock: now } = life;
    const moves = now.kind === 'test' && now.now < to;
    const effects = moves ? take({ kind: 'clockAdvanced', to, at: now.now }) : [];
    for (let due = dueDeadline(life, to); due !== null; due = dueDeadline(life, to)) {
      deadlines.push(due.kind);
      if (deadlines.length > deadlinesMost) throw new Error(`${due.kind} is due again and again`);
      effects.push(...take({ kind: 'deadlineReached', at: due.at, deadline: due.kind }));
    }
    return effects;
  };

  const story: Workspace = {
    get life() {
      return life;
    },
    terms,
    card,
    meter: () => [],
    deadlines,
    until,
    happens: (when, event) => {
      until(when);
      return take({ ...event, at: when });
    },
    refuses: (when, event) => {
      until(when);
      const outcome = step(life, { ...event, at: when }, pinned);
      if (outcome.ok) throw new Error(`${event.kind} was not refused`);
      return outcome.refusal;
    },
  };
  return story;
}

/** The terms that a workflow would hold after a step: the version moved to, and the scheduled one. */
function pinnedAfter(terms: Terms, event: Event, life: Lifecycle): Terms {
  const to = event.kind === 'termsChangeRequested' ? event.to : terms.coming;
  const { coming: _old, ...same } = terms;
  const { version } = same;
  if (life.termsVersion !== version) return to ?? terms;
  return life.comingTerms === undefined || to === undefined ? same : { ...same, coming: to };
}

function bankSays(card: Card, { key: invoice, reason, period }: InvoiceDraft): EventKind | null {
  switch (card) {
    case 'works':
      return { kind: 'invoicePaid', invoice, reason, periodEnd: period.end };
    case 'declines':
      return { kind: 'invoicePaymentFailed', invoice, hard: false };
    case 'isStolen':
      return { kind: 'invoicePaymentFailed', invoice, hard: true };
    case 'silence':
      return null;
  }
}

export const ofKind = <Kind extends Effect['kind']>(
  effects: readonly Effect[],
  kind: Kind,
): Extract<Effect, { readonly kind: Kind }>[] =>
  effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind);

/** Invoices as a person reads them: the fact, the lines, the total and what becomes of it. */
export const invoicesIn = (effects: readonly Effect[]): object[] =>
  ofKind(effects, 'issueInvoice').map(({ invoice }) => ({
    key: invoice.key.replace(/:v\d+$/, ''),
    lines: linesOf(invoice.lines),
    ...(invoice.appliedMinor === 0n ? {} : { applied: money(invoice.appliedMinor) }),
    total: `${money(invoice.totalMinor)} ${invoice.status}`,
  }));

export const linesOf = (lines: readonly InvoiceLine[]): string[] =>
  lines.map((line) => `${line.description}: ${money(line.amountMinor)}`);

/** Grants and their ends: `included:2026-02: 45 until 2026-03-01T00:00:00.000Z`. */
export const grantsIn = (effects: readonly Effect[]): string[] =>
  ofKind(effects, 'grantCredits').map(
    ({ sourceKey, amountMicro, expiresAt }) =>
      `${sourceKey}: ${credits(amountMicro)} until ${expiresAt ?? 'used'}`,
  );

/** The standing order that was placed last, or null if it was taken away. */
export function orderIn(effects: readonly Effect[]): string | null | undefined {
  const last = effects.findLast(({ kind }) => kind === 'placeOrder' || kind === 'cancelOrder');
  if (last?.kind !== 'placeOrder') return last === undefined ? undefined : null;
  return `${last.sourceKey}: ${credits(last.amountMicro)} from ${last.startsAt} to ${last.endsAt}`;
}

export const announced = (effects: readonly Effect[]): string[] =>
  ofKind(effects, 'announce').map(({ what, data }) =>
    [what, ...Object.values(data).map(String)].join(' '),
  );

const money = (minor: bigint): string => toDecimal(minor, 2);
const credits = (micro: bigint): string => toDecimal(micro, 6).replace(/\.?0+$/, '');
