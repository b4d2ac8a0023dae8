import type { CreatedParam, PageParams } from './params.ts';
import { invalidRequest, resourceMissing } from './refusal.ts';

interface Listed {
  readonly id: string;
}

export interface ListAnswer<Item> {
  readonly object: 'list';
  readonly data: Item[];
  readonly has_more: boolean;
  readonly url: string;
}

/** One page, the newest first, between Stripe's cursors. `rows` come in the order of creation. */
export const newestFirst = <Item extends Listed>(
  rows: Iterable<Item>,
  request: { readonly url: string; readonly params: PageParams },
): ListAnswer<Item> => pageOf([...rows].reverse(), request);

/** One page of rows in the order given: the lines of an invoice are read from the top. */
export function pageOf<Item extends Listed>(
  rows: readonly Item[],
  request: { readonly url: string; readonly params: PageParams },
): ListAnswer<Item> {
  const { limit = 10, starting_after: after, ending_before: before } = request.params;
  if (after !== undefined && before !== undefined) {
    const message = 'You may pass only one of: starting_after, ending_before.';
    throw invalidRequest(message, { code: 'parameters_exclusive', param: 'ending_before' });
  }
  if (before !== undefined) {
    const end = positionOf(rows, before, 'ending_before');
    const start = Math.max(0, end - limit);
    return answer(request.url, { data: rows.slice(start, end), hasMore: start > 0 });
  }
  const start = after === undefined ? 0 : positionOf(rows, after, 'starting_after') + 1;
  const data = rows.slice(start, start + limit);
  return answer(request.url, { data, hasMore: start + limit < rows.length });
}

const answer = <Item>(
  url: string,
  page: { readonly data: Item[]; readonly hasMore: boolean },
): ListAnswer<Item> => ({ object: 'list', data: page.data, has_more: page.hasMore, url });

function positionOf(rows: readonly Listed[], id: string, param: string): number {
  const position = rows.findIndex((row) => row.id === id);
  if (position < 0) throw resourceMissing('object in this list', id, param);
  return position;
}

/** Whether an instant lies in the range that a `created` parameter names. */
export function isCreatedIn(created: number, wanted: CreatedParam | undefined): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === 'number') return created === wanted;
  return (
    (wanted.gt === undefined || created > wanted.gt) &&
    (wanted.gte === undefined || created >= wanted.gte) &&
    (wanted.lt === undefined || created < wanted.lt) &&
    (wanted.lte === undefined || created <= wanted.lte)
  );
}
