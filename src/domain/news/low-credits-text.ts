import type { AlertLevel, AlertScope } from './alert.ts';
import { showCredits } from '../values/money-text.ts';
import type { CreditTerms } from '../terms/terms.ts';

/** What so little is left of; `isOwn`: it is told to the member whose cap it is. */
export type Low = {
  readonly scope: AlertScope;
  readonly subject: string | null;
  readonly at: AlertLevel;
  readonly isOwn: boolean;
};

/**
 * What is low, for mails and banners alike: `less than 20 % of this period's credits are left`. Never
 * inside a workflow, like all words about amounts.
 */
export function sayLow(low: Low, unit: CreditTerms['unit']): string {
  const verb = low.scope === 'pool' ? 'are' : 'is';
  if (isUsedUp(low)) return `${wholeOf(low)} ${verb} used up`;
  const { at } = low;
  const less = 'percent' in at ? `${at.percent} %` : showCredits(at.amountMicro, unit);
  return `less than ${less} of ${wholeOf(low)} ${verb} left`;
}

/** Whether nothing is left at all. */
export const isUsedUp = ({ at }: Pick<Low, 'at'>): boolean => 'percent' in at && at.percent === 0;

function wholeOf({ scope, subject, isOwn }: Low): string {
  switch (scope) {
    case 'pool':
      return "this period's credits";
    case 'member':
      return isOwn ? 'your cap for this period' : `the cap of the member "${subject}"`;
    case 'space':
      return `the cap of the Space "${subject}"`;
    case 'org':
      return "the whole organisation's cap";
  }
}
