import { growthOf, type Growth } from '../../domain/growth.ts';
import { ok, type Outcome } from '../../domain/outcome.ts';
import { planIdOf } from '../../domain/stepping.ts';
import type { Terms } from '../../domain/terms.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import type { ClientRequest, LedgerRefusal, Rated, UsageLine } from '../../ports/ledger.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Call } from '../parts.ts';
import type { Problem } from '../problem.ts';
import type { Denied } from './denial.ts';
import { rateLines, type GivenLines } from './lines.ts';
import type { Payer } from './payer.ts';
import { refuseByLedger } from './refusals.ts';

const triesMost = 3;

/** The client's key and body, by which the ledger knows a request again. */
export function requestOf(call: Call, sent: unknown): ClientRequest {
  if (call.key === null) throw new Error('a ledger operation without an idempotency key');
  return { key: call.key, body: canonicalJson(sent) };
}

/**
 * Rates lines by the payer's pinned terms and posts them. Where the terms moved in between, the lines are
 * rated again and posted under the same key.
 */
export async function postRated<Told extends object>(
  call: Call,
  payer: Payer,
  given: GivenLines,
  post: (rated: {
    readonly lines: readonly UsageLine[];
    readonly versions: Rated;
    readonly terms: Terms;
    readonly workspace: WorkspaceRecord;
  }) => Promise<Outcome<Told, LedgerRefusal>>,
): Promise<Outcome<Told, Problem>> {
  const { directory, catalogs } = call.parts;
  let workspace: WorkspaceRecord = payer.workspace;
  for (let tries = 1; ; tries += 1) {
    const terms = await catalogs.termsOf(workspace.of.product, workspace.termsVersion);
    const lines = rateLines(terms, given);
    if (!lines.ok) return lines;
    const versions = { termsVersion: terms.version, rateVersion: terms.rates.version };
    const posted = await post({ lines: lines.value, versions, terms, workspace });
    if (posted.ok) {
      ringIfCrossed(call, workspace, posted.value);
      return posted;
    }
    if (posted.refusal.kind !== 'stale' || tries === triesMost) {
      const plan = planIdOf(workspace.lifecycle.subscription);
      const growth = growthOf(terms, plan);
      return refuseByLedger(posted.refusal, whom(call, workspace, { growth, terms }));
    }
    workspace = (await directory.workspace(workspace.of)) ?? workspace;
  }
}

/** Posts what needs no rating, and is never denied. */
export async function postPlain<Told>(
  call: Call,
  payer: Payer,
  posting: Promise<Outcome<Told, LedgerRefusal>>,
): Promise<Outcome<Told, Problem>> {
  const posted = await posting;
  if (posted.ok) return ok(posted.value);
  const { workspace } = payer;
  const { of, termsVersion } = workspace;
  const terms = await call.parts.catalogs.termsOf(of.product, termsVersion);
  return refuseByLedger(posted.refusal, whom(call, workspace, { growth: { kind: 'none' }, terms }));
}

const whom = (
  call: Call,
  workspace: WorkspaceRecord,
  by: { readonly growth: Growth; readonly terms: Terms },
): Denied => ({
  publicUrl: call.parts.publicUrl,
  payer: workspace.of.workspace,
  growth: by.growth,
  denials: by.terms.denials,
});

/** A threshold was crossed: the workflow is rung, and the call does not wait for that. */
function ringIfCrossed(call: Call, workspace: WorkspaceRecord, told: object): void {
  const crossed = 'crossed' in told && Array.isArray(told.crossed) && told.crossed.length > 0;
  if (!crossed) return;
  const { desk, log } = call.parts;
  desk.ring(workspace.of).catch((error: unknown) => log.warn({ err: error }, 'a ring was lost'));
}
