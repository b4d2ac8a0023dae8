import type { Event, Lifecycle, Step } from '../life/lifecycle.ts';
import { orderNextWindow } from '../credits/included.ts';
import { chain } from '../life/stepping.ts';
import type { Terms } from '../terms/terms.ts';

/**
 * From now on days and months are counted in another time zone. The credits' window and the billing period that
 * run keep their ends; the next ones begin there, and end by the new zone.
 */
export const setTimeZone = (
  life: Lifecycle,
  { timeZone }: Extract<Event, { readonly kind: 'timeZoneSet' }>,
  terms: Terms,
): Step => chain({ ...life, timeZone }, orderNextWindow(terms));
