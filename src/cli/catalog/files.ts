import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readCatalog } from '../../catalog/load.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import { projectRoot } from '../../local/paths.ts';
import { Misasked } from '../shared/misasked.ts';

export type ReadFile = {
  readonly file: string;
  readonly terms: Terms | undefined;
  /** Each as `file:line:column: what is wrong`. */
  readonly mistakes: readonly string[];
};

/** Reads the named catalogs, or where none is named, all of CATALOG_DIR. */
export function readFiles(named: readonly string[]): readonly ReadFile[] {
  const files = named.length > 0 ? named : filesOf(directory());
  return files.map((file) => {
    if (!existsSync(file)) throw new Misasked(`there is no file ${file}`);
    return { file, ...readCatalog(readFileSync(file, 'utf8'), file) };
  });
}

/** Beside the sources as beside a build, unless the environment names another place. */
const directory = (): string =>
  process.env['CATALOG_DIR'] || path.join(homeOfCatalogs(), 'catalogs');

const homeOfCatalogs = (): string =>
  existsSync(path.join(projectRoot, 'catalogs')) ? projectRoot : process.cwd();

function filesOf(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found = names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
  if (found.length > 0) return found.map((name) => path.relative('', path.join(folder, name)));
  throw new Misasked(`there is no catalog in ${folder}: name a file, or set CATALOG_DIR`);
}

export const countOf = (count: number, one: string): string =>
  `${count} ${one}${count === 1 ? '' : 's'}`;
