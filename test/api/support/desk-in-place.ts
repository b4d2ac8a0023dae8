import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { outsideWork } from '../../../src/activities/outside-work.ts';
import { dueDeadline } from '../../../src/domain/deadlines.ts';
import { fromPlain, toPlain } from '../../../src/domain/values/plain.ts';
import { explainRefusal } from '../../../src/domain/life/refusal.ts';
import { step } from '../../../src/domain/step.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import type { LifecycleDesk } from '../../../src/ports/lifecycle-desk.ts';
import type { Desk, Projection, Waiting } from '../../../src/ports/lifecycle-store.ts';
import type { Payments } from '../../../src/ports/payments.ts';
import type { WorkspaceRef } from '../../../src/ports/workspace-ref.ts';
import { books } from '../../../src/store/books.ts';
import type { Sql } from '../../../src/store/connect.ts';
import { noticeBooks } from '../../../src/store/notice-books.ts';
import { lifecycleStore } from '../../../src/store/lifecycle-store.ts';

/**
 * The lifecycle's own decisions, rows and errands, made in this process when somebody asks: what a workflow
 * does, but for its waiting. For tests of what the API answers; the workflow has tests of its own.
 */
export function deskInPlace(sql: Sql, payments: Payments): LifecycleDesk {
  const store = lifecycleStore(sql);
  const queue = new Map<string, Promise<void>>();
  const live = async (of: WorkspaceRef): Promise<void> => {
    const opened = await store.open(of);
    if (opened === undefined) throw new Error(`no workspace ${of.workspace}`);
    const coming = opened.coming === undefined ? {} : { coming: fromPlain<Terms>(opened.coming) };
    const terms = { ...fromPlain<Terms>(opened.terms), ...coming };
    for (let desk = fromPlain<Desk>(opened.desk); ;) {
      const next = nextEvent(desk);
      if (desk.inbox > 0) await inActivity(() => work.bookInbox(of));
      else if (desk.tasks.length > 0) {
        for (const task of desk.tasks) await inActivity(() => work.perform(of, toPlain(task)));
      } else if (next === null) return;
      else await store.project(of, toPlain(decide(desk, next, terms)), []);
      desk = fromPlain<Desk>(await store.look(of, []));
    }
  };
  /** One at a time per workspace, as in a workflow. */
  const inTurn = (of: WorkspaceRef): Promise<void> => {
    const name = `${of.product}/${of.workspace}`;
    const turn = (queue.get(name) ?? Promise.resolve()).then(() => live(of));
    queue.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
  const desk: LifecycleDesk = {
    carryOut: async (of) => {
      await inTurn(of);
      return 'settled';
    },
    ring: inTurn,
  };
  const work = outsideWork({
    books: books(sql),
    notices: noticeBooks(sql),
    payments,
    desk,
    // What is mailed is a matter of the mail's own tests.
    mailer: { send: () => Promise.resolve('sent'), close: () => undefined },
    publicUrl: 'http://127.0.0.1',
  });
  return desk;
}

/** Errands log in the context of their activity. */
const inActivity = (run: () => Promise<void>): Promise<void> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(run);

function nextEvent(desk: Desk): Waiting | null {
  const [first] = desk.waiting;
  const due = dueDeadline(desk.lifecycle, desk.now);
  if (due === null || (first !== undefined && first.event.at < due.at)) return first ?? null;
  const event = { kind: 'deadlineReached', at: due.at, deadline: due.kind } as const;
  return { event, command: null, seq: null };
}

function decide({ lifecycle: life }: Desk, next: Waiting, terms: Terms): Projection {
  const { command } = next;
  const outcome = step(life, next.event, terms);
  const seenSeq = next.seq ?? life.seenSeq;
  if (outcome.ok) {
    const { state, effects } = outcome.value;
    return { lifecycle: { ...state, seenSeq }, effects, command, refusal: null };
  }
  const { kind: code } = outcome.refusal;
  return {
    lifecycle: { ...life, seenSeq, version: life.version + 1 },
    effects: [],
    command,
    refusal: { kind: 'refused', code, message: explainRefusal(outcome.refusal) },
  };
}
