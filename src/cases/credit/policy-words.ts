import { z } from 'zod';
import type { AutoTopUp } from '../../domain/credits/auto-top-up.ts';
import type { CreditCap, CreditPolicy } from '../../domain/credits/credit-account.ts';
import type { Fraction } from '../../domain/values/fraction.ts';
import { withoutRemarks } from '../case-file.ts';
import { creditsOf, mustBeFigure } from '../figures.ts';
import { inexpressible } from '../unsupported.ts';
import { parseKind, parseOrder, type BurnOrder } from './order-words.ts';
import type { GrantKind } from '../../domain/terms/terms.ts';

const figure = z.union([z.number(), z.string()]);
const amounts = z.record(z.string(), figure);
const topUpShape = {
  threshold: figure.optional(),
  amount: figure.optional(),
  target: figure.optional(),
};

/** Every policy that a case may name. */
const policyShape = z.strictObject({
  order: z.unknown().optional(),
  overage: z.string().optional(),
  preserveOverage: z.boolean().optional(),
  settlement: z.enum(['credit_only', 'credit_then_invoice']).optional(),
  insufficient: z.string().optional(),
  rollover: z.string().optional(),
  void: z.string().optional(),
  correct: z.string().optional(),
  finalize: z.string().optional(),
  cutoff: z.string().optional(),
  upgrade: z.string().optional(),
  pools: amounts.optional(),
  wallets: amounts.optional(),
  cap: figure.optional(),
  caps: z.union([z.array(figure), amounts]).optional(),
  rates: amounts.optional(),
  rate: figure.optional(),
  auto_topup: z.strictObject(topUpShape).optional(),
  ...topUpShape,
  as: z.string().optional(),
  pack: figure.optional(),
  price: figure.optional(),
  credit_floor: z.literal(0).optional(),
  anchor_day: z.number().int().min(1).max(31).optional(),
  granularity: z.string().optional(),
  period_s: z.number().int().positive().optional(),
  remaining_s: z.number().int().nonnegative().optional(),
});

export type PolicyWords = z.infer<typeof policyShape>;

/** How much of a recurring grant a new window takes over. */
export type RolloverWords =
  | { readonly kind: 'unsaid' | 'byGrant' | 'none' | 'all' }
  | { readonly kind: 'percent'; readonly percent: Fraction }
  | { readonly kind: 'amount'; readonly most: Fraction };

/** The terms that a case's policy makes. */
export type CaseTerms = {
  readonly words: PolicyWords;
  readonly credit: CreditPolicy;
  readonly order: BurnOrder;
  readonly onShort: 'deny' | 'record';
  readonly rollover: RolloverWords;
  /** What does not roll over burns before what does. */
  readonly losesFirst: boolean;
  readonly upgrade: 'reseed' | 'addDifference' | 'keep';
  readonly topUp: { readonly rule: AutoTopUp; readonly kind: GrantKind } | null;
};

/** Reads a case's policy; a word that is not known might change the answer, so it refuses the case. */
export function parsePolicy(value: unknown): CaseTerms {
  const parsed = policyShape.safeParse(withoutRemarks(value ?? {}));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw inexpressible(`policy: ${[...(issue?.path ?? []), issue?.message].join(' ')}`);
  }
  const words = parsed.data;
  mustBeOurs(words);
  const order = parseOrder(words.order);
  const caps = capsOf(words);
  return {
    words,
    order,
    credit: { order: order.comparators, ...debtOf(words), caps },
    onShort: caps.length > 0 || deniesWhole(words) ? 'deny' : 'record',
    rollover: rolloverOf(words.rollover),
    losesFirst: /non-rollover spent first/.test(words.rollover ?? ''),
    upgrade: upgradeOf(words.upgrade),
    topUp: topUpOf(words),
  };
}

/** Policies that have one value here: the case may say it, but nothing else. */
function mustBeOurs(words: PolicyWords): void {
  const only = {
    void: /^remainder only$/,
    correct: /^reverse\b/,
    finalize: /^delta = confirm - held(; refunds LIFO)?$/,
    cutoff: /^exclusive$/,
  } as const;
  for (const name of ['void', 'correct', 'finalize', 'cutoff'] as const) {
    const said = words[name];
    if (said !== undefined && !only[name].test(said)) {
      throw inexpressible(`policy ${name}: "${said}"`);
    }
  }
}

