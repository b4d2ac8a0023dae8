import type { Instant } from '../domain/values/calendar.ts';
import type { MicroCredits } from '../domain/values/money.ts';
import type { RateCard } from '../domain/terms/rate-card.ts';
import { rateTokens, rateUnits } from '../domain/terms/rating.ts';
import type { Use } from './usage-row.ts';

/** What a call costs by a rate card then; null if the card does not know its model or rate. */
export function priceUse(card: RateCard, use: Use, at: Instant): MicroCredits | null {
  switch (use.kind) {
    case 'credits':
      return use.amountMicro;
    case 'tokens': {
      const { model, tokens } = use;
      const rated = rateTokens({ card, model, tokens, at });
      return rated.ok ? rated.value.amountMicro : null;
    }
    case 'units': {
      const { rate, quantity } = use;
      const rated = rateUnits({ card, rate, quantity, at });
      return rated.ok ? rated.value.amountMicro : null;
    }
  }
}
