import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CommandKind, CommandResult } from '../domain/life/commands.ts';
import type { Lifecycle } from '../domain/life/lifecycle.ts';
import type { Plain } from '../domain/values/plain.ts';

/** The id of a command's row, which says what is asked. */
export type CommandMessage = { readonly command: string };

/** What the `lifecycle` query answers: the state, and the last decisions in words. */
export type LifecycleView = {
  readonly state: Plain<Lifecycle> | null;
  readonly decisions: readonly string[];
};

const asUpdate = (kind: CommandKind) => defineUpdate<CommandResult, [CommandMessage]>(kind);

/** One update per command, so that a history says what was asked. */
export const updates = {
  start: asUpdate('start'),
  changePlan: asUpdate('changePlan'),
  cancelScheduledChange: asUpdate('cancelScheduledChange'),
  cancel: asUpdate('cancel'),
  reactivate: asUpdate('reactivate'),
  setSeats: asUpdate('setSeats'),
  topUp: asUpdate('topUp'),
  setAutoTopUp: asUpdate('setAutoTopUp'),
  moveTerms: asUpdate('moveTerms'),
  setTimeZone: asUpdate('setTimeZone'),
  issueInvoice: asUpdate('issueInvoice'),
  agreeContract: asUpdate('agreeContract'),
  endContract: asUpdate('endContract'),
  advanceClock: asUpdate('advanceClock'),
  refundTopUp: asUpdate('refundTopUp'),
} as const satisfies Readonly<Record<CommandKind, unknown>>;

/** The doorbell: something was stored, look again. */
export const lookAgain = defineSignal('lookAgain');

export const lifecycleQuery = defineQuery<LifecycleView>('lifecycle');
