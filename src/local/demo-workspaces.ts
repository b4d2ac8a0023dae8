import { z } from 'zod';
import { loadCatalogs } from '../catalog/load.ts';
import type { Terms } from '../domain/terms/terms.ts';
import { issueApiKey } from '../store/api-keys.ts';
import { connect } from '../store/connect.ts';
import { readIfPresent, writeWhole } from './files.ts';
import { StackProblem } from './stack-problem.ts';

/** The biggest plan that runs before there is a card: it shows the most. */
function demoPlanOf({ plans }: Terms): string {
  const open = plans.filter(
    ({ selfServe, requiresPaymentMethod, trial, holder }) =>
      selfServe && (!requiresPaymentMethod || trial !== null || holder === 'user'),
  );
  const [biggest] = open.toSorted((a, b) => b.rank - a.rank);
  // Without such a plan the workspace shows what it needs: a payment method.
  const plan = biggest ?? plans.find(({ selfServe }) => selfServe);
  if (plan === undefined) throw new StackProblem('A product without a plan to sell has no demo.');
  return plan.id;
}

const keysSchema = z.record(z.string(), z.string());

/** A key and a workspace `demo` for each product; both are kept between starts. */
export async function loadDemoWorkspaces(local: {
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly catalogDirectory: string;
  readonly keysFile: string;
}): Promise<void> {
  const keys = keysSchema.parse(JSON.parse(readIfPresent(local.keysFile) ?? '{}'));
  const products = loadCatalogs(local.catalogDirectory);
  const sql = connect(local.databaseUrl, { max: 1 });
  try {
    for (const { product } of products) {
      keys[product] ??= (
        await issueApiKey(sql, {
          product,
          scopes: ['debit', 'record', 'read', 'manage', 'admin'],
          mode: 'test',
        })
      ).key;
    }
  } finally {
    await sql.end();
  }
  writeWhole(local.keysFile, `${JSON.stringify(keys, undefined, 2)}\n`, 0o600);
  await Promise.all(
    products.map((terms) => makeDemo(local.publicUrl, keys[terms.product] ?? '', terms)),
  );
}

async function makeDemo(publicUrl: string, key: string, terms: Terms): Promise<void> {
  const plan = demoPlanOf(terms);
  const response = await fetch(`${publicUrl}/api/workspaces/demo`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ plan, owner: 'demo-owner', timeZone: 'UTC' }),
  });
  if (response.ok) return;
  throw new StackProblem(
    `The demo workspace of ${terms.product} could not be made: ${await response.text()}\n` +
      'Run npm run reset for fresh data, then npm start again.',
  );
}
