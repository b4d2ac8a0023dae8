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
    if (lines === undefined) addRow(columns, op, posting, undefined, true);
    else for (const [at, line] of lines.entries()) addRow(columns, op, posting, line, at === 0);
  }
  return columns;
}

function addRow(
  to: Columns,
  op: number,
  posting: Posting,
  line: UsageLine | undefined,
  opens: boolean,
): void {
  const { content } = posting;
  to.op.bare(op);
  to.kind.bare(content.onShort === 'record' ? 'record' : posting.kind);
  to.product.quoted(posting.product);
  to.workspace.bare(posting.workspaceId);
  to.key.bare(posting.keyHash);
  to.body.bare(posting.bodyHash);
  to.terms.bare(content.termsVersion);
  to.rate.bare(content.rateVersion);
  to.need.bare(opens ? needOf(posting) : undefined);
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

/** What the operations were judged by, a row for each; numbered as they stand here. */
export function encodeSeen(postings: readonly Posting[]): SeenColumns {
  const columns = seenColumns();
  for (const [op, { seen }] of postings.entries()) {
    for (const { workspaceId, version, member } of seen) {
      columns.op.bare(op);
      columns.workspace.bare(workspaceId);
      columns.version.bare(version);
      columns.member.quoted(member ?? undefined);
    }
  }
  return columns;
}

const seenColumns = () => ({
  op: new Column(),
  workspace: new Column(),
  version: new Column(),
  member: new Column(),
});

type SeenColumns = ReturnType<typeof seenColumns>;

/** An array within an array parameter, as text; an empty one says nothing. */
function arrayOf(names: readonly string[] = []): string | undefined {
  if (names.length === 0) return undefined;
  const array = new Column();
  for (const name of names) array.quoted(name);
  return array.array;
}
