import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that need nothing but the kernel: one that fails is enough to see that a break is noticed. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/**/*.test.ts'],
    bail: 1,
    // A test that is only slow must not count as one that noticed.
    testTimeout: 120_000,
    maxWorkers: 1,
    reporters: ['dot'],
  },
});
