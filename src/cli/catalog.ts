/** `tollgate catalog check|publish|versions|diff`: a product's terms, from a file to a version. */
import { check } from './catalog/check.ts';
import { publish } from './catalog/publish.ts';
import { diff, versions } from './catalog/versions.ts';
import { runVerbs } from './shared/run-verbs.ts';

process.exitCode = await runVerbs(
  'catalog',
  [check, publish, versions, diff],
  process.argv.slice(2),
);
