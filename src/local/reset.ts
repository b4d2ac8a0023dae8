import fs from 'node:fs';
import path from 'node:path';
import { sweepDeadDemoRuns } from '../demo/runs.ts';
import { stopLeftovers } from './parts.ts';
import { dataDirectory, dataPath } from './paths.ts';
import { findRunningOwner } from './pid-file.ts';
import { possibleHomes } from './postgres-home.ts';
import { stopPostgres } from './postgres.ts';
import { stopProcess } from './process.ts';
import { startClaimFile } from './start-claim.ts';
import { sweepDeadTestRuns } from './test-runs.ts';

const say = (line: string): void => {
  process.stderr.write(`reset: ${line}\n`);
};

/** Stops what runs from this clone and removes all of its local data. */
async function reset(): Promise<void> {
  const running = findRunningOwner(startClaimFile);
  if (running !== undefined) {
    say(`stopping npm start (process ${running.pid})`);
    await stopProcess(running, 90_000);
  }
  await stopLeftovers(dataDirectory, say);
  const postgresHomes = possibleHomes(dataPath('postgres')).filter((home) => fs.existsSync(home));
  if (postgresHomes.length > 0) await stopPostgres(dataPath('postgres'));
  await sweepDeadTestRuns();
  await sweepDeadDemoRuns(say);
  for (const home of postgresHomes) fs.rmSync(home, { recursive: true, force: true });
  if (!fs.existsSync(dataDirectory)) return;
  for (const name of fs.readdirSync(dataDirectory)) {
    // What is left here belongs to test runs and demos that live.
    const holdsRuns = name === 'test' || name === 'demo';
    if (holdsRuns && fs.readdirSync(dataPath(name)).length > 0) continue;
    fs.rmSync(path.join(dataDirectory, name), { recursive: true, force: true });
  }
  if (fs.readdirSync(dataDirectory).length === 0) fs.rmdirSync(dataDirectory);
  say('the local data is gone; npm start begins anew');
}

await reset();
