import type { CommandResult, LifecycleCommand } from '../domain/life/commands.ts';
import { nextDeadline } from '../domain/deadlines.ts';
import type { Lifecycle } from '../domain/life/lifecycle.ts';
import { sum } from '../domain/values/money.ts';
import { fromPlain, toPlain, type Plain } from '../domain/values/plain.ts';
import { isTooMuch } from '../domain/credits/spend.ts';
import { planIdOf } from '../domain/life/stepping.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Desk, LifecycleStore, Projection, Task, Waiting } from '../ports/lifecycle-store.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { inProduct, type Sql, type Transaction } from './connect.ts';
import { eventOfCommand, eventOfFact, factKinds, type FactRow } from './lifecycle-events.ts';
import { lockLedger, setClock, touchLedger } from './ledger-writes.ts';
import { setPoolTerms } from './new-workspace.ts';
import { readSpend } from './overage-writes.ts';
import { noteOperatorsAct } from './operators-acts.ts';
import { writeEffect } from './project-effects.ts';

type WorkspaceRow = {
  readonly id: bigint;
  readonly lifecycle: Plain<Lifecycle>;
  readonly version: number;
  readonly stripe_customer: string | null;
  readonly rung_at: string | null;
  readonly rings: bigint;
  readonly now: string;
};

/** The lifecycle's rows: read when a workflow wakes, written once per step. */
export function lifecycleStore(sql: Sql): LifecycleStore {
  return {
    open: (of) =>
      inProduct(sql, of.product, async (tx) => {
        const row = await findWorkspace(tx, of);
        if (row === undefined) return undefined;
        const { termsVersion, comingTerms } = row.lifecycle;
        const terms = await readTerms(tx, of.product, termsVersion);
        const coming = comingTerms && (await readTerms(tx, of.product, comingTerms.version));
        const desk = await readDesk(tx, row, []);
        return { desk, terms, ...(coming === undefined ? {} : { coming }) };
      }),
    look: (of, asked) =>
      inProduct(sql, of.product, async (tx) => readDesk(tx, await workspaceRow(tx, of), asked)),
    project: (of, projection, asked) =>
      inProduct(sql, of.product, async (tx) => {
        const { id } = await workspaceRow(tx, of);
        await lockLedger(tx, [id]);
        const row = await workspaceRow(tx, of);
        await store(tx, row, fromPlain<Projection>(projection));
        return readDesk(tx, await workspaceRow(tx, of), asked);
      }),
  };
}

async function readTerms(tx: Transaction, product: string, version: number): Promise<Plain<Terms>> {
  const [published] = await tx<{ terms: Plain<Terms> }[]>`
    select terms from plan_term where product_id = ${product} and version = ${version}`;
  if (published === undefined) throw new Error(`no terms ${version} of ${product}`);
  return published.terms;
}

async function findWorkspace(tx: Transaction, of: WorkspaceRef): Promise<WorkspaceRow | undefined> {
  const [row] = await tx<WorkspaceRow[]>`
    select id, lifecycle, version, stripe_customer, rung_at, rings, clock_timestamp() as now
    from workspace where product_id = ${of.product} and external_id = ${of.workspace}`;
  return row;
}

async function rowOfId(tx: Transaction, id: bigint): Promise<WorkspaceRow> {
  const [row] = await tx<WorkspaceRow[]>`
    select id, lifecycle, version, stripe_customer, rung_at, rings, clock_timestamp() as now
    from workspace where id = ${id}`;
  if (row === undefined) throw new Error(`workspace ${id} is gone`);
  return row;
}

async function workspaceRow(tx: Transaction, of: WorkspaceRef): Promise<WorkspaceRow> {
  const row = await findWorkspace(tx, of);
  if (row === undefined) throw new Error(`no workspace ${of.product}/${of.workspace}`);
  return row;
}

