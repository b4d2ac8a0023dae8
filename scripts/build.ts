// What production runs: plain JavaScript, the workflows' bundle, the migrations, in one directory.
// `npm run build`, or with a place of one's own: `npm run build -- --out DIR`. With `--bench` the
// benchmarks as well, which measure what production runs: types unchecked, and without the bundle.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorkflowBundle } from '../src/local/workflow-bundle.ts';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { out: { type: 'string', default: 'dist' }, bench: { type: 'boolean', default: false } },
});
const out = path.resolve(values.out);

/** Nothing of an earlier build may stay: a module that was removed must not be found any more. */
function makeEmpty(): void {
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
}

function compile(): void {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const project = values.bench ? 'tsconfig.bench.json' : 'tsconfig.build.json';
  const args = [tsc, '-p', path.join(root, project), '--outDir', out];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the sources do not compile: see above');
}

makeEmpty();
compile();
// The compiled migrate looks for them beside the compiled src/, as the source does beside src/.
fs.cpSync(path.join(root, 'migrations'), path.join(out, 'migrations'), { recursive: true });
if (!values.bench) await buildWorkflowBundle(path.join(out, 'workflow-bundle.js'));
console.error(`Built ${out}`);
