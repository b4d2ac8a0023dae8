import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { commandKinds, type CommandResult } from '../domain/life/commands.ts';
import { lookAgain, updates, type CommandMessage } from './messages.ts';

/**
 * Takes in what reaches a workflow. Handlers only note that something came, and updates wait for their
 * answer; the main line does the work. Safe to run again: it keeps nothing that Postgres does not have.
 */
export type Reception = {
  /** Whether somebody rang since the last look. */
  rung: boolean;
  /** Commands whose answers somebody waits for. */
  readonly asked: Set<string>;
  answer(answers: Readonly<Record<string, CommandResult>>): void;
};

export function openReception(): Reception {
  const answers = new Map<string, CommandResult>();
  const reception: Reception = {
    rung: true,
    asked: new Set(),
    answer: (given) => {
      for (const [command, result] of Object.entries(given)) answers.set(command, result);
    },
  };
  setHandler(lookAgain, () => {
    reception.rung = true;
  });
  for (const kind of commandKinds) {
    setHandler(
      updates[kind],
      async ({ command }: CommandMessage) => {
        reception.asked.add(command);
        reception.rung = true;
        await condition(() => answers.has(command));
        const result = answers.get(command);
        reception.asked.delete(command);
        answers.delete(command);
        if (result === undefined) throw ApplicationFailure.nonRetryable('answer lost', 'Defect');
        return result;
      },
      { validator: refuseMalformed },
    );
  }
  return reception;
}

/** Synchronous, or it would never refuse. Only a malformed message is refused here, never a rule. */
function refuseMalformed(message: CommandMessage): void {
  const { command }: { readonly command: unknown } = message;
  if (typeof command !== 'string' || !/^[0-9a-f-]{36}$/.test(command)) {
    throw ApplicationFailure.nonRetryable('"command" must be the id of a command', 'Malformed');
  }
}
