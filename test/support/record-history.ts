import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { connectClient } from '../../src/temporal/connect.ts';
import { workflowIdOf } from '../../src/temporal/workspace-client.ts';
import type { WorkspaceRef } from '../../src/ports/workspace-ref.ts';
import type { World } from './world.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../replay/histories');

/**
 * Keeps a life's history for the replay tests by its name, when `RECORD_HISTORIES` is set: once per release, and
 * never again for a released one. Otherwise nothing is done.
 */
export async function recordHistory(
  world: World,
  of: WorkspaceRef,
  name: string = of.product,
): Promise<void> {
  const release = process.env['RECORD_HISTORIES'];
  if (release === undefined || release === '') return;
  const client = connectClient(world.config.temporal);
  try {
    const history = await client.workflow.getHandle(workflowIdOf(of)).fetchHistory();
    writeFileSync(path.join(folder, `${release}-${name}.json`), `${historyToJSON(history)}\n`);
  } finally {
    await client.connection.close();
  }
}
