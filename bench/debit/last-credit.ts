import { asFigure, type Figure } from '../contest.ts';
import { richMost, type Books } from './books.ts';
import { openApi } from './http.ts';

const grantedMicro = 1_000_000n;
const connections = 64;
const callsEach = 40;

/** Two API processes charge one workspace until nothing is left: what it spent beyond its credits. */
export async function overspentByTwo(books: Books): Promise<Figure> {
  // The first of the workspaces without credits.
  const workspace = richMost + 1;
  const account = books.poor[0];
  if (account === undefined) throw new RangeError('the bench has no poor workspace');
  const id = account.workspaceId.toString();
  await books.admin.begin(async (tx) => {
    await tx`select set_config('tollgate.product', ${account.product}, true)`;
    await tx`select ledger_grant(${id}, 'topUp', ${grantedMicro.toString()}, '2026-01-01', null, 0,
      null, 'last')`;
  });
  const apis = [await openApi(books), await openApi(books)];
  try {
    const body = { lines: [{ line: 'tools', credits: '0.000999' }] };
    const call = async (connection: number): Promise<void> => {
      for (let n = 0; n < callsEach; n += 1) {
        await Promise.all(apis.map((api) => api.call(connection, workspace, body)));
      }
    };
    await Promise.all(Array.from({ length: connections }, (_, connection) => call(connection)));
  } finally {
    for (const api of apis) await api.close();
  }
  const [row] = await books.admin<{ spent: string }[]>`
    select sum(amount_micro) as spent from usage_entry where workspace_id = ${id}`;
  const spent = BigInt(row?.spent ?? '0');
  // 1,001 calls fit: if fewer were made, nobody came to the last credit.
  if (spent < grantedMicro - 999n) throw new Error(`only ${spent} of ${grantedMicro} were spent`);
  const beyond = spent - grantedMicro;
  return asFigure({
    name: 'debit: overspent by two API processes at the last credit',
    unit: 'micro-credits',
    value: beyond > 0n ? Number(beyond) : 0,
    aim: { of: 'value', better: 'less', goal: 0, floor: 0 },
  });
}
