import type { UsageLine } from '../ports/ledger.ts';
import { needOf, type Posting } from './ledger-posting.ts';

/** One array parameter, written as PostgreSQL reads it: `{1,NULL,"a b"}`. */
class Column {
  private text = '';

  /** A number or an id: nothing in it needs quoting. */
  bare(value: number | bigint | string | undefined): void {
    this.text += this.text === '' ? (value ?? 'NULL') : `,${value ?? 'NULL'}`;
  }

  quoted(value: string | undefined): void {
    if (value === undefined) this.bare(undefined);
    else this.bare(`"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`);
  }

  get array(): string {
    return `{${this.text}}`;
  }
}

const columnsOf = () => ({
  op: new Column(),
  ordinal: new Column(),
  kind: new Column(),
  product: new Column(),
  workspace: new Column(),
  key: new Column(),
  body: new Column(),
  terms: new Column(),
  rate: new Column(),
  need: new Column(),
  amount: new Column(),
  line: new Column(),
  model: new Column(),
  tokens: new Column(),
  quantities: new Column(),
  member: new Column(),
  space: new Column(),
  agent: new Column(),
  surface: new Column(),
  tool: new Column(),
  run: new Column(),
  behalf: new Column(),
  hold: new Column(),
  life: new Column(),
  earmarks: new Column(),
});

export type Columns = ReturnType<typeof columnsOf>;

/** Operations for the fast path, one row per line; a hold, which has no lines, is one row. */
export function encodeColumns(postings: readonly Posting[]): Columns {
  const columns = columnsOf();
  for (const [op, posting] of postings.entries()) {
    const { lines } = posting.content;
    if (lines === undefined) addRow(columns, posting, { op, ordinal: 0 });
    else {
      for (const [ordinal, line] of lines.entries())
        addRow(columns, posting, { op, ordinal, line });
    }
  }
  return columns;
}

function addRow(
  to: Columns,
  posting: Posting,
  {
    op,
    ordinal,
    line,
  }: { readonly op: number; readonly ordinal: number; readonly line?: UsageLine },
): void {
  const { content } = posting;
  to.op.bare(op + 1); // as PostgreSQL counts
  to.ordinal.bare(ordinal);
  to.kind.bare(content.onShort === 'record' ? 'record' : posting.kind);
  to.product.quoted(posting.product);
  to.workspace.bare(posting.workspaceId);
  to.key.bare(posting.keyHash);
  to.body.bare(posting.bodyHash);
  to.terms.bare(content.termsVersion);
  to.rate.bare(content.rateVersion);
  to.need.bare(ordinal === 0 ? needOf(posting) : undefined);
  to.amount.bare(line?.amountMicro);
  to.line.quoted(line?.line);
  to.model.quoted(line?.model);
  to.tokens.bare(line?.tokens);
  to.quantities.quoted(line?.quantities && JSON.stringify(line.quantities));
  to.member.quoted(content.member);
  to.space.quoted(content.space);
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
  const columns = { workspace: new Column(), version: new Column(), member: new Column() };
  const ops: number[][] = [];
  const places = new Map<string, number[]>();
  for (const [op, { seen }] of postings.entries()) {
    for (const { workspaceId, version, member } of seen) {
      const name = `${workspaceId} ${version} ${member ?? ''}`;
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
      columns.member.quoted(member ?? undefined);
    }
  }
  return { ...columns, ops };
}

type SeenColumns = {
  readonly workspace: Column;
  readonly version: Column;
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
