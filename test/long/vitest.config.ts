import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from '../support/closing-line.ts';

const minuteMs = 60_000;

/** One round of `npm run test:long`: what draws its cases, at full count, by the round's seed. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    include: [
      'test/long/*.rounds.ts',
      'test/domain/*laws.test.ts',
      'test/domain/no-gaming.test.ts',
      'test/store/ledger/*programs.test.ts',
      'test/chaos/ledger-faults.test.ts',
    ],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/seed.ts'],
    provide: { longSeed: Number(process.env['LONG_SEED']) },
    pool: 'forks',
    maxWorkers: '50%',
    testTimeout: 15 * minuteMs,
    hookTimeout: 5 * minuteMs,
    teardownTimeout: 30_000,
    reporters: ['default', new ClosingLine()],
  },
});
