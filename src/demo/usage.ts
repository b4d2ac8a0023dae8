import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../local/paths.ts';
import { Chance } from './chance.ts';

/** One model call of a real trace: its tokens, each in one bucket. */
export type Call = {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
};

/** The body of a debit or a hold: the lines of one run, and whom it is counted for. */
export type RunBody = {
  readonly lines: readonly object[];
  readonly member?: string;
  readonly space?: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly surface?: string;
};

/** A kind of run: how often it happens, of how many calls it is made, and who makes it. */
export type RunKind = {
  readonly weight: number;
  readonly calls: number;
  body(calls: readonly Call[], chance: Chance, member: string): RunBody;
};

export type UsagePlan = {
  /** A file in `examples/`, and its first call that is used. */
  readonly trace: string;
  readonly from: number;
  readonly seed: number;
  readonly kinds: readonly [RunKind, ...RunKind[]];
};

export type Run = { readonly body: RunBody; readonly calls: number; readonly tokens: number };

/** The line of one call, to be priced by the rate card. */
export const tokenLine = (model: string, call: Call): object => ({
  line: 'llm',
  model,
  tokens: { input: call.input, cacheRead: call.cacheRead, output: call.output },
});

/** Real calls in their order, made into runs by a seeded rule. */
export class UsageSource {
  /** Who is there to work. */
  crew: readonly [string, ...string[]];
  private readonly plan: UsagePlan;
  private readonly chance: Chance;
  private readonly calls: readonly Call[];
  private position: number;

  constructor(plan: UsagePlan, first: string) {
    this.crew = [first];
    this.plan = plan;
    this.chance = new Chance(plan.seed);
    this.calls = readTrace(plan.trace);
    this.position = plan.from;
  }

  next(): Run {
    const kind = this.chance.weigh(this.plan.kinds);
    const calls = this.calls.slice(this.position, this.position + kind.calls);
    if (calls.length < kind.calls) throw new Error(`${this.plan.trace} has no more calls`);
    this.position += kind.calls;
    const tokens = calls.reduce((sum, call) => sum + call.input + call.cacheRead + call.output, 0);
    const body = kind.body(calls, this.chance, this.chance.pick(this.crew));
    return { body, calls: kind.calls, tokens };
  }

  /** The next so many runs. */
  take(count: number): readonly Run[] {
    return Array.from({ length: count }, () => this.next());
  }
}

/** Columns: when it was, input tokens, output tokens, and of the input what a cache could serve. */
function readTrace(name: string): readonly Call[] {
  const text = fs.readFileSync(path.join(projectRoot, 'examples', name), 'utf8');
  const [, ...rows] = text.trimEnd().split('\n');
  return rows.map((row) => {
    const [, input = 0, output = 0, cached = 0] = row.split(',').map(Number);
    return { input: input - cached, cacheRead: cached, output };
  });
}
