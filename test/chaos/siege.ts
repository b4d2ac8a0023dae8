import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../src/config.ts';
import { Chance } from '../../src/demo/chance.ts';
import { ensureDatabase, migrate } from '../../src/local/migrate.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { issueApiKey } from '../../src/store/api-keys.ts';
import { connect } from '../../src/store/connect.ts';
import type { HttpClient } from '../support/http-client.ts';
import type { Mortal } from '../support/mortal.ts';
import { startPostgresProcess, type PostgresProcess } from '../support/postgres-process.ts';
import { startProductProcess } from '../support/product-process.ts';
import { steadfastClient } from '../support/steadfast-client.ts';
import { fillBooks, hotCredits, readBooks, type Booked } from './siege-books.ts';

export const parts = ['postgres', 'one', 'other'] as const;
export type Part = (typeof parts)[number];

/** SIGKILLs at one moment: so long after the one before. */
export type Blow = { readonly afterMs: number; readonly parts: readonly Part[] };

/** What the callers were told, by the receipts' ids, and what the books say afterwards. */
export type Survived = {
  readonly acknowledged: readonly string[];
  readonly booked: Booked;
};

const callers = 24;
/** Of so many calls one goes to the workspace that everybody calls. */
const hotOneIn = 3;

/**
 * Two API processes on one PostgreSQL charge many workspaces, one of them all the time, while the parts are killed;
 * every caller asks again under the same key until it is answered. Ends when all have been.
 */
export async function besiege(siege: {
  readonly seed: number;
  readonly workspaces: number;
  readonly blows: readonly Blow[];
}): Promise<Survived> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tollgate-siege-'));
  const standing: Mortal[] = [];
  try {
    const database = await startPostgresProcess(directory);
    standing.push(database);
    const url = await prepare(database, siege.workspaces);
    const key = await issueKey(url);
    const [one, other] = await Promise.all([
      startApi(database, directory, 'one'),
      startApi(database, directory, 'other'),
    ]);
    standing.push(one, other);
    const stopping = new AbortController();
    const load = Array.from({ length: callers }, (_, number) => {
      const clientOf = (api: { readonly url: string }) =>
        steadfastClient(api.url, { authorization: `Bearer ${key}` });
      const clients = [clientOf(one), clientOf(other)] as const;
      const chance = new Chance(siege.seed + number);
      return callOn({ clients, chance, number, workspaces: siege.workspaces }, stopping.signal);
    });
    await strikeAll({ postgres: database, one, other }, siege.blows);
    stopping.abort();
    const acknowledged = (await Promise.all(load)).flat();
    return { acknowledged, booked: await readBooks(url) };
  } finally {
    for (const part of standing.toReversed()) await part.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function prepare(database: PostgresProcess, workspaces: number): Promise<string> {
  await ensureDatabase(database.urlOf('postgres'), 'siege');
  const url = database.urlOf('siege');
  await migrate(url);
  await fillBooks(url, workspaces);
  return url;
}

async function issueKey(url: string): Promise<string> {
  const sql = connect(url, { max: 1 });
  const { key } = await issueApiKey(sql, { product: 'studio', scopes: ['debit'], mode: 'test' });
  await sql.end();
  return key;
}

async function startApi(
  database: PostgresProcess,
  directory: string,
  name: string,
): Promise<Mortal & { readonly url: string }> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const home = path.join(directory, name);
  fs.mkdirSync(home);
  const config = loadConfig({
    DATABASE_URL: database.urlOf('siege', 'tollgate_app'),
    // Nobody is there: a debit asks neither.
    ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', SMTP_URL: 'smtp://127.0.0.1:9' },
    ...{ STRIPE_SECRET_KEY: 'sk_test_siege', STRIPE_WEBHOOK_SECRETS: 'whsec_siege' },
    ...{ MAIL_FROM: 'siege@example.com', TOLLGATE_PORT: `${port}`, LOG_LEVEL: 'error' },
    TOLLGATE_PUBLIC_URL: url,
  });
  return { url, ...(await startProductProcess('api', config, home)) };
}

type Caller = {
  readonly clients: readonly [HttpClient, HttpClient];
  readonly chance: Chance;
  readonly number: number;
  readonly workspaces: number;
};

/** One run after another, at either process; answers the receipts. */
async function callOn(caller: Caller, stopping: AbortSignal): Promise<readonly string[]> {
  const { clients, chance, number, workspaces } = caller;
  const receipts: string[] = [];
  for (let call = 0; !stopping.aborted; call += 1) {
    const workspace = chance.below(hotOneIn) === 0 ? 0 : 1 + chance.below(workspaces);
    const body = { lines: [{ line: 'tools', credits: '1' }], runId: `run-${number}-${call}` };
    const answer = await chance
      .pick(clients)
      .post(`/api/workspaces/w${workspace}/debits`, body, `key-${number}-${call}`);
    if (answer.status === 200) receipts.push(String(answer.body['id']));
    else if (answer.status !== 402) throw new Error(`answered ${answer.status}`);
  }
  return receipts;
}

async function strikeAll(
  standing: Readonly<Record<Part, Mortal>>,
  blows: readonly Blow[],
): Promise<void> {
  for (const blow of blows) {
    await pause(blow.afterMs);
    await Promise.all(blow.parts.map((part) => standing[part].kill()));
    for (const part of parts) if (blow.parts.includes(part)) await standing[part].restart();
  }
  await pause(300);
}

/** What holds after any siege. */
export function faultsOf({ acknowledged, booked }: Survived): object {
  const known = new Set(booked.receipts);
  return {
    lost: acknowledged.filter((id) => !known.has(id)).length,
    // Each run has one key: what has two receipts was charged twice.
    twice: booked.receipts.length - new Set(booked.runs).size,
    unacknowledged: booked.receipts.length - new Set(acknowledged).size,
    overspent: booked.spentMost > hotCredits,
    breaches: booked.breaches,
  };
}

export const noFaults = {
  ...{ lost: 0, twice: 0, unacknowledged: 0, overspent: false },
  breaches: [],
};
