import { citedIn, type Rule } from './rules.ts';

/** One test of a run, by its whole title. */
export type TestResult = {
  readonly file: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'other';
};

export type Verdict = {
  readonly id: string;
  /** `pending`: only a page can show it, and no test does yet. */
  readonly status: 'pass' | 'fail' | 'pending';
  /** The test that shows it, or the one that shows the contrary; null where none cites the rule. */
  readonly test: string | null;
};

/**
 * What a run says of each rule. A rule passes when a test whose title cites it has passed and none that
 * cites it has failed: a test that is skipped, or that was not run, shows nothing.
 */
export function judge(rules: readonly Rule[], results: readonly TestResult[]): Verdict[] {
  const shown = new Map<string, TestResult[]>();
  for (const result of results) {
    for (const id of citedIn(result.title)) {
      shown.set(id, [...(shown.get(id) ?? []), result]);
    }
  }
  return rules.map(({ id, tags }) => {
    const tests = shown.get(id) ?? [];
    const failed = tests.find(({ status }) => status === 'failed');
    const passed = tests.find(({ status }) => status === 'passed');
    const decisive = failed ?? passed;
    if (decisive !== undefined) {
      const test = `${decisive.file}: ${decisive.title}`;
      return { id, status: failed === undefined ? 'pass' : 'fail', test };
    }
    const onlyPage = tags.every((tag) => tag === 'U') && tests.length === 0;
    return { id, status: onlyPage ? 'pending' : 'fail', test: null };
  });
}

/** A line for each rule, and the totals. */
export function textOf(rules: readonly Rule[], verdicts: readonly Verdict[]): string {
  const texts = new Map(rules.map(({ id, text }) => [id, text]));
  const lines = verdicts.map(({ id, status, test }) => {
    const words = test ?? `no test shows: ${texts.get(id) ?? ''}`;
    return `${id}  ${status.padEnd(7)}  ${words}`;
  });
  const count = (status: Verdict['status']): number =>
    verdicts.filter((verdict) => verdict.status === status).length;
  const totals = `${count('pass')} pass, ${count('fail')} fail, ${count('pending')} pending`;
  return [...lines, '', totals].join('\n');
}
