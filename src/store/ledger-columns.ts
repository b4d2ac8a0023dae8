import { plus, type MicroCredits } from '../domain/values/money.ts';
import type { UsageLine } from '../ports/ledger.ts';
import { needOf, noCredits, type Posting } from './ledger-posting.ts';

/** One array parameter, written as PostgreSQL reads it: `{1,NULL,"a b"}`. */
class Column {
  private text = '';
  private isEmpty = true;

  /** A number or an id: nothing in it needs quoting. */
  bare(value: number | bigint | string | undefined): void {
    this.text += this.text === '' ? (value ?? 'NULL') : `,${value ?? 'NULL'}`;
    if (value !== undefined) this.isEmpty = false;
  }

  quoted(value: string | undefined): void {
    if (value === undefined) this.bare(undefined);
    else this.bare(`"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`);
  }

  /** Where nothing stands in it, none: `unnest` makes it as long as the others. */
  get array(): string {
    return this.isEmpty ? '{}' : `{${this.text}}`;
  }
}

/** A column for each of these names. */
const columnsOf = <Name extends string>(...names: readonly Name[]): Record<Name, Column> =>
  Object.fromEntries(names.map((name) => [name, new Column()])) as Record<Name, Column>; // by its keys

const poolColumns = () =>
  columnsOf('product', 'workspace', 'terms', 'rate', 'need', 'held', 'life', 'earmarked');
const capColumns = () => columnsOf('pool', 'scope', 'subject', 'need');
const rowColumns = () =>
  columnsOf(
    ...(['op', 'ordinal', 'pool', 'kind', 'key', 'body', 'need', 'sum', 'amount'] as const),
    ...(['line', 'model', 'tokens', 'quantities', 'member', 'memberCap', 'memberSum'] as const),
    ...(['space', 'spaceCap', 'spaceSum', 'agent', 'surface', 'tool', 'run', 'behalf'] as const),
    ...(['hold', 'life', 'earmarks'] as const),
  );

/** The operations of one workspace, rated alike: what they ask of its pool, in all, up to now. */
interface PoolGroup {
  readonly place: number;
  readonly of: Posting;
  need: MicroCredits;
  held: MicroCredits;
  /** Of the hold that ends first. */
  lifeMs: number | undefined;
  isEarmarked: boolean;
}

/** The same of a cap that they fall under. */
interface CapGroup {
  readonly place: number;
  readonly pool: PoolGroup;
  readonly scope: 'member' | 'space';
  readonly subject: string;
  need: MicroCredits;
}

export type Columns = {
  readonly pools: ReturnType<typeof poolColumns>;
  readonly caps: ReturnType<typeof capColumns>;
  readonly rows: ReturnType<typeof rowColumns>;
  /** What each operation asks, in their order. */
  readonly asked: readonly Asking[];
};

/** Operations for the fast path, in the three lists that `ledger.post` takes. */
export function encodeColumns(postings: readonly Posting[]): Columns {
  const pools = new Map<string, PoolGroup>();
  const caps = new Map<string, CapGroup>();
  const rows = rowColumns();
  const asked = postings.map((posting, at) => {
    const asking = askFor(posting, at + 1, { pools, caps }); // as PostgreSQL counts
    addRows(rows, posting, asking);
    return asking;
  });
  return { pools: encodePools(pools), caps: encodeCaps(caps), rows, asked };
}

/** A settle asks for nothing: what it gives back, only its hold tells. */
function askFor(
  posting: Posting,
  op: number,
  { pools, caps }: { pools: Map<string, PoolGroup>; caps: Map<string, CapGroup> },
): Asking {
  const { kind, content } = posting;
  const pool = poolFor(pools, posting);
  const needMicro = needOf(posting);
  const under = (scope: CapGroup['scope'], subject: string | undefined): Asked | undefined =>
    subject === undefined || kind === 'settle'
      ? undefined
      : askCap(caps, { pool, scope, subject }, needMicro);
  if (kind !== 'settle') askPool(pool, posting, needMicro);
  return {
    ...{ op, needMicro, pool: { place: pool.place, sum: pool.need } },
    member: under('member', content.member),
    space: under('space', content.space),
  };
}

/** Settles are a group of their own. */
function poolFor(pools: Map<string, PoolGroup>, of: Posting): PoolGroup {
  const { termsVersion, rateVersion } = of.content;
  const part = of.kind === 'settle' ? 'settle' : '';
  const name = `${of.product} ${of.workspaceId} ${termsVersion} ${rateVersion} ${part}`;
  const known = pools.get(name);
  if (known !== undefined) return known;
  const place = pools.size + 1;
  const pool: PoolGroup = {
    ...{ place, of, need: noCredits, held: noCredits, lifeMs: undefined, isEarmarked: false },
  };
  pools.set(name, pool);
  return pool;
}

function askPool(pool: PoolGroup, { kind, content }: Posting, need: MicroCredits): void {
  pool.need = plus(pool.need, need);
  pool.isEarmarked ||= (content.earmarks ?? []).length > 0;
  if (kind !== 'hold') return;
  pool.held = plus(pool.held, need);
  pool.lifeMs = Math.min(pool.lifeMs ?? Infinity, content.lifeMs ?? Infinity);
}

