import type { Instant } from '../../domain/values/calendar.ts';
import { growthOf, type Growth } from '../../domain/changes/growth.ts';
import { ok, refused, type Outcome } from '../../domain/values/outcome.ts';
import { changesNear } from '../../domain/terms/rating.ts';
import { planIdOf } from '../../domain/life/stepping.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import type { ChargedWorkspace } from '../../ports/directory.ts';
import type { ClientRequest, LedgerRefusal, Rated, Seen, UsageLine } from '../../ports/ledger.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Call } from '../parts.ts';
import type { Problem } from '../problem.ts';
import type { Denied } from './denial.ts';
import { rateLines, type GivenRun } from './lines.ts';
import {
  findPayer,
  findPayerOfOld,
  recallPayer,
  rememberFound,
  type Addressed,
  type Payer,
} from './payer.ts';
import { refuseByLedger } from './refusals.ts';

const triesMost = 3;

/** The client's key and body, by which the ledger knows a request again. */
export function requestOf(call: Call, sent: unknown): ClientRequest {
  if (call.key === null) throw new Error('a ledger operation without an idempotency key');
  return { key: call.key, body: canonicalJson(sent) };
}

/** A run as it is priced for its payer. */
export interface RatedRun {
  readonly lines: readonly UsageLine[];
  readonly versions: Rated;
  readonly terms: Terms;
  readonly workspace: ChargedWorkspace;
  /** When it happened, as far as that matters: where it was told, or where a rate is about to change. */
  readonly occurredAt: Instant | undefined;
}

type Post<Run, Told> = (run: Run) => Promise<Outcome<Told, LedgerRefusal>>;

/**
 * Charges a run to whom it is addressed. It is judged by what this process remembers, which the ledger
 * compares with what is; where that has changed, or leads to no posting, the run is judged by what is read
 * now and posted under the same key.
 */
export async function charge<Told extends object>(
  call: Call,
  addressed: Addressed,
  given: GivenRun,
  post: Post<RatedRun & { readonly payer: Payer; readonly seen: readonly Seen[] }, Told>,
): Promise<Outcome<{ readonly told: Told; readonly payer: Payer }, Problem>> {
  const { workspace, member, begins } = addressed;
  const recalled = recallPayer(call, addressed);
  if (recalled !== undefined) {
    const { payer } = recalled;
    const run = await postOnce(call, payer.workspace, given, (rated) =>
      post({ ...rated, ...recalled }),
    );
    if (run.came === 'posted') {
      rememberFound(call, workspace, recalled.seen);
      return ok({ told: run.told, payer });
    }
    if (run.came === 'refused') return refused(run.problem);
  }
  const found = await (begins === 'now' ? findPayer : findPayerOfOld)(call, workspace, member);
  if (!found.ok) return found;
  const payer = found.value;
  const posted = await postRated(call, payer, given, (run) => post({ ...run, payer, seen: [] }));
  return posted.ok ? ok({ told: posted.value, payer }) : posted;
}

/**
 * Rates lines by the payer's pinned terms and posts them. Where the terms moved in between, the lines are
 * rated again and posted under the same key.
 */
export async function postRated<Told extends object>(
  call: Call,
  payer: Payer,
  given: GivenRun,
  post: Post<RatedRun, Told>,
): Promise<Outcome<Told, Problem>> {
  let { workspace } = payer;
  for (let tries = 1; ; tries += 1) {
    const run = await postOnce(call, workspace, given, post);
    if (run.came === 'posted') return ok(run.told);
    if (run.came !== 'outdated' || tries === triesMost) return refused(run.problem);
    workspace = (await call.parts.directory.workspace(workspace.of)) ?? workspace;
  }
}

/** What came of one try: lines that cannot be rated are mistaken; versions that moved on, outdated. */
type Tried<Told> =
  | { readonly came: 'posted'; readonly told: Told }
  | { readonly came: 'refused' | 'mistaken' | 'outdated'; readonly problem: Problem };

async function postOnce<Told extends object>(
  call: Call,
  workspace: ChargedWorkspace,
  given: GivenRun,
  post: Post<RatedRun, Told>,
): Promise<Tried<Told>> {
  const { product } = workspace.of;
  const terms = await call.parts.catalogs.termsOf(product, workspace.termsVersion);
  const at = given.occurredAt ?? presentOf(workspace);
  const lines = rateLines(terms, given.lines, at);
  if (!lines.ok) return { came: 'mistaken', problem: lines.refusal };
  const versions = { termsVersion: terms.version, rateVersion: terms.rates.version };
  const posted = await post({
    ...{ lines: lines.value, versions, terms, workspace },
    occurredAt: given.occurredAt ?? (isNearChange(terms, lines.value, at) ? at : undefined),
  });
  if (posted.ok) {
    ringIfCrossed(call, workspace, posted.value);
    return { came: 'posted', told: posted.value };
  }
  const growth = growthOf(terms, planIdOf(workspace.lifecycle.subscription));
  const { kind } = posted.refusal;
  const { refusal: problem } = refuseByLedger(
    posted.refusal,
    whom(call, workspace, { growth, terms }),
  );
  return { came: kind === 'stale' || kind === 'moved' ? 'outdated' : 'refused', problem };
}

const presentOf = ({ testClock, at }: ChargedWorkspace): Instant =>
  testClock ? at : new Date().toISOString();

/**
 * Close to a change of its rates a run is booked with the instant that it was rated by: the ledger's clock
 * is read later, and may stand elsewhere.
 */
const isNearChange = ({ rates }: Terms, lines: readonly UsageLine[], at: Instant): boolean => {
  const names = lines.flatMap(({ model }) => model ?? []);
  return changesNear(rates, names, { at, withinMinutes: 1 });
};

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
  workspace: ChargedWorkspace,
  by: { readonly growth: Growth; readonly terms: Terms },
): Denied => ({
  publicUrl: call.parts.publicUrl,
  payer: workspace.of.workspace,
  growth: by.growth,
  denials: by.terms.denials,
  currency: by.terms.currency,
});

/** A threshold was crossed: the workflow is rung, and the call does not wait for that. */
function ringIfCrossed(call: Call, workspace: ChargedWorkspace, told: object): void {
  const crossed = 'crossed' in told && Array.isArray(told.crossed) && told.crossed.length > 0;
  if (!crossed) return;
  const { desk, log } = call.parts;
  desk.ring(workspace.of).catch((error: unknown) => log.warn({ err: error }, 'a ring was lost'));
}
