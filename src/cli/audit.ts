/** `npm run --silent audit [-- --json] [--last]`: proves a database's books, over all products. */
import { parseArgs } from 'node:util';
import { dataPath } from '../local/paths.ts';
import { connect } from '../store/connect.ts';
import { CannotAudit } from './audit/cannot-audit.ts';
import { readLastRun } from './audit/last-run.ts';
import { proveBooks } from './audit/prove-books.ts';
import { areBooksProved, jsonOf, tableOf } from './audit/report.ts';
import { explainConnection, findDatabase } from './audit/target.ts';
import type { Finding } from './audit/identity.ts';

const usage = `usage: npm run --silent audit [-- --json] [--last]
  --last  what the last nightly audit found, instead of proving the books now`;

type Wish = { readonly format: 'table' | 'json'; readonly last: boolean };

async function audit(databaseUrl: string, { last }: Wish): Promise<readonly Finding[]> {
  const sql = connect(databaseUrl, { max: 1, role: 'tollgate_audit' });
  try {
    return last ? (await readLastRun(sql)).findings : await proveBooks(sql);
  } catch (error) {
    throw explainConnection(error) ?? error;
  } finally {
    await sql.end();
  }
}

function readWish(): Wish {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({ options: { json: flag, last: flag } });
    return { format: values.json ? 'json' : 'table', last: values.last };
  } catch (error) {
    throw new CannotAudit(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** 0: the books add up; 1: they do not; 2: it could not be told. */
async function main(): Promise<number> {
  try {
    const wish = readWish();
    const findings = await audit(await findDatabase(process.env, dataPath('ports.json')), wish);
    console.log(wish.format === 'json' ? jsonOf(findings) : tableOf(findings));
    return areBooksProved(findings) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CannotAudit)) throw error;
    console.error(`audit: ${error.message}`);
    return 2;
  }
}

process.exitCode = await main();
