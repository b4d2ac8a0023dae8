import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { requestWorkflowBundle } from '../support/temporal.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(here, 'histories');
const histories = readdirSync(folder).filter((file) => file.endsWith('.json'));

const historyOf = (file: string) =>
  historyFromJSON(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));

beforeAll(() => {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
});

describe('histories of every release', () => {
  test('are there to be replayed', () => {
    expect(histories.length).toBeGreaterThanOrEqual(2);
  });

  test.each(histories)('%s replays on the present code', async (file) => {
    const codePath = await requestWorkflowBundle();
    const replay = Worker.runReplayHistory({ workflowBundle: { codePath } }, historyOf(file));
    await expect(replay).resolves.toBeUndefined();
  });

  test.each(histories)(
    '%s is refused by code whose commands come in another order',
    async (file) => {
      const { code } = await bundleWorkflowCode({
        workflowsPath: path.join(here, 'changed-order.ts'),
        logger: new DefaultLogger('ERROR'),
      });
      const replay = Worker.runReplayHistory({ workflowBundle: { code } }, historyOf(file));
      await expect(replay).rejects.toMatchObject({ name: 'DeterminismViolationError' });
    },
  );
});
