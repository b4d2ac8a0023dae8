import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** How `npm run mutation` runs tests in a copy of the tree that has a break in it. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/seed.ts'],
    pool: 'forks',
    maxWorkers: 1,
    // A test that is only slow must not count as one that noticed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
