import type { Finding } from '../cli/audit/identity.ts';
import { areBooksProved } from '../cli/audit/report.ts';
import { decimalOf } from './amounts.ts';
import { holds } from './journal.ts';
import type { ToldStory } from './story.ts';

/** Everything that was told, for programs: credits as decimals with six digits, money in dollars. */
export function jsonOf(of: {
  readonly told: readonly ToldStory[];
  readonly findings: readonly Finding[];
  readonly seconds: number;
}): string {
  const workspaces = of.told.map(({ story, entries, checks, totals }) => ({
    product: story.product,
    workspace: story.workspace,
    timeline: entries.map((entry) => ({
      ...entry,
      credits: entry.credits === null ? null : decimalOf(entry.credits),
      balance: entry.balance === null ? null : decimalOf(entry.balance),
    })),
    checks: checks.map((check) => ({ ...check, holds: holds(check) })),
    totals,
  }));
  const audit = { proved: areBooksProved(of.findings), identities: of.findings };
  const passed = audit.proved && of.told.every(({ checks }) => checks.every(holds));
  return JSON.stringify({ passed, seconds: of.seconds, workspaces, audit }, exact, 2);
}

/** Counts beyond what a JSON number holds exactly are written as text. */
const exact = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
