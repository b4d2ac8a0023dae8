import { z } from 'zod';
import type { Sql } from '../../store/connect.ts';
import { CannotAudit } from './cannot-audit.ts';
import type { Finding } from './identity.ts';

/** A night's audit is made within the hours after three o'clock; later than this it was missed. */
const hoursMost = 27;

const text = z.string().nullable();
const stored = z.array(
  z.object({
    name: z.string(),
    sentence: z.string(),
    checked: z.int(),
    broken: z.int(),
    rows: z.array(
      z.object({
        ...{ product: z.string(), workspace: text, what: z.string() },
        ...{ expected: text, actual: text },
      }),
    ),
  }),
);

export type LastRun = { readonly endedAt: string; readonly findings: readonly Finding[] };

/** What the last nightly audit found. Throws `CannotAudit` where none was made last night. */
export async function readLastRun(sql: Sql): Promise<LastRun> {
  const [row] = await sql<{ ended_at: string; findings: unknown; is_late: boolean }[]>`
    select ended_at, findings,
      ended_at < clock_timestamp() - make_interval(hours => ${hoursMost}) as is_late
    from audit_run order by night desc limit 1`;
  const because = 'a worker makes it every night where AUDIT_DATABASE_URL is set';
  if (row === undefined) throw new CannotAudit(`No nightly audit was made yet: ${because}`);
  if (row.is_late) {
    throw new CannotAudit(`The last nightly audit was made at ${row.ended_at}: ${because}`);
  }
  return { endedAt: row.ended_at, findings: stored.parse(row.findings) };
}
