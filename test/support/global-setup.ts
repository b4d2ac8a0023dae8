import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { StackParts } from './stack.ts';
import { sweepDeadTestRuns } from '../../src/local/test-runs.ts';
import { TestStack } from './test-stack.ts';

const PARTS: readonly (keyof StackParts)[] = ['postgres', 'temporal', 'workflowBundle'];

/**
 * One stack for the whole run, started part by part as the tests ask for it: tests of the kernel
 * wait for nothing. The tests run in other processes, so they ask over a local HTTP address.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepDeadTestRuns();
  const stack = new TestStack();
  const killAtExit = (): void => stack.killAtExit();
  process.once('exit', killAtExit);
  const server = http.createServer((request, response) => {
    const part = PARTS.find((name) => request.url === `/${name}`);
    if (part === undefined) {
      response.writeHead(404).end();
      return;
    }
    stack.request(part).then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  // A connection that is closed while it idles may be the one that a test's next request goes to.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address, never a pipe's name
  project.provide('stackUrl', `http://127.0.0.1:${port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await stack.stop();
    process.off('exit', killAtExit);
  };
}
