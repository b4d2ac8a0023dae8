import type { Status } from '../domain/life/lifecycle.ts';
import { minor, times } from '../domain/values/money.ts';
import { isTooMuch } from '../domain/credits/spend.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import type { Banner } from './banners.ts';

/** Usage that goes on beyond the credits, and the ladder up to the month's spend cap [0.06]. */
export function moneyBanners(
  status: Status,
  { availableMicro, overage, spend }: Pick<Balance, 'availableMicro' | 'overage' | 'spend'>,
): Banner[] {
  const list: Banner[] = [];
  if (status === 'active' && overage !== null && availableMicro <= 0n && overage.roomMicro > 0n) {
    const text = 'Usage goes on beyond the credits, and stands on the next invoice.';
    list.push({ code: 'overageRunning', text, action: 'buyCredits' });
  }
  if (spend === null) return list;
  const action = 'raiseSpendCap' as const;
  if (isTooMuch(spend, minor(1))) {
    const text = `The month’s spend cap is reached. Nothing more is bought until ${spend.resetsAt}.`;
    list.push({ code: 'spendCapReached', text, action });
  } else if (times(spend.usedMinor, 10) >= times(spend.capMinor, 8)) {
    const text = 'Four fifths of the month’s spend cap are used.';
    list.push({ code: 'spendCapNear', text, action });
  }
  return list;
}
