/**
 * Changes of the lifecycle: stored under their idempotency key first, then sent to the workspace's workflow.
 * A change that was stored is never lost and never made twice, whoever is away.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { commandKinds, type Command } from '../domain/life/commands.ts';
import { ok, type Outcome } from '../domain/values/outcome.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import type { CommandRow, SentCommand } from '../ports/sent-command.ts';
import { hashOf } from './canonical-json.ts';
import { instant, uuid } from './codecs.ts';
import type { Call } from './parts.ts';
import { refuse, refuseAsStored, type Problem } from './problem.ts';
import { showWorkspace } from './show-workspace.ts';
import { workspaceChanged } from './shown-workspace.ts';

export const commandShown = z
  .object({
    id: uuid.meta({ description: 'The change' }),
    kind: z.enum(commandKinds).meta({ description: 'What was asked' }),
    state: z
      .enum(['waiting', 'done', 'refused'])
      .meta({ description: 'Waiting changes are carried out once the lifecycle is back' }),
    checkoutUrl: z
      .string()
      .nullable()
      .meta({ description: 'Where the person pays, when it is done but for that' }),
    refusal: z
      .object({
        code: z.string().meta({ description: 'As in a problem' }),
        detail: z.string().meta({ description: 'What happened, and what to do about it' }),
      })
      .nullable()
      .meta({ description: 'Why it was refused' }),
    requestedAt: instant.meta({ description: "In the workspace's time" }),
    settledAt: instant.nullable().meta({ description: 'In real time; null while it waits' }),
  })
  .meta({ id: 'Command' });

/** What every change of the lifecycle answers. */
export const changeResponses = { 200: workspaceChanged, 202: commandShown } as const;

export const changeProblems = ['notFound', 'idempotencyKeyReused'] as const;

type Done = { readonly status: 200; readonly value: z.output<typeof workspaceChanged> };
type Waiting = {
  readonly status: 202;
  readonly value: z.output<typeof commandShown>;
  readonly location: string;
};

/** A wish of the lifecycle, and the body that it was sent with. */
export type Wish = { readonly command: Command; readonly sent: unknown };

export const sentCommand = (call: Call, { command, sent }: Wish): SentCommand => ({
  key: call.key ?? randomUUID(),
  bodyHash: hashOf(command.kind, sent),
  actor: actorOf(call),
  command,
});

/** Who asked for a change, as the books keep it: the key, and the member for whom the product called. */
export const actorOf = ({ caller, sight }: Call): string =>
  sight === null ? `key:${caller.keyId}` : `key:${caller.keyId}/member:${sight.viewer.member}`;

/** Stores a change and has it carried out; the same key again gets the first one's answer. */
export async function carryOut(
  call: Call,
  record: WorkspaceRecord,
  wish: Wish,
): Promise<Outcome<Done | Waiting, Problem>> {
  const row = await submit(call, record, wish);
  return row.ok ? tell(call, record, row.value) : row;
}

/** Stores a change, and waits for it to settle: the row has no result while the lifecycle is away. */
export async function submit(
  call: Call,
  record: WorkspaceRecord,
  wish: Wish,
): Promise<Outcome<CommandRow, Problem>> {
  const { directory } = call.parts;
  const stored = await directory.submitCommand(record.account, sentCommand(call, wish));
  if (!stored.ok) return refuse(stored.refusal.kind);
  return ok(await settle(call, record, stored.value));
}

/** What came of a change that was waited for. */
export async function tell(
  call: Call,
  record: WorkspaceRecord,
  row: CommandRow,
): Promise<Outcome<Done | Waiting, Problem>> {
  if (row.result === null) return ok(waiting(record, row));
  if (row.result.kind === 'refused') return refuseAsStored(row.result);
  return ok({ status: 200, value: await changed(call, record, row.result.checkoutUrl) });
}

export async function settle(call: Call, { of, account }: WorkspaceRecord, row: CommandRow) {
  if (row.result !== null) return row;
  await call.parts.desk.carryOut(of, { id: row.id, kind: row.command.kind });
  const settled = await call.parts.directory.command(account, row.id);
  if (settled === undefined) throw new Error(`command ${row.id} was stored and is gone`);
  return settled;
}

export const waiting = (record: WorkspaceRecord, row: CommandRow): Waiting => ({
  status: 202,
  value: showCommand(row),
  location: `/api/workspaces/${record.of.workspace}/commands/${row.id}`,
});

export async function changed(
  call: Call,
  { of }: WorkspaceRecord,
  checkoutUrl: string | null,
): Promise<z.output<typeof workspaceChanged>> {
  const record = await call.parts.directory.workspace(of);
  if (record === undefined) throw new Error(`workspace ${of.workspace} was changed and is gone`);
  return { workspace: await showWorkspace(call, record), checkoutUrl };
}

export function showCommand(row: CommandRow): z.output<typeof commandShown> {
  const { id, command, result, requestedAt, settledAt } = row;
  const shown = { id, kind: command.kind, requestedAt, settledAt };
  if (result === null) return { ...shown, state: 'waiting', checkoutUrl: null, refusal: null };
  if (result.kind === 'done') {
    return { ...shown, state: 'done', checkoutUrl: result.checkoutUrl, refusal: null };
  }
  const { code, message: detail } = result;
  return { ...shown, state: 'refused', checkoutUrl: null, refusal: { code, detail } };
}
