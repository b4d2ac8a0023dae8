import fs from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../local/files.ts';
import { stopLeftovers } from '../local/parts.ts';
import { dataPath } from '../local/paths.ts';
import { findRunningOwner } from '../local/pid-file.ts';
import { possibleHomes } from '../local/postgres-home.ts';
import { stopPostgres } from '../local/postgres.ts';
import { identifyProcess } from '../local/process.ts';

const runsDirectory = dataPath('demo');
const ownerFile = (directory: string): string => path.join(directory, 'owner.json');

/** The directory of this process's demo: nothing in it is shared with another stack. */
export function openDemoRun(): string {
  const directory = path.join(runsDirectory, `run-${process.pid}`);
  writeWhole(ownerFile(directory), JSON.stringify(identifyProcess(process.pid)));
  return directory;
}

/** Ends what killed demos of this clone left behind. Demos that run are left alone. */
export async function sweepDeadDemoRuns(say: (line: string) => void): Promise<void> {
  const names = fs.existsSync(runsDirectory) ? fs.readdirSync(runsDirectory) : [];
  for (const directory of names.map((name) => path.join(runsDirectory, name))) {
    if (findRunningOwner(ownerFile(directory)) !== undefined) continue;
    await stopLeftovers(directory, say);
    const postgres = path.join(directory, 'postgres');
    if (fs.existsSync(postgres)) await stopPostgres(postgres);
    removeDemoRun(directory);
  }
}

export function removeDemoRun(directory: string): void {
  for (const place of [...possibleHomes(path.join(directory, 'postgres')), directory]) {
    fs.rmSync(place, { recursive: true, force: true });
  }
}
