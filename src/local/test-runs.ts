import fs from 'node:fs';
import path from 'node:path';
import { writeWhole } from './files.ts';
import { dataPath } from './paths.ts';
import { findRunningOwner } from './pid-file.ts';
import { possibleHomes } from './postgres-home.ts';
import { stopPostgres } from './postgres.ts';
import { identifyProcess, stopProcess } from './process.ts';

/** The directory of one test run: nothing in it is shared with another run or with `npm start`. */
export interface TestRun {
  readonly directory: string;
  readonly postgres: string;
  readonly temporal: string;
  readonly temporalPidFile: string;
}

const runsDirectory = dataPath('test');

const describeRun = (directory: string): TestRun => ({
  directory,
  postgres: path.join(directory, 'postgres'),
  temporal: path.join(directory, 'temporal'),
  temporalPidFile: path.join(directory, 'temporal.pid.json'),
});

const ownerFile = (directory: string): string => path.join(directory, 'owner.json');

export function openTestRun(): TestRun {
  const directory = path.join(runsDirectory, `run-${process.pid}`);
  writeWhole(ownerFile(directory), JSON.stringify(identifyProcess(process.pid)));
  return describeRun(directory);
}

/** Ends what killed test runs of this clone left behind. Runs that live are left alone. */
export async function sweepDeadTestRuns(): Promise<void> {
  const names = fs.existsSync(runsDirectory) ? fs.readdirSync(runsDirectory) : [];
  for (const directory of names.map((name) => path.join(runsDirectory, name))) {
    if (findRunningOwner(ownerFile(directory)) !== undefined) continue;
    const run = describeRun(directory);
    if (fs.existsSync(run.postgres)) await stopPostgres(run.postgres);
    for (const name of fs.readdirSync(directory).filter((file) => file.endsWith('.pid.json'))) {
      const leftover = findRunningOwner(path.join(directory, name));
      if (leftover !== undefined) await stopProcess(leftover);
    }
    removeTestRun(run);
  }
}

export function removeTestRun(run: TestRun): void {
  for (const place of [...possibleHomes(run.postgres), run.directory]) {
    fs.rmSync(place, { recursive: true, force: true });
  }
}
