/** What the next invoice will be if nothing happens but time: the lifecycle lived on in memory. */
import { nextDeadline } from '../deadlines.ts';
import type { InvoiceDraft, Lifecycle } from '../life/lifecycle.ts';
import type { DeadlineKind } from '../deadline.ts';
import { step } from '../step.ts';
import type { Terms } from '../terms/terms.ts';

/** More than three years of months, each with its period, its window and its invoice. */
const deadlinesMost = 120;

const invoicing: readonly DeadlineKind[] = ['trialEnds', 'invoiceRun'];

/**
 * The next invoice of a period, exactly as the lifecycle will issue it; a day's seats are invoiced apart and do
 * not count. Null: time alone makes none.
 */
export function nextInvoice(life: Lifecycle, terms: Terms): InvoiceDraft | null {
  // A test clock is going nowhere by itself.
  const clock = life.clock.kind === 'test' ? { ...life.clock, target: null } : life.clock;
  let state: Lifecycle = { ...life, clock };
  let pinned = terms;
  for (let lived = 0; lived < deadlinesMost; lived += 1) {
    const deadline = nextDeadline(state);
    if (deadline === null) return null;
    const { at, kind } = deadline;
    const outcome = step(state, { kind: 'deadlineReached', at, deadline: kind }, pinned);
    if (!outcome.ok) return null;
    const issued = outcome.value.effects.find((effect) => effect.kind === 'issueInvoice');
    if (issued !== undefined && invoicing.includes(kind)) return issued.invoice;
    ({ state } = outcome.value);
    if (state.termsVersion !== pinned.version && pinned.coming) pinned = pinned.coming;
  }
  return null;
}
