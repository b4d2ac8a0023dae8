import type { Instant } from '../domain/values/calendar.ts';
import type { CommandResult } from '../domain/life/commands.ts';
import type { Effect, Event, Lifecycle } from '../domain/life/lifecycle.ts';
import type { OutsideEffect } from '../domain/life/outside-effect.ts';
import type { Plain } from '../domain/values/plain.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { WorkspaceRef } from './workspace-ref.ts';

/** One outside effect that waits; its key is the business fact, and the provider's idempotency key. */
export type Task = {
  readonly id: string;
  readonly key: string;
  readonly at: Instant;
  readonly effect: OutsideEffect;
};

/** Something to step on: a fact of the feed, or a person's command. */
export type Waiting = {
  readonly event: Event;
  /** The command that asks for it, to be answered. */
  readonly command: string | null;
  /** Its number in the feed, when it is a fact. */
  readonly seq: number | null;
};

/** All that a workflow looks at when it wakes. */
export type Desk = {
  readonly lifecycle: Lifecycle;
  /** The database's time, by which deadlines of real-time workspaces are due. */
  readonly now: Instant;
  /** In the order in which they happened. */
  readonly waiting: readonly Waiting[];
  /** Stripe's events for this workspace that were stored and not yet looked into. */
  readonly inbox: number;
  readonly tasks: readonly Task[];
  /** Answers to the commands that were asked about, as far as they are settled. */
  readonly answers: Readonly<Record<string, CommandResult>>;
};

/** What one step came to, to be stored in one transaction with its effects. */
export type Projection = {
  readonly lifecycle: Lifecycle;
  readonly effects: readonly Effect[];
  readonly command: string | null;
  /** Set when the command was refused; `effects` are then empty. */
  readonly refusal: Extract<CommandResult, { readonly kind: 'refused' }> | null;
};

export type Opened = {
  readonly desk: Desk;
  readonly terms: Terms;
  /** The version that takes over at the term's end; not there: none is scheduled. */
  readonly coming?: Terms;
};

/** The lifecycle's rows in Postgres, through the one workflow that writes them. */
export interface LifecycleStore {
  /** The workspace and its pinned terms; `undefined` if there is no such workspace. */
  open(of: WorkspaceRef): Promise<Plain<Opened> | undefined>;
  /** What waits now; `asked` are commands whose answers somebody waits for. */
  look(of: WorkspaceRef, asked: readonly string[]): Promise<Plain<Desk>>;
  /**
   * Stores a step: state, read model, ledger, invoices, tasks, answer: all or nothing. Storing the same
   * version again changes nothing, so a lost answer is asked for by the same call.
   */
  project(
    of: WorkspaceRef,
    projection: Plain<Projection>,
    asked: readonly string[],
  ): Promise<Plain<Desk>>;
}
