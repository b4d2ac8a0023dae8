import type { z } from 'zod';
import { addMinutes } from '../../domain/values/calendar.ts';
import type { Command } from '../../domain/life/commands.ts';
import { monthsOf } from '../../domain/values/interval.ts';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import { toPlain } from '../../domain/values/plain.ts';
import { step } from '../../domain/step.ts';
import { moveBasisOf } from '../../domain/changes/terms-change.ts';
import type { WorkspaceRecord } from '../../ports/directory.ts';
import {
  carryOut,
  changeProblems,
  changeResponses,
  commandShown,
  sentCommand,
  submit,
  waiting,
} from '../carry-out.ts';
import { livedTerms } from '../current-terms.ts';
import type { Call } from '../parts.ts';
import {
  refuse,
  refuseAsStored,
  refuseByRule,
  refuseField,
  type Problem,
  type Refused,
} from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { previewMinutes } from '../shown-preview.ts';
import {
  contractForeseen,
  contractOf,
  contractPreview,
  contractsShown,
  newContract,
  showContractForeseen,
  showContracts,
  type NewContract,
} from '../shown-contract.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const path = '/api/workspaces/{workspace}/contract';
/** Stripe takes no more than eight digits on one invoice. */
const priceMostMinor = 99_999_999n;

const show = route({
  method: 'get',
  path,
  summary: 'The contract that the plan is under, and what takes its place',
  tag: 'Plans',
  scopes: ['read', 'manage', 'admin'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: null,
  responses: { 200: contractsShown },
  problems: ['notFound'],
  carryOut: async ({ params }, call) => {
    const record = await findWorkspace(call, params.workspace);
    return record.ok ? ok({ status: 200, value: showContracts(record.value) }) : record;
  },
});

const agree = route({
  method: 'put',
  path,
  summary: 'Put the workspace under a contract, or preview what that would come to',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: newContract,
  responses: { 200: contractPreview.or(contractsShown), 202: commandShown },
  problems: [
    ...changeProblems,
    'unknownPlan',
    'personalPlanOnly',
    'paymentOverdue',
    'cannotAgree',
    'previewStale',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const found = await findWorkspace(call, params.workspace);
    if (!found.ok) return found;
    const record = found.value;
    const mistake = mistakeIn(body, record.currency);
    if (mistake !== null) return mistake;
    if (body.preview) return preview(call, record, { body, sent });
    const row = await submit(call, record, { command: commandOf(body), sent });
    if (!row.ok) return row;
    if (row.value.result === null) return ok(waiting(record, row.value));
    if (row.value.result.kind === 'refused') return refuseAsStored(row.value.result);
    const now = await findWorkspace(call, params.workspace);
    return now.ok ? ok({ status: 200, value: showContracts(now.value) }) : now;
  },
});

function mistakeIn(body: NewContract, currency: string): Refused | null {
  if (body.preview && body.previewToken !== undefined) {
    return refuseField('/previewToken', 'confirms a preview, so it cannot ask for one');
  }
  for (const [name, money] of Object.entries(body.price)) {
    if (money.currency !== currency) {
      return refuseField(`/price/${name}/currency`, `must be "${currency}"`);
    }
    if (money.amountMinor > priceMostMinor) {
      return refuseField(`/price/${name}`, 'must have eight digits of the smallest unit at most');
    }
  }
  return body.months % monthsOf(body.interval) === 0
    ? null
    : refuseField('/months', 'must be a whole number of the intervals');
}

const commandOf = (body: NewContract): Command => ({
  kind: 'agreeContract',
  contract: toPlain(contractOf(body)),
  preview: body.previewToken ?? null,
});

/** The step itself, run on the stored lifecycle; what it shows is stored, so that it can be confirmed. */
async function preview(
  call: Call,
  record: WorkspaceRecord,
  { body, sent }: { readonly body: NewContract; readonly sent: unknown },
): Promise<Outcome<{ readonly status: 200; readonly value: Previewed }, Problem>> {
  const { lifecycle: life, at, account, of } = record;
  const { ledger, directory } = call.parts;
  const wish = { kind: 'contractAgreed', request: 'preview', preview: null } as const;
  const event = { ...wish, at, contract: contractOf(body) };
  const outcome = step(life, event, await livedTerms(call, record));
  if (!outcome.ok) return refuseByRule(outcome.refusal);
  const balance = await ledger.balance(account);
  if (balance === undefined) throw new Error(`${of.workspace} has no ledger`);
  const { state: after, effects } = outcome.value;
  const shown = showContractForeseen({ before: life, after, effects }, balance);
  const stored = await directory.storePreview(account, {
    ...sentCommand(call, { command: commandOf(body), sent }),
    at,
    basis: moveBasisOf(life),
    shown: contractForeseen.encode(shown),
  });
  if (!stored.ok) return refuse(stored.refusal.kind);
  const { id: previewToken, at: shownAt } = stored.value;
  const validUntil = addMinutes(shownAt, previewMinutes);
  const foreseen = contractForeseen.decode(stored.value.shown);
  return ok({ status: 200, value: { ...foreseen, previewToken, validUntil } });
}

type Previewed = z.output<typeof contractPreview>;

const end = route({
  method: 'delete',
  path,
  summary: 'End the contract when its running term ends; the plan that it names follows, or none',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: null,
  responses: changeResponses,
  problems: [...changeProblems, 'noContract', 'paymentOverdue'],
  carryOut: async ({ params, sent }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    return carryOut(call, record.value, { command: { kind: 'endContract' }, sent });
  },
});

export const contractRoutes: readonly Route[] = [show, agree, end];
