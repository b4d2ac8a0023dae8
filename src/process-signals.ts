import type { Logger } from 'pino';

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
