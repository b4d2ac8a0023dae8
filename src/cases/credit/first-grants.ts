import type { Instant } from '../../domain/values/calendar.ts';
import { inexpressible } from '../unsupported.ts';
import { newGrant } from './grant-terms.ts';
import { parseStep, type GrantStep, type Step } from './step-shapes.ts';
import { grantNamed, openWorld, type World } from './world.ts';
import type { CaseTerms } from './policy-words.ts';

/** The world of a case with the pools and wallets that its policy says are there before any step. */
export function firstWorld(at: Instant, terms: CaseTerms, steps: readonly Step[]): World {
  const { pools = {}, wallets = {} } = terms.words;
  const ids = [...Object.keys(pools), ...Object.keys(wallets)];
  const lineKinds = steps.flatMap((step) =>
    step.op === 'invoice' ? step.lines.map(({ kind }) => kind) : [],
  );
  const all = [
    ...Object.entries(pools).map(([id, amount]) => ({ id, amount })),
    ...Object.entries(wallets).map(([id, amount]) => ({
      id,
      amount,
      ...walletTerms(id, lineKinds),
    })),
  ];
  const times = { effectiveAt: at, expiresAt: null, recurrence: null };
  return all.reduce<World>(
    (world, one) => {
      const step = grantStep({ op: 'grant', ...one });
      const grant = newGrant(step, times, { terms, id: one.id, ids });
      return grantNamed(world, one.id, [grant]);
    },
    openWorld(at, terms),
  );
}

function grantStep(value: object): GrantStep {
  const step = parseStep(value);
  if (step.op !== 'grant') throw new Error(`not a grant: ${JSON.stringify(value)}`);
  return step;
}

/**
 * A wallet's terms stand in its name: `prio` burns before the others, and the beginning of a kind of
 * invoice line (`sub`, `charge`) says that it pays only those.
 */
function walletTerms(
  name: string,
  lineKinds: readonly string[],
): { readonly priority: number; readonly only: string | null } {
  const words = name.toLowerCase().split(/[_\s-]+/);
  const unknown = words.filter((word) => !/^(prio|priority|normal|only)$/.test(word));
  const kinds = unknown.map((word) => lineKinds.find((kind) => kind.startsWith(word)));
  const [only = null, ...others] = kinds;
  if (kinds.includes(undefined) || others.length > 0) {
    throw inexpressible(`a wallet named "${name}" says not what it pays`);
  }
  return { priority: words.some((word) => word.startsWith('prio')) ? 1 : 2, only };
}
