/** Something that a worker does over and over, until it is stopped. */
export interface Rounds {
  /** No round begins any more; ends with the one that runs. */
  stop(): Promise<void>;
}

/**
 * Runs a round at once, and the next so long after it ended. One that fails is reported, and tried again.
 */
export function startRounds(rounds: {
  readonly run: () => Promise<unknown>;
  readonly everyMs: number;
  /** After a round that failed; not given: as after any other. */
  readonly againMs?: number;
  readonly report: (problem: unknown) => void;
}): Rounds {
  const { run, everyMs, againMs = everyMs, report } = rounds;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    let nextMs = everyMs;
    try {
      await run();
    } catch (error) {
      nextMs = againMs;
      report(error);
    }
    if (!stopped) timer = setTimeout(startRound, nextMs);
  };
  let running = round();
  const startRound = (): void => {
    running = round();
  };
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
