import { z } from 'zod';
import {
  denialAnswer,
  denialKinds,
  type DenialKind,
  type Denials,
} from '../../domain/gates/denial.ts';
import type { Growth } from '../../domain/changes/growth.ts';
import type { FiredLimit } from '../../ports/ledger.ts';
import { money, signedCredits } from '../codecs.ts';
import { problemKinds } from '../problem-kinds.ts';
import { problemOf, type Refused } from '../problem.ts';
import { contactSales, remedies, type RemedyAction } from './remedies.ts';

/** Whom a denial is told: the payer is whom a remedy would help, and how it may grow. */
export type Denied = {
  readonly publicUrl: string;
  readonly payer: string;
  readonly growth: Growth;
  /** How its catalog tells denials [K13]. */
  readonly denials: Denials;
  /** What its money is counted in. */
  readonly currency: string;
};

/** Names every limit that fired [3.25], the first one as the code, and what would help. */
export function refuseDenied(limits: readonly FiredLimit[], of: Denied): Refused {
  const [first] = limits;
  if (first === undefined) throw new Error('a denial without a limit that fired');
  const code = codeOf(first);
  const problem = problemOf(code, detailOf(code, first));
  const isCanceled = limits.some((limit) => limit.limit === 'gate' && limit.code === 'canceled');
  const actions = [...new Set(limits.flatMap((limit) => remediesFor(limit, of.growth)))].filter(
    // Credits are not sold to who is canceled: the plan comes first.
    (action) => !(isCanceled && action === 'buyCredits'),
  );
  const sales =
    of.growth.kind === 'contract' && limits.some(isOfPlan) ? [contactSales(of.growth.contact)] : [];
  const refusal = {
    ...problem,
    told: denialAnswer(of.denials, code),
    more: {
      message: problem.detail,
      limits: limits.map((limit) => limitShown(limit, of.currency)),
      remedies: [...remedies(of.publicUrl, of.payer, actions), ...sales],
    },
  };
  return { ok: false, refusal };
}

/** What happened and what to do, with the limit's own figures where it counts calls. */
function detailOf(code: DenialKind, limit: FiredLimit): string {
  const { title, fix } = problemKinds[code];
  if (!('per' in limit)) return `${title} ${fix}`;
  const { subject, per, used, cap, resetsAt } = limit;
  const what = subject === '' ? 'Runs' : `Calls of "${subject}"`;
  const span = per === 'window' ? 'until the reset' : `in this ${per}`;
  const end = resetsAt === null ? '' : `; it ends at ${resetsAt}`;
  return `${title} ${what} ${span}: ${used} of ${cap}${end}. ${fix}`;
}

function codeOf(limit: FiredLimit): DenialKind {
  switch (limit.limit) {
    case 'gate':
      return denialKinds.find((kind) => kind === limit.code) ?? unknownGate(limit.code);
    case 'pool':
    case 'earmark':
      return 'outOfCredits';
    case 'member':
      return 'memberCapReached';
    case 'space':
      return 'spaceCapReached';
    case 'org':
      return 'orgCapReached';
    case 'overage':
      return 'overageReached';
    case 'spend':
      return 'spendCapReached';
    case 'runs':
      return 'runQuotaReached';
    case 'tool':
      return 'toolLimitReached';
  }
}

const unknownGate = (code: string): never => {
  throw new Error(`a gate with an unknown code: ${code}`);
};

/** Whether a bigger plan would have more of it. */
const isOfPlan = ({ limit }: FiredLimit): boolean =>
  ['pool', 'earmark', 'overage', 'runs', 'tool'].includes(limit);

function remediesFor(limit: FiredLimit, growth: Growth): RemedyAction[] {
  const bigger: RemedyAction[] = growth.kind === 'plan' ? ['changePlan'] : [];
  switch (limit.limit) {
    case 'pool':
    case 'earmark':
    case 'overage':
      return ['buyCredits', ...bigger];
    case 'spend':
      return ['raiseSpendCap'];
    case 'member':
    case 'space':
    case 'org':
      return ['raiseLimit'];
    case 'runs':
    case 'tool':
      return bigger;
    case 'gate':
      return limit.code === 'canceled' ? ['changePlan'] : ['addPaymentMethod', 'changePlan'];
  }
}

function limitShown(limit: FiredLimit, currency: string): Readonly<Record<string, unknown>> {
  if (limit.limit === 'gate') return limit;
  if (limit.limit === 'spend') {
    const used = z.encode(money, { amountMinor: limit.usedMinor, currency });
    const cap = z.encode(money, { amountMinor: limit.capMinor, currency });
    return { limit: 'spend', scope: null, used, cap, resetsAt: limit.resetsAt };
  }
  const { subject: scope, resetsAt } = limit;
  if ('per' in limit) {
    const { limit: name, per, used, cap } = limit;
    return { limit: name, scope: scope || null, per, used, cap, resetsAt };
  }
  const used = z.encode(signedCredits, limit.usedMicro);
  const cap = z.encode(signedCredits, limit.capMicro);
  return { limit: limit.limit, scope, used, cap, resetsAt };
}
