import { existsSync } from 'node:fs';
import path from 'node:path';

/** A program in one of these directories or on PATH; undefined: it is not installed. */
export const findProgram = (name: string, also: readonly string[] = []): string | undefined =>
  [...(process.env['PATH'] ?? '').split(path.delimiter), ...also]
    .map((place) => path.join(place, name))
    .find((file) => existsSync(file));
