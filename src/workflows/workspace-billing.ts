/**
 * The life of one workspace's subscription. Safe to run again from any point: its state is the row in
 * Postgres, each step is stored with its effects in one transaction under a version, and what goes outside
 * carries a key made from the business fact. A lost workflow is started again and goes on.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { addMinutes, isAtOrBefore, type Instant } from '../domain/values/calendar.ts';
import type { Deadline } from '../domain/deadline.ts';
import { describeDeadline, dueDeadline, nextDeadline } from '../domain/deadlines.ts';
import type { Lifecycle } from '../domain/life/lifecycle.ts';
import { fromPlain, toPlain, type Plain } from '../domain/values/plain.ts';
import { explainRefusal } from '../domain/life/refusal.ts';
import { step } from '../domain/step.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type {
  Desk,
  LifecycleStore,
  Opened,
  Projection,
  Waiting,
} from '../ports/lifecycle-store.ts';
import type { OutsideWork } from '../ports/outside-work.ts';
import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import { books, mail, outside, pauseMinutesAfterFailure } from './activity-options.ts';
import { newAlarm, setAlarm } from './alarm.ts';
import { lifecycleQuery } from './messages.ts';
import {
  describeStep,
  newOperatorView,
  noteDecision,
  show,
  type OperatorView,
} from './operator-view.ts';
import { openPost, postNotices, urgentTasks, type Post } from './post.ts';
import { openReception, type Reception } from './reception.ts';

const store = proxyLocalActivities<LifecycleStore>(books);
const world = proxyActivities<OutsideWork>(outside);

const historyEventsMost = 500;

/** Everything the main line needs to hand from one sentence to the next. */
type Office = {
  readonly ref: WorkspaceRef;
  /** The version that the lifecycle is pinned to, with the one that is scheduled. */
  terms: Terms;
  readonly reception: Reception;
  readonly view: OperatorView;
  readonly post: Post;
  /** Until when tasks rest after one could not be done. */
  tasksRestUntil: Instant | null;
};

