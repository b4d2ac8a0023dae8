import type { Breach, Finding } from './identity.ts';

/** One line an identity, then the rows that break any, then the verdict. */
export function tableOf(findings: readonly Finding[]): string {
  const cells = [
    ['identity', 'checked', 'broken'],
    ...findings.map(({ name, checked, broken }) => [name, String(checked), String(broken)]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return [...lines, ...findings.flatMap(describeBroken), '', verdictOf(findings)].join('\n');
}

/** The same, for programs. */
export const jsonOf = (findings: readonly Finding[]): string =>
  JSON.stringify({ proved: areBooksProved(findings), identities: findings }, undefined, 2);

export const areBooksProved = (findings: readonly Finding[]): boolean =>
  findings.every(({ broken }) => broken === 0);

function describeBroken({ name, sentence, broken, rows }: Finding): string[] {
  if (broken === 0) return [];
  const more = broken - rows.length;
  return [
    '',
    `${name}: ${sentence}`,
    ...breachesOf({ rows }).map((breach) => `  ${breach}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** Each row that breaks an identity, in words. */
export const breachesOf = ({ rows }: Pick<Finding, 'rows'>): string[] => rows.map(describeBreach);

const describeBreach = ({ product, workspace, what, expected, actual }: Breach): string =>
  `${workspace === null ? product : `${product}/${workspace}`}, ${what}: ` +
  `expected ${expected ?? 'nothing'}, is ${actual ?? 'nothing'}`;

function verdictOf(findings: readonly Finding[]): string {
  const broken = findings.filter((finding) => finding.broken > 0);
  return broken.length === 0
    ? `The books add up: ${findings.length} identities hold.`
    : `The books do not add up: ${broken.map(({ name }) => name).join(', ')}.`;
}