function debtOf(words: PolicyWords): Pick<CreditPolicy, 'settlement' | 'debtAtReset'> {
  const settlement =
    words.settlement === 'credit_then_invoice' ? 'creditThenInvoice' : 'creditOnly';
  const { overage, preserveOverage } = words;
  if (overage !== undefined && !/repaid by later grants/.test(overage)) {
    throw inexpressible(`policy overage: "${overage}"`);
  }
  const isForgiven = preserveOverage === false || /in the same period/.test(overage ?? '');
  return { settlement, debtAtReset: isForgiven && preserveOverage !== true ? 'forgive' : 'carry' };
}

function deniesWhole({ insufficient }: PolicyWords): boolean {
  if (insufficient === undefined) return false;
  if (/^deny\b/.test(insufficient)) return true;
  if (/negative|record/.test(insufficient)) return false;
  throw inexpressible(`policy insufficient: "${insufficient}"`);
}

function capsOf({ cap, caps }: PolicyWords): CreditCap[] {
  const overall = [...(cap === undefined ? [] : [cap]), ...(Array.isArray(caps) ? caps : [])];
  const byFeature = Array.isArray(caps) ? [] : Object.entries(caps ?? {});
  return [
    ...overall.map((limit) => ({ feature: null, limitMicro: creditsOf(limit, 'cap') })),
    ...byFeature.map(([feature, limit]) => ({ feature, limitMicro: creditsOf(limit, 'caps') })),
  ];
}

function rolloverOf(text: string | undefined): RolloverWords {
  const clauses = (text ?? '').split(';').map((clause) => clause.trim());
  const [rule = '', ...others] = clauses.filter((clause) => clause !== 'non-rollover spent first');
  if (others.length > 0) throw inexpressible(`policy rollover: "${text}"`);
  if (rule === '') return { kind: 'unsaid' };
  const percent = /^max (\d+(?:\.\d+)?) ?%( of included)?$/.exec(rule)?.[1];
  if (percent !== undefined) return { kind: 'percent', percent: mustBeFigure(percent, 'rollover') };
  const most = /^max (\d+(?:\.\d+)?)$/.exec(rule)?.[1];
  if (most !== undefined) return { kind: 'amount', most: mustBeFigure(most, 'rollover') };
  const formula = rule.replaceAll(' ', '');
  if (formula === 'min(max,max(min,balance))' || formula === 'max(0,min(balance,rollover_units))') {
    return { kind: 'byGrant' };
  }
  if (/^(none|no rollover)$/.test(rule)) return { kind: 'none' };
  if (/^(all|full|unlimited)$/.test(rule)) return { kind: 'all' };
  throw inexpressible(`policy rollover: "${text}"`);
}

function upgradeOf(text: string | undefined): CaseTerms['upgrade'] {
  if (text === undefined || /\b(reseed|fresh|usage reset)\b/.test(text)) return 'reseed';
  if (/\busage kept\b/.test(text)) return 'addDifference';
  if (/\b(credits|balance) kept\b/.test(text)) return 'keep';
  throw inexpressible(`policy upgrade: "${text}"`);
}

function topUpOf(words: PolicyWords): CaseTerms['topUp'] {
  const { threshold, amount, target } = words.auto_topup ?? words;
  if (threshold === undefined) return null;
  const kind = words.as === undefined ? 'topUp' : parseKind(words.as);
  const thresholdMicro = creditsOf(threshold, 'threshold');
  if (target !== undefined) {
    const targetMicro = creditsOf(target, 'target');
    return { kind, rule: { thresholdMicro, buy: { by: 'target', targetMicro } } };
  }
  if (amount === undefined) throw inexpressible('a top-up of neither an amount nor a target');
  const packMicro = creditsOf(amount, 'amount');
  return { kind, rule: { thresholdMicro, buy: { by: 'packs', packMicro } } };
}
