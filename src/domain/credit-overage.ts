import type { CreditAccount } from './credit-account.ts';
import { greater, lesser, micro, minus, sum, type MicroCredits } from './money.ts';

/** What went beyond the grants since the last reset, with what is held there: the window's overage [4.36]. */
export function beyondMicro(account: CreditAccount): MicroCredits {
  const { periodStart } = account;
  const used = account.usages.flatMap(({ at, parts }) =>
    parts.filter(
      ({ source, since }) =>
        source === 'overage' && (since === undefined ? at >= periodStart : since === periodStart),
    ),
  );
  const held = account.holds.filter(
    (hold) => hold.status === 'open' && hold.countedSince === periodStart,
  );
  return sum([
    ...used.map(({ amountMicro }) => amountMicro),
    ...held.map((hold) => hold.beyondMicro),
  ]);
}

/** How much more a call may go beyond the grants now. */
export const roomBeyond = (account: CreditAccount): MicroCredits =>
  greater(micro(0), minus(account.policy.overageUpToMicro ?? micro(0), beyondMicro(account)));

/** What of a short amount goes to the invoice; the rest becomes debt. */
export function invoicedOf(account: CreditAccount, shortMicro: MicroCredits): MicroCredits {
  const { settlement, overageUpToMicro } = account.policy;
  if (settlement === 'creditOnly') return micro(0);
  return overageUpToMicro === undefined ? shortMicro : lesser(shortMicro, roomBeyond(account));
}
