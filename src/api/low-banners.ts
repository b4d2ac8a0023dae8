import { alertsAmong, exhaustion, type Alert } from '../domain/news/alert.ts';
import { isUsedUp, sayLow } from '../domain/news/low-credits-text.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import type { Banner } from './banners.ts';
import type { Sight } from './parts.ts';
import { may } from './viewer.ts';

/**
 * What runs low, in the words of the mails: each alert that was told, until it is not so any more [2.29]. A
 * member's cap concerns that member, and whoever sets caps.
 */
export function lowBanners(balance: Balance, terms: Terms, sight: Sight): Banner[] {
  const pool = lowestOf(balance.low, terms);
  const caps = balance.caps.flatMap(({ scope, subject, low }) => {
    const alert = lowestOf(low, terms);
    const isOwn = scope === 'member' && sight?.viewer.member === subject;
    if (alert === null || !(isOwn || scope === 'org' || may(sight, 'caps'))) return [];
    return [bannerOf({ ...alert, subject, isOwn }, terms)];
  });
  return pool === null
    ? caps
    : [bannerOf({ ...pool, subject: null, isOwn: false }, terms), ...caps];
}

type At = Pick<Alert, 'scope' | 'at'>;

function lowestOf(name: string | null, terms: Terms): At | null {
  if (name === null) return null;
  if (name === exhaustion) return { scope: 'pool', at: { percent: 0 } };
  return alertsAmong(terms.alerts, [name])[0] ?? null;
}

function bannerOf(low: Parameters<typeof sayLow>[0], { credits }: Terms): Banner {
  const text = sayLow(low, credits.unit);
  const isPool = low.scope === 'pool';
  return {
    code: isPool && isUsedUp(low) ? 'creditsUsedUp' : isPool ? 'creditsLow' : 'capLow',
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    action: isPool ? 'buyCredits' : 'raiseLimit',
  };
}
