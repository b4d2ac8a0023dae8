import type { CommandResult } from '../domain/life/commands.ts';
import { fromPlain, type Plain } from '../domain/values/plain.ts';
import type { MoveForeseen } from '../domain/changes/terms-move.ts';
import type { MoveRow, MoveShown } from '../ports/terms-moves.ts';
import type { Transaction } from './connect.ts';

type Head = {
  readonly to_version: number;
  readonly plan: string | null;
  readonly to_plan: string | null;
  readonly at: MoveShown['when'];
  readonly previewed_at: string;
  readonly applied_at: string | null;
};

type Row = {
  readonly workspace: string;
  readonly shown: Plain<MoveForeseen>;
  readonly is_asked: boolean;
  readonly result: CommandResult | null;
};

/** A move with what became of each workspace; `undefined` if this product has none of that name. */
export async function readMove(tx: Transaction, id: string): Promise<MoveShown | undefined> {
  const [head] = await tx<Head[]>`
    select to_version, plan, to_plan, at, previewed_at, applied_at from terms_move
    where id = ${id}`;
  if (head === undefined) return undefined;
  const rows = await tx<Row[]>`
    select w.external_id as workspace, r.shown, r.command_id is not null as is_asked, c.result
    from terms_move_row r
    join workspace w on w.id = r.workspace_id
    left join command c on c.id = r.command_id
    where r.move_id = ${id} order by w.external_id`;
  return {
    ...{ id, to: head.to_version, plan: head.plan, toPlan: head.to_plan, when: head.at },
    ...{ previewedAt: head.previewed_at, appliedAt: head.applied_at },
    rows: rows.map(rowOf),
  };
}

function rowOf({ workspace, shown: plain, is_asked, result }: Row): MoveRow {
  const shown = fromPlain<MoveForeseen>(plain);
  const known = { workspace, shown };
  if (shown.refusal !== null) {
    return { ...known, state: 'cannot', message: shown.refusal.message };
  }
  if (result?.kind === 'refused') return { ...known, state: 'refused', message: result.message };
  if (result !== null) return { ...known, state: 'moved', message: null };
  return { ...known, state: is_asked ? 'waiting' : 'seen', message: null };
}
