/**
 * `npm run --silent cases -- FILE…`: numeric cases of other billing engines through the domain kernel.
 * One line of JSON a case, then the totals. 0: none failed; 1: some did; 2: a file cannot be read.
 */
import fs from 'node:fs';
import { readCases, UnreadableFile, type Case } from '../cases/case-file.ts';
import { runCase } from '../cases/run-case.ts';

const usage = 'usage: npm run --silent cases -- FILE…';

/** Every file is read before the first case runs: a mistake shows before the first line. */
function readAll(files: readonly string[]): readonly Case[] {
  if (files.length === 0) throw new UnreadableFile(`no file is named. ${usage}`);
  return files.flatMap((file) => {
    try {
      return readCases(fs.readFileSync(file, 'utf8'));
    } catch (error) {
      if (error instanceof UnreadableFile) throw new UnreadableFile(`${file} ${error.message}`);
      if (!isFileError(error)) throw error;
      throw new UnreadableFile(`${file} cannot be read: ${error.code}. ${usage}`);
    }
  });
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error;

function main(files: readonly string[]): number {
  try {
    const counts = { passed: 0, failed: 0, unsupported: 0 };
    const columns = { pass: 'passed', fail: 'failed', unsupported: 'unsupported' } as const;
    for (const one of readAll(files)) {
      const verdict = runCase(one);
      counts[columns[verdict.status]] += 1;
      console.log(JSON.stringify(verdict));
    }
    console.log(JSON.stringify(counts));
    return counts.failed === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    console.error(`cases: ${error.message}`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
