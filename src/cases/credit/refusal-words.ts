import type { CreditRefusal } from '../../domain/credits/credit-account.ts';
import { availableMicro } from '../../domain/credits/credit-account.ts';
import { clawBackCredits } from '../../domain/credits/credit-closing.ts';
import { useCredits } from '../../domain/credits/credit-usage.ts';
import { micro } from '../../domain/values/money.ts';
import type { Json } from '../figures.ts';
import { inexpressible } from '../unsupported.ts';
import type { World } from './world.ts';

/** Peers' words for our refusals. */
const words: Readonly<Record<CreditRefusal['kind'], readonly string[]>> = {
  badAmount: ['invalid', 'invalid_amount', 'bad_input', 'bad_request', 'validation_error'],
  insufficientBalance: [
    'insufficient_balance',
    'insufficient_credits',
    'insufficient',
    'exceeds_available_amount',
    'denied',
  ],
  capReached: ['cap_reached', 'limit_reached', 'usage_limit_exceeded', 'denied'],
  unknownHold: ['not_found', 'unknown_hold'],
  unknownUsage: ['not_found', 'unknown_usage'],
  unknownGrant: ['not_found', 'unknown_grant'],
  holdClosed: ['conflict', 'already_settled', 'already_closed'],
  refundTooLarge: ['conflict', 'exceeds_usage', 'refund_too_large', 'invalid_amount'],
  nothingToVoid: ['conflict', 'nothing_to_void', 'no_remaining_balance'],
};

/** The last refusal in the word that is asked for, if that word means it; otherwise in ours. */
export function refusalWord(refusal: CreditRefusal | undefined, form: unknown): Json {
  if (refusal === undefined) return null;
  const asked = String(form).toLowerCase().replaceAll(/[\s-]/g, '_');
  const meant = words[refusal.kind];
  if (typeof form === 'string' && meant.includes(asked)) return form;
  if (Object.values(words).flat().includes(asked)) return refusal.kind;
  throw inexpressible(`an error "${String(form)}"; ours is ${refusal.kind}`);
}

/** What the next call gets when everything is used up: a denial, which the API answers with 402. */
export function nextCall({ account }: World): Json {
  const { account: empty } = clawBackCredits(account, availableMicro(account, null));
  const amountMicro = micro(1);
  const call = { id: 'next', feature: null, amountMicro, onShort: 'deny' as const };
  const done = useCredits(empty, call);
  return !done.ok && done.refusal.kind === 'insufficientBalance' ? 'HTTP 402' : 'HTTP 200';
}
