import type { Rule } from '../../src/cli/conformance/rules.ts';
import type { Break } from './breaks.ts';
import type { Judged } from './judge.ts';

const inCell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** What a break changes, in a line. */
export const changeOf = ({ file, text, becomes }: Break): string =>
  `${file}: ${text} -> ${becomes === '' ? '(nothing)' : becomes}`.replace(/\s+/g, ' ');

/** Rules that more than pages state, and that no break has shown. */
export const unproved = (rules: readonly Rule[], judged: readonly Judged[]): Rule[] => {
  const shown = new Set(judged.flatMap((each) => [...each.shown.keys()]));
  return rules.filter(({ id, tags }) => !shown.has(id) && tags.some((tag) => tag !== 'U'));
};

/** The totals in words. */
export function totalsOf(rules: readonly Rule[], judged: readonly Judged[]): string {
  const noticed = judged.filter(({ verdict }) => verdict === 'noticed').length;
  const percent = Math.floor((100 * noticed) / judged.length);
  const shown = rules.length - unproved(rules, judged).length;
  const breaks = `${noticed} of ${judged.length} breaks were noticed, ${percent} %`;
  return `${breaks}; ${shown} of ${rules.length} rules that are more than a page's were shown`;
}

function rowsOf(rule: Rule, judged: readonly Judged[]): string[] {
  const mine = judged.filter(({ shown }) => shown.has(rule.id));
  return mine.map(({ broken, shown }, index) => {
    const what = `\`${broken.file}\``;
    const id = index === 0 ? rule.id : '';
    return `| ${id} | ${what} | \`${broken.test}\`: ${inCell(shown.get(rule.id) ?? '')} |`;
  });
}

/** The whole run as a page of the documents. */
export function pageOf(rules: readonly Rule[], judged: readonly Judged[]): string {
  const beyondPages = rules.filter(({ tags }) => tags.some((tag) => tag !== 'U'));
  const survivors = judged.filter(({ verdict }) => verdict !== 'noticed');
  return [
    '# Which test fails without which rule',
    '',
    'Written by `npm run mutation`, which makes the breaks of `test/conformance/breaks.json` one at a time and runs',
    'the tests that cite the broken rule. `npm run conformance` lists the tests of all 172 rules.',
    '',
    `${totalsOf(beyondPages, judged)}.`,
    '',
    '## Survivors',
    '',
    ...(survivors.length === 0 ? ['None.'] : []),
    ...survivors.map(
      ({ broken }) => `- \`\` ${changeOf(broken)} \`\`: ${broken.survives ?? 'no reason yet'}`,
    ),
    '',
    '## Rules',
    '',
    '| rule | broken in | noticed by |',
    '| --- | --- | --- |',
    ...beyondPages.flatMap((rule) => rowsOf(rule, judged)),
    '',
  ].join('\n');
}
