import type { Event, Lifecycle, Step } from './lifecycle.ts';
import { orderNextWindow } from './included.ts';
import { chain } from './stepping.ts';
import type { Terms } from './terms.ts';

/**
 * From now on days and months are counted in another time zone. The credits' window and the billing period that
 * run keep their ends; the next ones begin there, and end by the new zone.
 */
export const setTimeZone = (
  life: Lifecycle,
  { timeZone }: Extract<Event, { readonly kind: 'timeZoneSet' }>,
  terms: Terms,
): Step => chain({ ...life, timeZone }, orderNextWindow(terms));
