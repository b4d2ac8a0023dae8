#!/usr/bin/env node
// `npx tollgate VERB …` in a checkout: sets it up where that is needed, then runs src/cli/tollgate.ts.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const setup = spawnSync(process.execPath, [path.join(root, 'scripts/setup.mjs')], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (setup.status !== 0) process.exit(setup.status ?? 1);

const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs');
const program = path.join(root, 'src/cli/tollgate.ts');
const args = ['--import', `file://${tsx}`, program, ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (status) => process.exit(status ?? 1));
