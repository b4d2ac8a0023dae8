import { termsUnder } from '../domain/terms/contract.ts';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import type { Call, UnseenCall } from './parts.ts';
import { refuse, type Problem } from './problem.ts';

/** The terms that the caller's product sells by now; a workspace may be pinned to older ones. */
export async function currentTerms({ parts, caller }: Call): Promise<Outcome<Terms, Problem>> {
  const terms = await parts.catalogs.current(caller.product);
  return terms === undefined
    ? refuse('notFound', `No catalog of "${caller.product}" was published.`)
    : ok(terms);
}

type Pinned = Pick<WorkspaceRecord, 'of' | 'termsVersion' | 'lifecycle'>;

/** The terms that a workspace lives by: its version, with the figures of a contract where it is under one. */
export async function pinnedTerms(
  { parts }: Pick<UnseenCall, 'parts'>,
  { of, termsVersion, lifecycle }: Pinned,
): Promise<Terms> {
  const published = await parts.catalogs.termsOf(of.product, termsVersion);
  return termsUnder(lifecycle.contract?.agreed, published);
}

/** The same with the version that is scheduled: what a step has to know. */
export async function livedTerms({ parts }: Call, record: WorkspaceRecord): Promise<Terms> {
  const { comingTerms, contract } = record.lifecycle;
  const { product } = record.of;
  const terms = await parts.catalogs.termsOf(product, record.termsVersion);
  if (comingTerms === undefined) return termsUnder(contract?.agreed, terms);
  const coming = await parts.catalogs.termsOf(product, comingTerms.version);
  return termsUnder(contract?.agreed, { ...terms, coming });
}
