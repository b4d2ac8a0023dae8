import type { CommandKind } from '../domain/life/commands.ts';
import type { Transaction } from './connect.ts';

/** What only operators may ask of a lifecycle. */
const operators = [
  'agreeContract',
  'endContract',
  'issueInvoice',
] as const satisfies readonly CommandKind[];

/** Who has changed what of a customer's terms stands in the audit log, as it was asked. */
export async function noteOperatorsAct(tx: Transaction, command: string): Promise<void> {
  await tx`insert into audit_log (product_id, workspace_id, actor, action, data)
    select product_id, workspace_id, actor, kind, body from command
    where id = ${command} and kind = any(${[...operators]})`;
}