/** The state, its effects, the read model and the answer, on the very version the step was made from. */
async function store(tx: Transaction, row: WorkspaceRow, projection: Projection): Promise<void> {
  const { lifecycle: life, effects, command, refusal } = projection;
  if (row.version === life.version) return; // stored before; the answer was lost on its way
  if (row.version !== life.version - 1) {
    throw new Error(`step to version ${life.version} on version ${row.version}`);
  }
  if (life.clock.kind === 'test') {
    await setClock(tx, row.id, life.clock.now);
  }
  await touchLedger(tx, row.id);
  if (await hasSpentMore(tx, row.id, effects)) return;
  if (life.termsVersion !== row.lifecycle.termsVersion) {
    const terms = await readTerms(tx, life.product, life.termsVersion);
    await setPoolTerms(tx, row.id, fromPlain<Terms>(terms));
  }
  for (const effect of effects)
    await writeEffect(tx, { workspaceId: row.id, life, command }, effect);
  const deadline = nextDeadline(life);
  await tx`update workspace set
      lifecycle = ${tx.json(toPlain(life))},
      terms_version = ${life.termsVersion},
      version = ${life.version},
      status = ${life.subscription.status},
      plan = ${planIdOf(life.subscription)},
      time_zone = ${life.timeZone},
      clock_at = ${life.clock.kind === 'test' ? life.clock.now : null},
      next_deadline_at = ${deadline?.at ?? null}
    where id = ${row.id}`;
  if (command !== null) await answerCommand(tx, command, refusal ?? done);
  if (command !== null && refusal === null) await noteOperatorsAct(tx, command);
}

/**
 * Usage went beyond the credits since the step was made, so that its purchase is too much for the month now:
 * nothing is stored, and the step is made again from what is true then.
 */
async function hasSpentMore(
  tx: Transaction,
  workspace: bigint,
  effects: Projection['effects'],
): Promise<boolean> {
  const bought = effects.flatMap((effect) =>
    (effect.kind === 'chargePurchase' || effect.kind === 'openCheckout') &&
    effect.purchase.purpose.kind === 'topUp'
      ? [effect.purchase.totalMinor]
      : [],
  );
  return bought.length > 0 && isTooMuch(await readSpend(tx, workspace), sum(bought));
}

const done: CommandResult = { kind: 'done', checkoutUrl: null };

/** Answers a command, unless it still waits for its payment. */
async function answerCommand(
  tx: Transaction,
  command: string,
  result: CommandResult,
): Promise<void> {
  await tx`update command set
      state = ${result.kind}, result = ${tx.json(result)}, settled_at = clock_timestamp()
    where id = ${command} and state = 'pending'`;
}

/** Reads what waits until nothing came in meanwhile, so that no ring is answered unheard. */
async function readDesk(
  tx: Transaction,
  row: WorkspaceRow,
  asked: readonly string[],
): Promise<Plain<Desk>> {
  const life = fromPlain<Lifecycle>(row.lifecycle);
  const waiting = [...(await readFacts(tx, row, life)), ...(await readCommands(tx, row, life))];
  const tasks = await readTasks(tx, row);
  const inbox = await countInbox(tx, row);
  // A notice that cannot be sent is tried again by the workflow's own timer; no ring is needed.
  const urgent = tasks.filter(({ effect }) => effect.kind !== 'notify');
  const isQuiet = waiting.length === 0 && urgent.length === 0 && inbox === 0;
  if (isQuiet && row.rung_at !== null && !(await answerRing(tx, row))) {
    return readDesk(tx, await rowOfId(tx, row.id), asked);
  }
  return toPlain<Desk>({
    lifecycle: life,
    now: row.now,
    waiting: waiting.toSorted(byInstant),
    inbox,
    tasks,
    answers: await readAnswers(tx, asked),
  });
}

const byInstant = (a: Waiting, b: Waiting): number =>
  a.event.at < b.event.at ? -1 : a.event.at > b.event.at ? 1 : 0;

/** False if somebody rang again since the row was read: then there is something to read. */
async function answerRing(tx: Transaction, row: WorkspaceRow): Promise<boolean> {
  const answered = await tx`update workspace set rung_at = null
    where id = ${row.id} and rings = ${row.rings}`;
  return answered.count > 0;
}

async function readFacts(tx: Transaction, row: WorkspaceRow, life: Lifecycle): Promise<Waiting[]> {
  const rows = await tx<FactRow[]>`
    select seq, kind, at, data from event_feed
    where workspace_id = ${row.id} and seq > ${life.seenSeq} and kind = any(${[...factKinds]})
    order by seq limit 100`;
  const fell = rows.some(({ kind }) => kind === 'balanceFell');
  const spend = fell ? await readSpend(tx, row.id) : undefined;
  return rows.map((fact) => eventOfFact(fact, spend));
}

