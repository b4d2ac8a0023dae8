/** `tollgate catalog check|publish|versions|diff|migrate`: a product's terms, from a file to a version. */
import { check } from './catalog/check.ts';
import { migrate } from './catalog/migrate.ts';
import { publish } from './catalog/publish.ts';
import { diff, versions } from './catalog/versions.ts';
import { runVerbs } from './shared/run-verbs.ts';

process.exitCode = await runVerbs(
  'catalog',
  [check, publish, versions, diff, migrate],
  process.argv.slice(2),
);
