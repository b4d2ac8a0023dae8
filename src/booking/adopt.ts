import type { WorkspaceRef } from '../ports/workspace-ref.ts';
import type { BookingPorts } from './ports.ts';

/**
 * Finds whose the events are that name no customer, and answers whose bells to ring. Only disputes are
 * ours without one: they name a charge. Safe to run again, by several at once, and after any failure.
 */
export async function adoptEvents(ports: BookingPorts): Promise<readonly WorkspaceRef[]> {
  const { books, payments } = ports;
  const waiting: WorkspaceRef[] = [];
  for (const event of await books.strayEvents()) {
    const origin = isDispute(event.type) ? await payments.seeDispute(event.objectId) : undefined;
    const customer = origin?.customer ?? null;
    const of = customer === null ? undefined : await books.adoptEvent(event.id, customer);
    if (of === undefined) await books.inboxHandled([event.id]);
    else waiting.push(of);
  }
  return waiting;
}

const isDispute = (type: string): boolean => type.startsWith('charge.dispute.');
