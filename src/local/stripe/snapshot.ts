import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Ids } from './ids.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

const format = 1;

const snapshot = z.object({
  format: z.literal(format),
  ids: z.object({ seed: z.string(), drawn: z.number() }),
  tables: z.record(z.string(), z.array(z.tuple([z.string(), z.unknown()]))),
});

/** Writes the whole state beside the file and then in its place, so that no crash halves it. */
export function saveSnapshot(world: World, file: string): void {
  const tables = Object.fromEntries(
    Object.entries(world.tables).map(([name, rows]: [string, Map<string, unknown>]) => [
      name,
      [...rows].filter(([, row]) => name !== 'idempotency' || isAnswered(row)),
    ]),
  );
  const whole = { format, ids: world.ids.save(), tables };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(whole));
  renameSync(`${file}.new`, file);
}

/** A request that was running when the process ended is forgotten, and may be sent again. */
const isAnswered = (row: unknown): boolean =>
  typeof row === 'object' && row !== null && 'answer' in row;

/** Continues from the file, where there is one. */
export function loadSnapshot(world: World, file: string): void {
  if (!existsSync(file)) return;
  const read = snapshot.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!read.success) {
    throw new Error(`${file} is no snapshot of this version of the emulator: delete it.`);
  }
  world.ids = new Ids(read.data.ids);
  for (const [name, rows] of Object.entries(world.tables)) {
    // The file was written from these same tables, by `saveSnapshot` of the same format.
    const table = rows as Map<string, unknown>;
    for (const [key, row] of read.data.tables[name] ?? []) table.set(key, row);
  }
}

/** Forgets everything but the ids already given out. */
export function clearTables(tables: Tables): void {
  Object.values(tables).forEach((table: Map<string, unknown>) => table.clear());
}