/** What a preview need not have in common with the command that confirms it. */
const notShown = ['preview', 'returnTo'];

async function readCommands(
  tx: Transaction,
  row: WorkspaceRow,
  life: Lifecycle,
): Promise<Waiting[]> {
  type Row = {
    readonly id: string;
    // A refund's command never waits for a step: it is stored as being paid.
    readonly body: LifecycleCommand;
    readonly requested_at: string;
    readonly preview_at: string | null;
    readonly preview_basis: string | null;
    readonly spaces: readonly string[];
    readonly terms: Plain<Terms> | null;
  };
  const rows = await tx<Row[]>`
    select c.id, c.body, c.requested_at, p.requested_at as preview_at,
      p.result ->> 'basis' as preview_basis,
      case when c.body ->> 'kind' = 'changePlan' then array(
        select r.external_id from resource r
        where r.workspace_id = c.workspace_id and r.kind = 'space' and r.closed_at is null
          and not exists (select 1 from membership m where m.workspace_id = r.workspace_id
            and m.user_id = r.owner_id and m.state = 'accepted')
        order by r.external_id
      ) else '{}' end as spaces,
      (select t.terms from plan_term t where t.product_id = c.product_id
        and c.body ->> 'kind' = 'moveTerms' and t.version = (c.body ->> 'version')::int) as terms
    from command c
    left join command p on p.workspace_id = c.workspace_id and p.state = 'preview'
      and p.id::text = c.body ->> 'preview'
      -- Another plan, interval or contract was never shown: then no preview is found, and this one is stale.
      and p.body - ${notShown}::text[] = c.body - ${notShown}::text[]
      and p.requested_at > c.requested_at - interval '30 minutes'
    where c.workspace_id = ${row.id} and c.state = 'pending'
    order by c.requested_at, c.id limit 100`;
  const buys = rows.some(({ body }) => body.kind === 'topUp');
  const spend = buys ? await readSpend(tx, row.id) : undefined;
  return rows.map(({ id, body, requested_at, preview_at, preview_basis, spaces, terms }) => ({
    event: eventOfCommand(
      {
        ...{ id, body, spacesWithoutOwner: spaces, spend, terms },
        preview: { at: preview_at, basis: preview_basis },
      },
      life.clock.kind === 'test' ? life.at : requested_at,
    ),
    command: id,
    seq: null,
  }));
}

async function readTasks(tx: Transaction, row: WorkspaceRow): Promise<Task[]> {
  type Row = {
    readonly id: bigint;
    readonly key: string;
    readonly at: string;
    readonly effect: Plain<Task['effect']>;
  };
  // Two queues: notices that wait for a mail server never stand before what concerns money.
  const rows = await tx<Row[]>`
    (select id, key, at, effect from outbox
      where workspace_id = ${row.id} and done_at is null and effect ->> 'kind' <> 'notify'
      order by id limit 20)
    union all
    (select id, key, at, effect from outbox
      where workspace_id = ${row.id} and done_at is null and effect ->> 'kind' = 'notify'
      order by id limit 20)`;
  return rows.map(({ id, key, at, effect }) => ({
    id: id.toString(),
    key,
    at,
    effect: fromPlain<Task['effect']>(effect),
  }));
}

async function countInbox(tx: Transaction, row: WorkspaceRow): Promise<number> {
  if (row.stripe_customer === null) return 0;
  const [count] = await tx<{ waiting: number }[]>`
    select count(*)::int as waiting from stripe_event
    where customer = ${row.stripe_customer} and handled_at is null`;
  return count?.waiting ?? 0;
}

async function readAnswers(
  tx: Transaction,
  asked: readonly string[],
): Promise<Record<string, CommandResult>> {
  if (asked.length === 0) return {};
  const rows = await tx<{ id: string; result: CommandResult }[]>`
    select id, result from command
    where id = any(${[...asked]}::uuid[]) and state in ('done', 'refused')`;
  return Object.fromEntries(rows.map(({ id, result }) => [id, result]));
}
