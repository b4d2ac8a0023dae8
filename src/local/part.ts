import { setTimeout as delay } from 'node:timers/promises';

/** What the stack needs to know of a running part. */
export interface RunningPart {
  /** Settles when the part has ended, with how it ended. */
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
  /** At once, without saving anything; for the second Ctrl-C. */
  readonly kill: () => void;
}

export interface PartPlan {
  readonly name: string;
  readonly launch: () => Promise<RunningPart>;
  readonly say: (line: string) => void;
}

/** Waits so long, or until the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** A part that ran for so long was healthy, so its next end is a new trouble. */
const HEALTHY_AFTER_MS = 60_000;

/** A part that is started again, with growing pauses, whenever it ends on its own. */
export class SupervisedPart {
  private readonly plan: PartPlan;
  private readonly pause: Pause;
  private readonly stopping = new AbortController();
  private running: RunningPart | undefined;
  private launching: Promise<void> = Promise.resolve();
  private guard: Promise<void> = Promise.resolve();

  constructor(plan: PartPlan, pause: Pause = pauseUnlessAborted) {
    this.plan = plan;
    this.pause = pause;
  }

  /** Resolves when the part is ready. The first start is not tried again: its trouble is reported. */
  async start(): Promise<void> {
    await this.launch();
    this.guard = this.keepRunning();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    // A part in mid-start is stopped as soon as it can be; whether it failed no longer matters.
    await Promise.allSettled([this.launching]);
    await this.running?.stop();
    await this.guard;
  }

  kill(): void {
    this.stopping.abort();
    this.running?.kill();
  }

  private launch(): Promise<void> {
    this.launching = this.plan.launch().then((part) => {
      this.running = part;
    });
    return this.launching;
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.stopping;
    let pauseMs = BACKOFF_FIRST_MS;
    let trouble = await this.awaitEnd();
    while (!signal.aborted) {
      if (trouble.ranMs >= HEALTHY_AFTER_MS) pauseMs = BACKOFF_FIRST_MS;
      const { name, say } = this.plan;
      say(`${name} ended (${trouble.how}); starting it again in ${pauseMs / 1_000} s`);
      await this.pause(pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, BACKOFF_MAX_MS);
      trouble = await this.relaunch();
    }
  }

  private async relaunch(): Promise<{ how: string; ranMs: number }> {
    try {
      await this.launch();
    } catch (error) {
      return { how: error instanceof Error ? error.message : String(error), ranMs: 0 };
    }
    this.plan.say(`${this.plan.name} runs again`);
    return this.awaitEnd();
  }

  private async awaitEnd(): Promise<{ how: string; ranMs: number }> {
    const startedAt = performance.now();
    const how = (await this.running?.ended) ?? 'never started';
    return { how, ranMs: performance.now() - startedAt };
  }
}

async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}
