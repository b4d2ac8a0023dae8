import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { describeDeadline, nextDeadline } from '../domain/deadlines.ts';
import { describeEvent, describeLife, describeTask } from '../domain/describe.ts';
import type { Event, Lifecycle } from '../domain/life/lifecycle.ts';
import { toPlain, type Plain } from '../domain/values/plain.ts';
import { planIdOf } from '../domain/life/stepping.ts';
import type { Projection, Task } from '../ports/lifecycle-store.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';

const decisionsKept = 30;

const attribute = {
  product: defineSearchAttributeKey('TollgateProduct', SearchAttributeType.KEYWORD),
  plan: defineSearchAttributeKey('TollgatePlan', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('TollgateStatus', SearchAttributeType.KEYWORD),
  nextAt: defineSearchAttributeKey('TollgateNextDeadline', SearchAttributeType.DATETIME),
  nextKind: defineSearchAttributeKey('TollgateNextDeadlineKind', SearchAttributeType.KEYWORD),
};

/** What an operator sees of a workflow: a sentence, attributes to search by, the last decisions. */
export type OperatorView = {
  state: Plain<Lifecycle> | null;
  decisions: string[];
  /** What was last written, so that only a change is. */
  shown: string;
  described: string;
  describeTask(task: Task): string;
};

export const newOperatorView = (): OperatorView => ({
  state: null,
  decisions: [],
  shown: '',
  described: '',
  describeTask: (task) => describeTask(task.effect),
});

/** An event and what came of it, in one line of a history. */
export function describeStep(event: Event, projection: Projection): string {
  const outcome =
    projection.refusal === null
      ? projection.effects.map(({ kind }) => kind).join(', ') || 'nothing to do'
      : `refused: ${projection.refusal.code}`;
  return `${event.at.slice(0, 16)} ${describeEvent(event)} → ${outcome}`;
}

/** Remembers what was decided about an event, newest last. */
export function noteDecision(view: OperatorView, event: Event, projection: Projection): void {
  view.decisions.push(describeStep(event, projection));
  view.decisions.splice(0, view.decisions.length - decisionsKept);
  view.state = toPlain(projection.lifecycle);
}

/** Writes what changed: details always, attributes only when they differ (each is a billed action). */
export function show(view: OperatorView, life: Lifecycle, ref: WorkspaceRef): void {
  view.state = toPlain(life);
  setCurrentDetails(describeLife(life));
  const { subscription } = life;
  const deadline = nextDeadline(life);
  const facts = {
    plan: planIdOf(subscription) ?? 'none',
    status: subscription.status,
    nextAt: deadline?.at ?? null,
    nextKind: deadline === null ? 'none' : deadline.kind,
  };
  const shown = JSON.stringify(facts);
  if (shown === view.shown) return;
  view.shown = shown;
  upsertSearchAttributes([
    { key: attribute.product, value: ref.product },
    { key: attribute.plan, value: facts.plan },
    { key: attribute.status, value: facts.status },
    { key: attribute.nextAt, value: facts.nextAt === null ? null : new Date(facts.nextAt) },
    { key: attribute.nextKind, value: facts.nextKind },
  ]);
  const described = deadline === null ? 'nothing due' : describeDeadline(deadline.kind);
  if (described === view.described) return;
  view.described = described;
  upsertMemo({ plan: facts.plan, next: described });
}
