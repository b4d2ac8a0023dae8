import type { MicroCredits } from '../values/money.ts';
import type { CapScope } from '../terms/cap-scope.ts';

/** What an alert watches: the pool of credits, or each cap of a scope. */
export const alertScopes = ['pool', 'member', 'space', 'org'] as const;
export type AlertScope = (typeof alertScopes)[number];

/** How little must be left: less than a part of the window's credits or of the cap, or than an amount. */
export type AlertLevel = { readonly percent: number } | { readonly amountMicro: MicroCredits };

/** Somebody is told, once, when less is left than that [2.29 K33]. */
export type Alert = {
  readonly scope: AlertScope;
  readonly at: AlertLevel;
  /** Roles of the catalog; a member whose own cap it is about is told in any case. */
  readonly to: readonly string[];
  /** What arms it again; a cap is armed again by a reset alone, and by another cap. */
  readonly rearm: readonly ('reset' | 'topUp')[];
};

/** An alert as the ledger knows it: `pool:20%`, `member:5000000` (micro-credits). */
export const alertName = ({ scope, at }: Pick<Alert, 'scope' | 'at'>): string =>
  `${scope}:${'percent' in at ? `${at.percent}%` : at.amountMicro.toString()}`;

/** What the ledger names where nothing is left in the pool, whether or not somebody is told of it. */
export const exhaustion = 'pool:0%';

/** Of these alerts, those that are among the crossed ones, in the order of the crossed names (lowest first). */
export const alertsAmong = (
  alerts: readonly Alert[],
  crossed: readonly string[],
): readonly Alert[] =>
  crossed.flatMap((name) => alerts.filter((alert) => alertName(alert) === name));

/** Whether a scope is one that caps are set for. */
export const isCapScope = (scope: AlertScope): scope is CapScope => scope !== 'pool';

/** Less is left than alerts warn of: of the pool's credits, or below the cap of the subject. */
export type ThresholdFact = {
  readonly kind: 'thresholdCrossed';
  readonly scope: AlertScope;
  readonly subject: string | null;
  /** Their names, the lowest first. */
  readonly crossed: readonly string[];
  readonly availableMicro: MicroCredits;
};