function askCap(
  caps: Map<string, CapGroup>,
  { pool, scope, subject }: Pick<CapGroup, 'pool' | 'scope' | 'subject'>,
  need: MicroCredits,
): Asked {
  const name = `${pool.place} ${scope} ${subject}`;
  const cap = caps.get(name) ?? { place: caps.size + 1, pool, scope, subject, need: noCredits };
  cap.need = plus(cap.need, need);
  caps.set(name, cap);
  return { place: cap.place, sum: cap.need };
}

function encodePools(pools: Map<string, PoolGroup>): Columns['pools'] {
  const to = poolColumns();
  for (const { of, need, held, lifeMs, isEarmarked } of pools.values()) {
    const isAsked = of.kind !== 'settle';
    to.product.quoted(of.product);
    to.workspace.bare(of.workspaceId);
    to.terms.bare(of.content.termsVersion);
    to.rate.bare(of.content.rateVersion);
    to.need.bare(isAsked ? need : undefined);
    to.held.bare(lifeMs === undefined ? undefined : held);
    to.life.bare(lifeMs);
    to.earmarked.bare(isEarmarked ? 't' : undefined);
  }
  return to;
}

function encodeCaps(caps: Map<string, CapGroup>): Columns['caps'] {
  const to = capColumns();
  for (const { pool, scope, subject, need } of caps.values()) {
    to.pool.bare(pool.place);
    to.scope.bare(scope);
    to.subject.quoted(subject);
    to.need.bare(need);
  }
  return to;
}

/** The place of a pool or a cap, and what it was asked for up to an operation. */
type Asked = { readonly place: number; readonly sum: MicroCredits };

/** An operation by its number, and what its pool and its caps were asked for up to it. */
export type Asking = {
  readonly op: number;
  readonly needMicro: MicroCredits;
  readonly pool: Asked;
  /** Undefined: it falls under none. */
  readonly member: Asked | undefined;
  readonly space: Asked | undefined;
};

/** A row for each line; a hold, which has no lines, is one row. */
function addRows(to: Columns['rows'], posting: Posting, asking: Asking): void {
  const { lines } = posting.content;
  if (lines === undefined) addRow(to, posting, asking, 0);
  else for (const [ordinal, line] of lines.entries()) addRow(to, posting, asking, ordinal, line);
}

function addRow(
  to: Columns['rows'],
  posting: Posting,
  { op, pool, needMicro, member, space }: Asking,
  ordinal: number,
  line?: UsageLine,
): void {
  const { content } = posting;
  to.op.bare(op);
  to.ordinal.bare(ordinal);
  to.pool.bare(pool.place);
  to.kind.bare(content.onShort === 'record' ? 'record' : posting.kind);
  to.key.bare(posting.keyHash);
  to.body.bare(posting.bodyHash);
  to.need.bare(ordinal === 0 ? needMicro : undefined);
  to.sum.bare(pool.sum);
  to.amount.bare(line?.amountMicro);
  to.line.quoted(line?.line);
  to.model.quoted(line?.model);
  to.tokens.bare(line?.tokens);
  to.quantities.quoted(line?.quantities && JSON.stringify(line.quantities));
  to.member.quoted(content.member);
  to.memberCap.bare(member?.place);
  to.memberSum.bare(member?.sum);
  to.space.quoted(content.space);
  to.spaceCap.bare(space?.place);
  to.spaceSum.bare(space?.sum);
  to.agent.quoted(content.agent);
  to.surface.quoted(content.surface);
  to.tool.quoted(content.tool);
  to.run.quoted(content.runId);
  to.behalf.bare(content.onBehalfOf);
  to.hold.bare(content.holdId);
  to.life.bare(content.lifeMs);
  to.earmarks.quoted(arrayOf(content.earmarks));
}

/** What the operations were judged by, each thing once. */
export function encodeSeen(postings: readonly Posting[]): SeenColumns {
  const columns = columnsOf('workspace', 'version', 'roster', 'member');
  const ops: number[][] = [];
  const places = new Map<string, number[]>();
  for (const [op, { seen }] of postings.entries()) {
    for (const { workspaceId, version, roster, member } of seen) {
      const name = `${workspaceId} ${version} ${roster} ${member ?? ''}`;
      const known = places.get(name);
      if (known !== undefined) {
        known.push(op);
        continue;
      }
      const judged = [op];
      places.set(name, judged);
      ops.push(judged);
      columns.workspace.bare(workspaceId);
      columns.version.bare(version);
      columns.roster.bare(roster);
      columns.member.quoted(member ?? undefined);
    }
  }
  return { ...columns, ops };
}

type SeenColumns = {
  readonly workspace: Column;
  readonly version: Column;
  readonly roster: Column;
  readonly member: Column;
  /** Which operations were judged by the thing at this place. */
  readonly ops: readonly (readonly number[])[];
};

/** An array within an array parameter, as text; an empty one says nothing. */
function arrayOf(names: readonly string[] = []): string | undefined {
  if (names.length === 0) return undefined;
  const array = new Column();
  for (const name of names) array.quoted(name);
  return array.array;
}
