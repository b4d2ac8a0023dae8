import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readCatalog } from '../../catalog/load.ts';
import { planOf, type Interval, type Plan, type Terms } from '../../domain/terms/terms.ts';
import { CannotForesee } from './cannot-foresee.ts';

const catalogs = path.resolve(import.meta.dirname, '../../../catalogs');

/** The terms of a product of ours by its name, or of a catalog file, which may be a draft. */
export function openCatalog(wanted: string): Terms {
  const isFile = /\.ya?ml$/.test(wanted);
  const file = isFile ? wanted : path.join(catalogs, `${wanted}.yaml`);
  if (!existsSync(file)) {
    const what = isFile ? `there is no file ${wanted}` : `there is no product "${wanted}"`;
    throw new CannotForesee(`${what}: name a product of catalogs/, or a catalog's file`);
  }
  const { terms, mistakes } = readCatalog(readFileSync(file, 'utf8'), file);
  if (terms === undefined) throw new CannotForesee(mistakes.join('\n'));
  return terms;
}

/** A plan that the catalog sells by this interval. */
export function findPlan(terms: Terms, id: string, interval: Interval): Plan {
  const sold = terms.plans.filter((plan) => plan.selfServe);
  if (!sold.some((plan) => plan.id === id)) {
    const ids = sold.map((plan) => plan.id).join(', ');
    throw new CannotForesee(`${terms.name} sells no plan "${id}": choose one of ${ids}`);
  }
  const plan = planOf(terms, id);
  if (plan.prices[interval] !== undefined) return plan;
  throw new CannotForesee(`${plan.name} is not sold by the ${interval}: choose --interval`);
}
