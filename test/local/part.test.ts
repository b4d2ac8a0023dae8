import { describe, expect, test } from 'vitest';
import { SupervisedPart } from '../../src/local/part.ts';
import type { RunningPart } from '../../src/local/part.ts';

interface Stage {
  readonly part: SupervisedPart;
  readonly said: string[];
  readonly pauses: number[];
  readonly stopped: number[];
  /** Ends the latest run as a crash would, and waits for what follows. */
  readonly crash: (how: string) => Promise<void>;
  /** Lets the next launches fail with this message; none when undefined. */
  failure: string | undefined;
}

/** A part without a process: its ends are told to it, and pauses take no time. */
function makeStage(): Stage {
  let launches = 0;
  let endLatest: (how: string) => void = () => undefined;
  const pauses: number[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const launch = async (): Promise<RunningPart> => {
    if (stage.failure !== undefined) throw new Error(stage.failure);
    const number = ++launches;
    let end: (how: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => (end = resolve));
    endLatest = end;
    const stop = async (): Promise<void> => {
      stage.stopped.push(number);
      end('stopped');
    };
    return { ended, stop, kill: () => end('killed') };
  };
  const said: string[] = [];
  const stage: Stage = {
    said,
    pauses,
    stopped: [],
    failure: undefined,
    part: new SupervisedPart(
      { name: 'worker', launch, say: (line) => void said.push(line) },
      async (ms) => {
        pauses.push(ms);
        if (pauses.length >= 4) stage.failure = undefined;
      },
    ),
    crash: async (how) => {
      endLatest(how);
      await settle();
    },
  };
  return stage;
}

describe('a supervised part', () => {
  test('is started again when it ends on its own, and says so', async () => {
    const stage = makeStage();
    await stage.part.start();
    await stage.crash('SIGKILL');
    expect(stage.said).toEqual([
      'worker ended (SIGKILL); starting it again in 1 s',
      'worker runs again',
    ]);
    await stage.part.stop();
    expect(stage.stopped).toEqual([2]);
  });

  test('waits twice as long after each failed start', async () => {
    const stage = makeStage();
    await stage.part.start();
    stage.failure = 'no database';
    await stage.crash('status 1');
    expect(stage.pauses).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(stage.said.at(-1)).toBe('worker runs again');
    await stage.part.stop();
  });

  test('stays stopped once it was stopped', async () => {
    const stage = makeStage();
    await stage.part.start();
    await stage.part.stop();
    expect(stage.said).toEqual([]);
    expect(stage.stopped).toEqual([1]);
  });

  test('is stopped also when the stop comes while it starts', async () => {
    const stage = makeStage();
    const starting = stage.part.start();
    await stage.part.stop();
    await starting;
    expect(stage.stopped).toEqual([1]);
  });

  test('reports the trouble of its first start to whoever started it', async () => {
    const stage = makeStage();
    stage.failure = 'no database';
    await expect(stage.part.start()).rejects.toThrow('no database');
    await stage.part.stop();
  });
});
