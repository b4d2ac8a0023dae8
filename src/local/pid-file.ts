import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { hasCode, readIfPresent, writeWhole } from './files.ts';
import { identifyProcess, isRunning } from './process.ts';
import type { ProcessIdentity } from './process.ts';

const identitySchema = z.object({ pid: z.int(), startedAt: z.string() });

/** The process that wrote the file, if it still runs. A damaged file names nobody. */
export function findRunningOwner(file: string): ProcessIdentity | undefined {
  const identity = parseIdentity(readIfPresent(file) ?? '');
  return identity !== undefined && isRunning(identity) ? identity : undefined;
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/**
 * Writes this process's identity into the file, unless a process that still runs stands there: then
 * that one is returned. The file appears whole and only once, so of two that claim, one gets it.
 */
export function claimPidFile(file: string): ProcessIdentity | undefined {
  const draft = `${file}.${process.pid}.draft`;
  writeWhole(draft, JSON.stringify(identifyProcess(process.pid)));
  try {
    for (;;) {
      if (linkIfFree(draft, file)) return undefined;
      const owner = findRunningOwner(file);
      if (owner !== undefined) return owner;
      removeDeadClaim(file);
    }
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function linkIfFree(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moved away before it is looked at again: another claimant may have put its own there meanwhile. */
function removeDeadClaim(file: string): void {
  const aside = path.join(path.dirname(file), `dead-claim-${process.pid}`);
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (findRunningOwner(aside) !== undefined) linkIfFree(aside, file);
  fs.rmSync(aside, { force: true });
}
