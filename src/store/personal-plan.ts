import { createHash } from 'node:crypto';
import type { Command } from '../domain/life/commands.ts';
import type { Effect } from '../domain/life/lifecycle.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { inProduct, type Sql } from './connect.ts';
import { noteRing } from './feed.ts';
import { transferTopUps } from './ledger-corrections.ts';
import { lockLedger } from './ledger-writes.ts';
import { insertWorkspace } from './new-workspace.ts';

/**
 * Has the owner's personal workspace start a plan, by a command of its own, with what was bought in the
 * organisation. The key stands for the hand-over: doing it again changes nothing.
 */
export async function startPersonalPlan(
  sql: Sql,
  of: WorkspaceRef,
  personal: Extract<Effect, { readonly kind: 'startPersonalPlan' }>,
  key: string,
): Promise<void> {
  const from = await makePersonal(sql, of, personal.workspace);
  await inProduct(sql, of.product, async (tx) => {
    const [to] = await tx<{ id: bigint; started: boolean }[]>`
      select id, status not in ('none', 'canceled') as started from workspace
      where product_id = ${of.product} and external_id = ${personal.workspace}`;
    if (to === undefined) throw new Error(`no workspace ${personal.workspace}`);
    await lockLedger(tx, [from, to.id]);
    if (personal.topUps === 'bring') {
      await transferTopUps(tx, { from, to: to.id, key });
    }
    // Who has a plan of their own keeps it.
    if (to.started) return;
    const { plan, interval } = personal;
    const body: Command = { kind: 'start', plan, interval };
    await tx`insert into command (
        id, workspace_id, product_id, idempotency_key, body_hash, kind, body, actor, requested_at,
        state
      ) values (
        gen_random_uuid(), ${to.id}, ${of.product}, ${`from:${of.workspace}:${key}`},
        ${createHash('sha256').update(JSON.stringify(body)).digest()}, ${body.kind},
        ${tx.json(body)}, ${`workspace:${of.workspace}`}, ledger_at(${to.id}), 'pending'
      ) on conflict (workspace_id, idempotency_key) do nothing`;
    await noteRing(tx, to.id);
  });
}

/** Makes the personal workspace if it is missing, on the organisation's terms, zone and clock. */
async function makePersonal(sql: Sql, of: WorkspaceRef, workspace: string): Promise<bigint> {
  return inProduct(sql, of.product, async (tx) => {
    const [organisation] = await tx<
      {
        id: bigint;
        currency: string;
        time_zone: string;
        terms_version: number;
        clock_at: string | null;
      }[]
    >`select id, currency, time_zone, terms_version, clock_at from workspace
      where product_id = ${of.product} and external_id = ${of.workspace}`;
    if (organisation === undefined) throw new Error(`no workspace ${of.workspace}`);
    await insertWorkspace(tx, {
      product: of.product,
      workspace,
      owner: workspace.slice('user:'.length),
      timeZone: organisation.time_zone,
      currency: organisation.currency,
      termsVersion: organisation.terms_version,
      testClockAt: organisation.clock_at,
    });
    return organisation.id;
  });
}
