import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the output with one line that scripts can read. A file that could not be loaded, or an error
 * outside of any test, counts as a failure, because its tests never ran.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
    }
    const skipped = count.skipped + count.pending;
    const line = `${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`;
    // At the very end of the process: the built-in reporters print their summary after this hook.
    process.once('exit', () => process.stdout.write(line));
  }
}
