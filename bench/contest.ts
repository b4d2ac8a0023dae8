/** How long a measurement takes: `--quick` shows the headline, a full run is what may be quoted. */
export type Effort = {
  readonly quick: boolean;
  /** Rounds that count, after one that warms up. */
  readonly rounds: number;
  readonly roundMs: number;
};

export const fullEffort: Effort = { quick: false, rounds: 5, roundMs: 3_000 };
export const quickEffort: Effort = { quick: true, rounds: 5, roundMs: 250 };

/** One round: works for about `roundMs` and answers what it reached, in the figure's unit. */
export type Measure = (roundMs: number) => number | Promise<number>;

/** What a figure has to reach: below the floor it is not done, the distance to the goal is told. */
export type Aim = {
  readonly of: 'ratio' | 'value';
  readonly better: 'more' | 'less';
  readonly goal: number;
  readonly floor: number;
};

/** Something of ours, and the peer or ceiling that it is measured beside; null where none exists. */
export type Contest = {
  readonly name: string;
  readonly unit: string;
  readonly ours: Measure;
  readonly baseline: { readonly name: string; readonly measure: Measure } | null;
  readonly aim: Aim | null;
};

export type Range = { readonly low: number; readonly high: number };

/** A result: medians over the rounds, and the range of what was aimed at. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: string | null;
  readonly baselineValue: number | null;
  /** The median of the rounds' own ratios, each of two neighbours in time. */
  readonly ratio: number | null;
  /** Of the ratios; without a baseline, of the values. */
  readonly range: Range;
  readonly aim: Aim | null;
};

/** Measures ours and the baseline in turn, so that whatever disturbs the machine disturbs both. */
export async function hold(contest: Contest, { rounds, roundMs }: Effort): Promise<Figure> {
  const { name, unit, aim, ours, baseline } = contest;
  const values: number[] = [];
  const peers: number[] = [];
  await ours(roundMs);
  await baseline?.measure(roundMs);
  for (let round = 0; round < rounds; round += 1) {
    values.push(await ours(roundMs));
    if (baseline !== null) peers.push(await baseline.measure(roundMs));
  }
  const ratios = peers.map((peer, round) => (values[round] ?? Number.NaN) / peer);
  return {
    name,
    unit,
    aim,
    value: median(values),
    baseline: baseline?.name ?? null,
    baselineValue: baseline === null ? null : median(peers),
    ratio: baseline === null ? null : median(ratios),
    range: rangeOf(baseline === null ? values : ratios),
  };
}

/** What is measured once, and has no peer. */
export const asFigure = (
  told: Pick<Figure, 'name' | 'unit' | 'value'> & { readonly aim: Aim },
): Figure => ({
  ...told,
  ...{ baseline: null, baselineValue: null, ratio: null },
  range: { low: told.value, high: told.value },
});

/** The middle value; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  if (middle.length === 0) throw new RangeError('there is no median of nothing');
  return middle.reduce((total, value) => total + value, 0) / middle.length;
}

const rangeOf = (values: readonly number[]): Range => ({
  low: Math.min(...values),
  high: Math.max(...values),
});

/** How a figure stands to its aim. */
export function verdictOn({ value, ratio, aim }: Figure): 'goal' | 'floor' | 'below' | 'none' {
  const reached = aim?.of === 'ratio' ? ratio : value;
  if (aim === null || reached === null) return 'none';
  const reaches = (mark: number): boolean =>
    aim.better === 'more' ? reached >= mark : reached <= mark;
  if (reaches(aim.goal)) return 'goal';
  return reaches(aim.floor) ? 'floor' : 'below';
}

/** Repeats synchronous work for a round; answers how often it was done per second. */
export const perSecond =
  (work: () => number): Measure =>
  (roundMs) => {
    const startedAt = performance.now();
    let done = 0;
    let now = startedAt;
    while (now - startedAt < roundMs) {
      done += work();
      now = performance.now();
    }
    return (done * 1_000) / (now - startedAt);
  };

/** Repeats synchronous work for a round; answers the milliseconds that one takes. */
export const millisecondsEach = (work: () => void): Measure => {
  const measure = perSecond(() => {
    work();
    return 1;
  });
  return async (roundMs) => 1_000 / (await measure(roundMs));
};
