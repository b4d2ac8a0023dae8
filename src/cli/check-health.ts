/**
 * `node dist/src/cli/check-health.js api|worker`: whether the process beside it works, by its exit
 * status. The API says so itself; a worker is alive while Temporal sees it ask for work.
 */
import os from 'node:os';
import { ConfigMistakes, loadConfig, type Config } from '../config.ts';
import { connectClient } from '../temporal/connect.ts';

const waitMs = 4_000;
/** A worker asks for a minute at a time, so one that lives was seen within two. */
const seenWithinMs = 120_000;
const workflowQueue = 1; // temporal.api.enums.v1.TaskQueueType

async function isApiReady({ http }: Config): Promise<boolean> {
  const host = http.host === '0.0.0.0' ? '127.0.0.1' : http.host;
  const url = `http://${host}:${http.port}/readyz`;
  return (await fetch(url, { signal: AbortSignal.timeout(waitMs) })).ok;
}

async function isWorkerPolling({ temporal }: Config): Promise<boolean> {
  const client = connectClient(temporal);
  const { pollers } = await client.connection.withDeadline(Date.now() + waitMs, () =>
    client.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: temporal.taskQueue },
      taskQueueType: workflowQueue,
    }),
  );
  await client.connection.close();
  // Workers call themselves `<pid>@<host>`; in a container the host is the container itself.
  return pollers.some(({ identity, lastAccessTime }) => {
    const seenAt = Number(lastAccessTime?.seconds ?? 0) * 1_000;
    return identity?.endsWith(`@${os.hostname()}`) && Date.now() - seenAt < seenWithinMs;
  });
}

async function isHealthy(part: string | undefined): Promise<boolean> {
  switch (part) {
    case 'api':
      return isApiReady(loadConfig(process.env));
    case 'worker':
      return isWorkerPolling(loadConfig(process.env));
    case undefined:
    default:
      throw new Error('say whose health to check: check-health api, or check-health worker');
  }
}

try {
  process.exitCode = (await isHealthy(process.argv[2])) ? 0 : 1;
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // Who is away cannot say so: the reason is for the log of health checks.
  console.error(error instanceof ConfigMistakes ? error.message : String(error));
  process.exitCode = 1;
}
