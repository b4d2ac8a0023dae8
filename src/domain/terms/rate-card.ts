import type { MicroCredits } from '../values/money.ts';

/** What usage costs [K27]; every entry of the ledger names the version that it was rated by. */
export type RateCard = {
  readonly version: number;
  readonly source: RateSource;
  /** By stable names, which clients send and receipts keep. */
  readonly items: Readonly<Record<string, Rate>>;
};

/** Who says what models cost: the product itself, or a provider's list with a markup on it [4.33]. */
export type RateSource =
  | { readonly kind: 'fixed' }
  | {
      readonly kind: 'costPlus';
      readonly markupPercent: number;
      readonly priceList: string;
      readonly currency: string;
      /** When the list was taken; `YYYY-MM-DD`. */
      readonly asOf: string;
      /** Another list, or another markup, from an instant on. */
      readonly changes?: readonly {
        readonly from: string;
        readonly markupPercent: number;
        readonly priceList: string;
        readonly asOf: string;
      }[];
    };

/** What a rate is for; a rate card is shown in one tab for each [3.10]. */
export const modalities = ['text', 'image', 'video', 'audio', 'tool', 'storage'] as const;
export type Modality = (typeof modalities)[number];

export type Rate = TokenRate | UnitRate;

export const tokenBuckets = ['input', 'cacheRead', 'cacheWrite', 'output'] as const;
export type TokenBucket = (typeof tokenBuckets)[number];

/** Credits for a batch of tokens, each bucket by itself [3.11 4.22]. */
export type TokenRate = {
  readonly unit: 'tokens';
  readonly name: string;
  readonly modality: Modality;
  readonly perTokens: number;
  readonly changes?: readonly RateChange<TokenFigures>[];
} & TokenFigures;

type TokenFigures = Readonly<Record<`${TokenBucket}Micro`, MicroCredits>>;

/** Other figures of a rate from an instant on, until the next change; in the order of their instants. */
export type RateChange<Figures> = Figures & { readonly from: string };

export const countedUnits = ['asset', 'second', 'call', 'megabyteHour'] as const;
export type CountedUnit = (typeof countedUnits)[number];

/** Credits for a number of assets, seconds, calls or megabyte-hours [3.11 4.23 4.24]. */
export type UnitRate = {
  readonly unit: CountedUnit;
  readonly name: string;
  readonly modality: Modality;
  readonly perUnits: number;
  readonly changes?: readonly RateChange<UnitFigures>[];
} & UnitFigures;

type UnitFigures = { readonly creditsMicro: MicroCredits };

/** Tokens of one call; each is reported in exactly one bucket. */
export type Tokens = Readonly<Partial<Record<TokenBucket, number>>>;

/** What a standard run of a tool uses, from little to much [3.06]. */
export type Estimate = {
  readonly name: string;
  readonly uses: readonly EstimatedUse[];
};

export type EstimatedUse = {
  readonly rate: string;
  readonly low: number | Tokens;
  readonly high: number | Tokens;
};
