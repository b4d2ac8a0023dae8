/**
 * How everybody else reaches the workspaces' workflows: started if none runs, rung, sent commands.
 */
import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import type { CommandKind } from '../domain/life/commands.ts';
import type { LifecycleDesk } from '../ports/lifecycle-desk.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { lookAgain, updates } from '../workflows/messages.ts';

/** One workspace, one workflow, found by this id. */
export const workflowIdOf = (of: WorkspaceRef): string => `workspace/${of.product}/${of.workspace}`;

const workflowType = 'workspaceBilling';
const answerWaitMs = 10_000;
const retryDelayMs = 200;

export function workspaceClient(
  client: Client,
  settings: { readonly taskQueue: string; readonly report: (problem: unknown) => void },
): LifecycleDesk {
  const startOf = (of: WorkspaceRef): Start => ({
    workflowId: workflowIdOf(of),
    taskQueue: settings.taskQueue,
    args: [{ product: of.product, workspace: of.workspace }],
  });
  return {
    carryOut: (of, command) =>
      within(answerWaitMs, () => update(client, startOf(of), command), settings.report),
    ring: async (of) => {
      try {
        await client.workflow.signalWithStart(workflowType, {
          ...startOf(of),
          signal: lookAgain,
          signalArgs: [],
        });
      } catch (error) {
        // What was stored waits; the sweeper rings again.
        settings.report(error);
      }
    },
  };
}

type Start = {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: [WorkspaceRef];
};

async function update(
  client: Client,
  start: Start,
  command: { readonly id: string; readonly kind: CommandKind },
): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation(workflowType, {
    ...start,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await client.workflow.executeUpdateWithStart(updates[command.kind], {
    args: [{ command: command.id }],
    updateId: command.id,
    startWorkflowOperation,
  });
}

/**
 * Tries until the time is over. An update that met a continue-as-new fails to its sender and is sent again
 * under the same id; a lifecycle that is away answers nothing, and the command's row waits for it.
 */
async function within(
  milliseconds: number,
  attempt: () => Promise<void>,
  report: (problem: unknown) => void,
): Promise<'settled' | 'waiting'> {
  const until = Date.now() + milliseconds;
  const timeIsOver = new Promise<'waiting'>((resolve) => {
    setTimeout(() => resolve('waiting'), milliseconds).unref();
  });
  const tries = async (): Promise<'settled' | 'waiting'> => {
    while (Date.now() < until) {
      try {
        await attempt();
        return 'settled';
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError) throw error;
        report(error);
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
    return 'waiting';
  };
  return Promise.race([tries(), timeIsOver]);
}