export async function workspaceBilling(ref: WorkspaceRef): Promise<void> {
  const reception = openReception();
  const view = newOperatorView();
  setHandler(lifecycleQuery, () => ({ state: view.state, decisions: view.decisions }));

  const opened = await store.open(ref);
  if (opened === undefined) {
    throw ApplicationFailure.nonRetryable(
      `no workspace ${ref.product}/${ref.workspace}`,
      'Unknown',
    );
  }
  const terms = termsIn(opened);
  const post = openPost();
  const office: Office = { ref, terms, reception, view, post, tasksRestUntil: null };
  const alarm = newAlarm();

  // Nobody who waits for an answer may be left behind: the main line alone gives it.
  const isFree = (): boolean => !post.busy && reception.asked.size === 0;
  const mayLeave = (): boolean => hasLivedLong() && isFree();

  while (!mayLeave()) {
    reception.rung = false;
    const desk = await catchUp(office);
    show(view, desk.lifecycle, ref);
    setAlarm(alarm, nextWake(office, desk), desk.now);
    await condition(() => reception.rung || alarm.fired || mayLeave());
    // A wait of thirty days may end before its instant: a long sleeper meets new code.
    const isEarly = alarm.fired && alarm.at !== null && !isAtOrBefore(alarm.at, nowByWorkflow());
    if (isEarly && isFree()) break;
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof workspaceBilling>(ref);
}

const hasLivedLong = (): boolean =>
  workflowInfo().historyLength > historyEventsMost || workflowInfo().continueAsNewSuggested;

const nowByWorkflow = (): Instant => new Date().toISOString();

type Seen = Desk & { readonly lifecycle: Lifecycle };

/** Takes in everything that waits, one event at a time, until nothing is due. */
async function catchUp(office: Office): Promise<Seen> {
  let desk = await look(office);
  for (;;) {
    office.reception.answer(desk.answers);
    sendNotices(office, desk);
    if (desk.inbox > 0 && !resting(office, desk) && (await booked(office, desk))) {
      desk = await look(office);
    } else if (urgentTasks(desk).length > 0 && !resting(office, desk)) {
      await performTasks(office, desk);
      desk = await look(office);
    } else {
      const next = nextEvent(office, desk);
      if (next === null) return desk;
      desk = await take(office, desk.lifecycle, next);
    }
  }
}

async function look(office: Office): Promise<Seen> {
  const { ref, reception } = office;
  const options = { ...books, summary: 'see what waits' };
  return seen(await store.look.executeWithOptions(options, [ref, [...reception.asked]]));
}

const seen = (desk: Plain<Desk>): Seen => fromPlain<Seen>(desk);

const termsIn = ({ terms, coming }: Plain<Opened>): Terms => ({
  ...fromPlain<Terms>(terms),
  ...(coming === undefined ? {} : { coming: fromPlain<Terms>(coming) }),
});

/** A step may have moved the workspace to another version, or scheduled that: then it is fetched. */
async function holdTerms(office: Office, life: Lifecycle): Promise<void> {
  const { version, coming } = office.terms;
  if (life.termsVersion === version && life.comingTerms?.version === coming?.version) return;
  const options = { ...books, summary: 'fetch the terms' };
  const opened = await store.open.executeWithOptions(options, [office.ref]);
  if (opened === undefined) throw ApplicationFailure.nonRetryable('workspace gone', 'Defect');
  office.terms = termsIn(opened);
}

/** Steps on one event and stores what it came to; a rule's refusal is an answer like any other. */
async function take(office: Office, life: Lifecycle, next: Waiting): Promise<Seen> {
  await holdTerms(office, life);
  const outcome = step(life, next.event, office.terms);
  const seenSeq = next.seq ?? life.seenSeq;
  const projection: Projection = outcome.ok
    ? {
        lifecycle: { ...outcome.value.state, seenSeq },
        effects: outcome.value.effects,
        command: next.command,
        refusal: null,
      }
    : {
        lifecycle: { ...life, seenSeq, version: life.version + 1 },
        effects: [],
        command: next.command,
        refusal: {
          kind: 'refused',
          code: outcome.refusal.kind,
          message: explainRefusal(outcome.refusal),
        },
      };
  noteDecision(office.view, next.event, projection);
  const { ref, reception } = office;
  const options = { ...books, summary: describeStep(next.event, projection) };
  const asked = [...reception.asked];
  return seen(await store.project.executeWithOptions(options, [ref, toPlain(projection), asked]));
}

/**
 * What happened first: a fact or command before the next deadline, or that deadline at its own instant,
 * however late it is lived through. On a test clock time stands still while money or a notice is on its
 * way, so that each is told as of its day.
 */
function nextEvent({ post }: Office, desk: Seen): Waiting | null {
  const [first] = desk.waiting;
  const isMoving = desk.inbox > 0 || urgentTasks(desk).length > 0 || post.busy;
  const frozen = desk.lifecycle.clock.kind === 'test' && isMoving;
  const deadline = frozen ? null : dueDeadline(desk.lifecycle, desk.now);
  if (deadline === null) return first ?? null;
  if (first !== undefined && comesBefore(first, deadline)) return first;
  const event = { kind: 'deadlineReached', at: deadline.at, deadline: deadline.kind } as const;
  return { event, command: null, seq: null };
}

/**
 * Deadlines come before what happened at their own instant. A test clock's arrival comes after its facts:
 * an invoice may wait for one, and whoever moved the clock is told that everything until then is done.
 */
const comesBefore = ({ event, seq }: Waiting, { kind, at }: Deadline): boolean =>
  event.at < at || (kind === 'clockReached' && seq !== null);

/** Whether the outside world gets a rest after something could not be done. */
const resting = (office: Office, desk: Seen): boolean =>
  office.tasksRestUntil !== null && desk.now < office.tasksRestUntil;

/** Tells the outside world, in order. What cannot be done now stays on the desk and rests a while. */
async function performTasks(office: Office, desk: Seen): Promise<void> {
  office.tasksRestUntil = null;
  for (const task of urgentTasks(desk)) {
    const summary = office.view.describeTask(task);
    try {
      await world.perform.executeWithOptions({ ...outside, summary }, [office.ref, toPlain(task)]);
    } catch (error) {
      log.warn('a task could not be done and will be tried again', { key: task.key, error });
      office.tasksRestUntil = addMinutes(desk.now, pauseMinutesAfterFailure);
      return;
    }
  }
}

/** Notices go their own way. None sets out any more once the history is to begin anew. */
function sendNotices({ post, ref, reception, view }: Office, desk: Seen): void {
  if (hasLivedLong()) return;
  postNotices(post, desk, {
    deliver: (task) => {
      const summary = view.describeTask(task);
      return world.perform.executeWithOptions({ ...mail, summary }, [ref, toPlain(task)]);
    },
    ring: () => {
      reception.rung = true;
    },
  });
}

/** Looks into what Stripe said; false while Stripe cannot be asked. */
async function booked(office: Office, desk: Seen): Promise<boolean> {
  office.tasksRestUntil = null;
  try {
    const summary = 'book what Stripe has told';
    await world.bookInbox.executeWithOptions({ ...outside, summary }, [office.ref]);
    return true;
  } catch (error) {
    log.warn('Stripe could not be asked and will be asked again', { error });
    office.tasksRestUntil = addMinutes(desk.now, pauseMinutesAfterFailure);
    return false;
  }
}

type Wake = { readonly at: Instant; readonly summary: string };

/** The instant to wake at without a ring: the next deadline of real time, or a next round. */
function nextWake(office: Office, desk: Seen): Wake | null {
  const deadline = desk.lifecycle.clock.kind === 'test' ? null : nextDeadline(desk.lifecycle);
  const wakes = [
    deadline && { at: deadline.at, summary: describeDeadline(deadline.kind) },
    restOver(office.tasksRestUntil, 'try the outside world again'),
    restOver(office.post.restsUntil, 'send waiting mail again'),
  ];
  return wakes.filter((wake) => wake !== null).toSorted(soonest)[0] ?? null;
}

const restOver = (at: Instant | null, summary: string): Wake | null =>
  at === null ? null : { at, summary };

const soonest = (a: Wake, b: Wake): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
