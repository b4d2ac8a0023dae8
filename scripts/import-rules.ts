import fs from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';

const configFile = path.resolve(import.meta.dirname, '../.dependency-cruiser.cjs');

export interface ImportReport {
  readonly violations: readonly ImportViolation[];
  readonly ruleNames: readonly string[];
}

export interface ImportViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** Checks who imports whom in `src/` below the directory. Throws when it did not see every file. */
export async function checkImportRules(directory: string): Promise<ImportReport> {
  const ruleSet = await extractDepcruiseConfig(configFile);
  const { output } = await cruise(['src'], {
    ruleSet,
    validate: true,
    baseDir: directory,
    ...ruleSet.options,
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser reported text, not data');
  requireEveryFileSeen(
    directory,
    output.modules.map(({ source }) => source),
  );
  const comments = new Map((ruleSet.forbidden ?? []).map((rule) => [rule.name, rule.comment]));
  return {
    ruleNames: (ruleSet.forbidden ?? []).map(({ name }) => name ?? ''),
    violations: output.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
      why: comments.get(rule.name) ?? '',
    })),
  };
}

/** With a TypeScript that it does not know, dependency-cruiser finds no imports and no fault. */
function requireEveryFileSeen(directory: string, seen: readonly string[]): void {
  const sources = fs
    .readdirSync(path.join(directory, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `src/${name}`);
  const missed = sources.filter((name) => !seen.includes(name));
  if (missed.length > 0) throw new Error(`import rules did not see ${missed.join(', ')}`);
}
