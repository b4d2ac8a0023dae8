import type { TestResult } from '../../src/cli/conformance/judge.ts';
import { citedIn } from '../../src/cli/conformance/rules.ts';
import type { Break } from './breaks.ts';

/** What became of a break. */
export type Judged = {
  readonly broken: Break;
  /** `unseen`: no test could run, so nothing is known. */
  readonly verdict: 'noticed' | 'survived' | 'unseen';
  /** Its rules, each with the title of the first test that failed for it. */
  readonly shown: ReadonlyMap<string, string>;
  /** The first test that failed, whatever it cites. */
  readonly by: string | null;
};

/** A break is noticed when a test failed; of a break of rules, a test for each of them. */
export function judge(broken: Break, results: readonly TestResult[]): Judged {
  const ran = results.filter(({ status }) => status !== 'other');
  const failed = ran.filter(({ status }) => status === 'failed');
  const shown = new Map<string, string>();
  for (const { title } of failed) {
    for (const id of citedIn(title)) {
      if (broken.rules.includes(id) && !shown.has(id)) shown.set(id, title);
    }
  }
  const whole = failed.length > 0 && broken.rules.every((id) => shown.has(id));
  const verdict = ran.length === 0 ? 'unseen' : whole ? 'noticed' : 'survived';
  return { broken, verdict, shown, by: failed[0]?.title ?? null };
}

/** Which of these rules no test cites that has passed. */
export function uncited(rules: readonly string[], results: readonly TestResult[]): string[] {
  const passed = results.filter(({ status }) => status === 'passed');
  const cited = passed.flatMap(({ title }) => citedIn(title));
  return rules.filter((id) => !cited.includes(id));
}
