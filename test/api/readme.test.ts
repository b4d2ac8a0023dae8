import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { serveApi } from './support/served.ts';

const run = promisify(execFile);

test('the first integration in the README runs as it is pasted, and ends with a receipt', async () => {
  const readme = await readFile('README.md', 'utf8');
  const program = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  expect(program).toContain('http://127.0.0.1:4000');
  const served = await serveApi();
  const folder = await mkdtemp(join(tmpdir(), 'first-integration-'));
  try {
    const studio = await served.client('studio', 'manage');
    const made = await studio.put('/api/workspaces/demo', { plan: 'starter', owner: 'ada' });
    expect(made.status).toBe(201);
    await mkdir(join(folder, '.data'));
    const keys = { studio: await served.key('studio', 'debit') };
    await writeFile(join(folder, '.data/demo-keys.json'), JSON.stringify(keys));
    const here = program.replace('http://127.0.0.1:4000', served.url);
    await writeFile(join(folder, 'first.mjs'), here);
    const { stdout } = await run(process.execPath, ['first.mjs'], { cwd: folder });
    expect(stdout).toContain("payer: 'demo'");
    expect(stdout).toContain("from: 'grant'");
  } finally {
    await rm(folder, { recursive: true });
    await served.stop();
  }
});
