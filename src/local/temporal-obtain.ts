import { buildTemporal, downloadTemporal } from './temporal-fetch.ts';
import { findTemporal, userCacheDirectory } from './temporal-finder.ts';
import type { FoundTemporal, TemporalSearch } from './temporal-finder.ts';

export interface ObtainOptions {
  readonly env: TemporalSearch['env'];
  readonly say: (line: string) => void;
  /** Aborted when nobody waits for the server any more; a build then ends. */
  readonly signal: AbortSignal;
}

/** The finder with its real sources; `npm start`, the tests and the demo all use this one. */
export const obtainTemporal = ({ env, say, signal }: ObtainOptions): Promise<FoundTemporal> =>
  findTemporal({
    env,
    cacheDirectory: userCacheDirectory(env),
    download: (intoDirectory) => downloadTemporal(intoDirectory, say),
    build: (intoDirectory) => buildTemporal({ intoDirectory, say, signal }),
  });
