import fs from 'node:fs';
import path from 'node:path';

/** The text of a file, or nothing when there is no such file. Any other trouble is thrown. */
export function readIfPresent(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Written beside and renamed into place, so that a crash never leaves half a file. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  fs.writeFileSync(draft, text, { mode });
  fs.renameSync(draft, file);
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** The end of a log, for a message about the process that wrote it. */
export function lastLines(file: string, count = 12): string {
  const lines = (readIfPresent(file) ?? '').trimEnd().split('\n');
  return lines.slice(-count).join('\n');
}
