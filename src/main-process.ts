import type { Logger } from 'pino';

/** Mistakes of the person who starts a process; their messages say what to put right. */
const mistakesOfPeople = ['ConfigMistakes', 'CatalogMistakes', 'VersionChanged'];

/** Runs a process; what a person can put right is told without a stack. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isForPeople = error instanceof Error && mistakesOfPeople.includes(error.name);
    console.error(isForPeople ? error.message : error);
    process.exit(1);
  }
}

/** The process owns its signals: the first SIGTERM or SIGINT drains and exits, and further ones wait. */
export function drainOnSignals(running: { drain(): Promise<void> }, log: Logger): void {
  let draining = false;
  const drain = (): void => {
    if (draining) return;
    draining = true;
    log.info('draining');
    running.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not drain');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
}
