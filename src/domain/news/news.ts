import type { Instant } from '../values/calendar.ts';

/** Something about the plan that whoever pays is told, beside invoices; named by when it happened. */
export type News = { readonly at: Instant } & NewsKind;

export type NewsKind =
  /** So soon a trial ends [0.31 4.09]. */
  | {
      readonly kind: 'trialEnding';
      readonly planName: string;
      readonly endsAt: Instant;
      /** Whether the plan goes on then, because there is something to pay it with. */
      readonly goesOn: boolean;
      /** What closes otherwise, by the names that the catalog's gates give it. */
      readonly closes: readonly string[];
    }
  | {
      readonly kind: 'trialEnded';
      readonly planName: string;
      readonly closes: readonly string[];
    }
  /** The plan renews soon, and nothing is on file to pay it with. */
  | { readonly kind: 'methodMissing'; readonly planName: string; readonly renewsAt: Instant }
  /** Another plan, or (null) the end, comes when what is paid for is over [0.28 2.36 4.20]. */
  | {
      readonly kind: 'changeScheduled';
      readonly planName: string;
      readonly toPlan: string | null;
      readonly happensAt: Instant;
    }
  | { readonly kind: 'changeCanceled'; readonly planName: string }
  | { readonly kind: 'planChanged'; readonly planName: string; readonly toPlan: string }
  | { readonly kind: 'planEnded'; readonly planName: string }
  /** No credits are bought by themselves until then; null: until somebody puts it right. */
  | {
      readonly kind: 'autoTopUpPaused';
      readonly until: Instant | null;
      readonly because: 'dailyLimit' | 'notPaid';
    }
  | { readonly kind: 'ownerChanged'; readonly owner: string };

const newsKinds: Readonly<Record<NewsKind['kind'], true>> = {
  trialEnding: true,
  trialEnded: true,
  methodMissing: true,
  changeScheduled: true,
  changeCanceled: true,
  planChanged: true,
  planEnded: true,
  autoTopUpPaused: true,
  ownerChanged: true,
};

/** Told once, on a clock that stands still as well: the same at the same instant is the same. */
export const newsKey = (news: News): string =>
  ['notice', news.kind, news.at, ...('toPlan' in news ? [news.toPlan ?? 'none'] : [])].join(':');

/** Whether a notice is news: then no invoice stands behind it. */
export const isNews = (notice: { readonly kind: string }): notice is News =>
  Object.hasOwn(newsKinds, notice.kind);

/** After this instant a piece of news would mislead; null: it stays true. */
export function staleAfter(news: News): Instant | null {
  switch (news.kind) {
    case 'trialEnding':
      return news.endsAt;
    case 'methodMissing':
      return news.renewsAt;
    case 'changeScheduled':
      return news.happensAt;
    case 'trialEnded':
    case 'changeCanceled':
    case 'planChanged':
    case 'planEnded':
    case 'autoTopUpPaused':
    case 'ownerChanged':
      return null;
  }
}

/** Whether it asks for a payment method, so that one that came meanwhile makes it moot. */
export const asksForMethod = (news: News): boolean =>
  news.kind === 'methodMissing' ||
  news.kind === 'trialEnded' ||
  (news.kind === 'trialEnding' && !news.goesOn);
