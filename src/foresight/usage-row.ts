import type { Instant } from '../domain/values/calendar.ts';
import type { MicroCredits } from '../domain/values/money.ts';
import type { Tokens } from '../domain/terms/rate-card.ts';

/** What one call used: credits as they were charged, or quantities that a rate card prices. */
export type Use =
  | { readonly kind: 'credits'; readonly amountMicro: MicroCredits }
  | { readonly kind: 'tokens'; readonly model: string; readonly tokens: Tokens }
  | { readonly kind: 'units'; readonly rate: string; readonly quantity: number };

/** One call of a recording. */
export type UsageRow = {
  readonly at: Instant;
  /** `null`: the recording is of one workspace. */
  readonly workspace: string | null;
  readonly member: string | null;
  readonly use: Use;
};
