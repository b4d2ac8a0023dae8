import { buildTemporal, downloadTemporal } from './temporal-fetch.ts';
import { findTemporal, userCacheDirectory } from './temporal-finder.ts';
import type { FoundTemporal, TemporalSearch } from './temporal-finder.ts';

/** The finder with its real sources; `npm start`, the tests and the demo all use this one. */
export const obtainTemporal = (
  env: TemporalSearch['env'],
  say: (line: string) => void,
): Promise<FoundTemporal> =>
  findTemporal({
    env,
    cacheDirectory: userCacheDirectory(env),
    download: (intoDirectory) => downloadTemporal(intoDirectory, say),
    build: (intoDirectory) => buildTemporal(intoDirectory, say),
  });
