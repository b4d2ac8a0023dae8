import { readFileSync } from 'node:fs';
import { readCatalog } from '../src/catalog/load.ts';
import { rateTokens } from '../src/domain/rating.ts';
import type { Terms } from '../src/domain/terms.ts';
import type { Benchmark } from './benchmark.ts';
import { hold, perSecond, type Contest } from './contest.ts';

const callsMost = 10_000;

function termsOf(file: string): Terms {
  const { terms, mistakes } = readCatalog(readFileSync(file, 'utf8'), file);
  if (terms === undefined) throw new Error(mistakes.join('\n'));
  return terms;
}

/** Prices calls by a product's card, beside the bare multiplications that no pricing can do without. */
function rating(terms: Terms): Contest {
  const card = terms.rates;
  let total = 0n;
  return {
    name: 'domain: calls rated',
    unit: 'calls/s',
    ours: perSecond(() => {
      for (let call = 0; call < callsMost; call += 1) {
        const tokens = { input: 1_000 + call, output: 200 };
        const rated = rateTokens({ card, model: 'sonnet-4.6', tokens });
        if (rated.ok) total += rated.value.amountMicro;
      }
      return callsMost;
    }),
    baseline: {
      name: 'two multiplications and a division',
      measure: perSecond(() => {
        for (let call = 0; call < callsMost; call += 1) {
          total += (BigInt(1_000 + call) * 3_000_000n + 200n * 15_000_000n) / 1_000_000n;
        }
        return callsMost;
      }),
    },
    aim: null,
  };
}

/** What the kernel can do without a database. */
export const domain: Benchmark = {
  name: 'domain',
  run: async (effort) => [await hold(rating(termsOf('catalogs/studio.yaml')), effort)],
};
