import { toPlain } from '../../domain/values/plain.ts';
import type { Log } from '../../ports/log.ts';
import type { Sql } from '../../store/connect.ts';
import { startRounds, type Rounds } from '../../store/rounds.ts';
import type { Finding } from './identity.ts';
import { proveBooksAlone } from './prove-books.ts';
import { areBooksProved, breachesOf } from './report.ts';

const everyMs = 10 * 60_000;
const breachesTold = 10;

type Nightly = {
  /** As the application: keeps what was found. */
  readonly app: Sql;
  /** As the auditor: reads everything, writes nothing. */
  readonly audit: Sql;
  readonly log: Log;
};

/**
 * Proves the books once a night, in real time. Every worker looks whether it is due; one at a time does it. What
 * breaks an identity is told as an error, and kept for `tollgate audit --last`.
 */
export const startNightlyAudit = (nightly: Nightly): Rounds =>
  startRounds({
    run: () => auditTonight(nightly),
    everyMs,
    report: (problem) => nightly.log.error({ err: problem }, 'The nightly audit could not run'),
  });

/** Whether this call has proved the books: not if it was done tonight, or another worker is at it. */
export async function auditTonight({ app, audit, log }: Nightly): Promise<boolean> {
  const [due] = await app<{ night: string; at: string }[]>`
    select night, clock_timestamp() as at
    from (select (clock_timestamp() at time zone 'UTC' - interval '3 hours')::date as night) n
    where not exists (select from audit_run r where r.night = n.night)`;
  if (due === undefined) return false;
  const findings = await proveBooksAlone(audit);
  if (findings === null) return false;
  const proved = areBooksProved(findings);
  const [kept] = await app`
    insert into audit_run (night, started_at, ended_at, proved, findings)
    values (${due.night}, ${due.at}, clock_timestamp(), ${proved},
      ${JSON.stringify(toPlain(findings))}::text::jsonb)
    on conflict do nothing returning night`;
  if (kept === undefined) return false;
  if (!proved) raiseAlarm(log, findings);
  return true;
}

function raiseAlarm(log: Log, findings: readonly Finding[]): void {
  const broken = findings.filter((finding) => finding.broken > 0);
  log.error(
    {
      identities: broken.map(({ name }) => name),
      breaches: broken.flatMap(breachesOf).slice(0, breachesTold),
    },
    'The books do not add up. Keep a backup of this moment, look at "tollgate audit --last" and at ' +
      'docs/operating.md, The audit',
  );
}
