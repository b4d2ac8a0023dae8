import { ok, type Outcome } from '../domain/outcome.ts';
import type { Terms } from '../domain/terms.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import type { Call } from './parts.ts';
import { refuse, type Problem } from './problem.ts';

/** The terms that the caller's product sells by now; a workspace may be pinned to older ones. */
export async function currentTerms({ parts, caller }: Call): Promise<Outcome<Terms, Problem>> {
  const terms = await parts.catalogs.current(caller.product);
  return terms === undefined
    ? refuse('notFound', `No catalog of "${caller.product}" was published.`)
    : ok(terms);
}

/** The terms that a workspace lives by, with the version that is scheduled: what a step has to know. */
export async function livedTerms({ parts }: Call, record: WorkspaceRecord): Promise<Terms> {
  const { comingTerms } = record.lifecycle;
  const { product } = record.of;
  const terms = await parts.catalogs.termsOf(product, record.termsVersion);
  if (comingTerms === undefined) return terms;
  return { ...terms, coming: await parts.catalogs.termsOf(product, comingTerms.version) };
}
