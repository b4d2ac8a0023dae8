import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { showCredits, showMoney } from '../../domain/values/money-text.ts';
import { toPlain } from '../../domain/values/plain.ts';
import type { InvoiceToCome } from '../../domain/changes/terms-move.ts';
import type { Terms } from '../../domain/terms/terms.ts';
import type { MovedState, MoveRow, MoveShown, MoveWish } from '../../ports/terms-moves.ts';
import type { Sql } from '../../store/connect.ts';
import { storedCatalogs } from '../../store/directory-catalogs.ts';
import { termsMoves } from '../../store/terms-moves.ts';
import { good, type Answer } from '../shared/answer.ts';
import { Misasked } from '../shared/misasked.ts';
import { withBooks } from '../shared/open-books.ts';
import { namesOf, type Asked, type Verb } from '../shared/run-verbs.ts';
import { countOf } from './files.ts';
import { versionsOf } from './versions.ts';

const waitsMs = 60_000;
const looksEveryMs = 500;

/** Moves a product's workspaces to a version, each through its own workflow, after a preview. */
export const migrate: Verb = {
  name: 'migrate',
  takes: 'PRODUCT --to VERSION [--plan P[=Q]] [--at periodEnd|now] [--apply]',
  does: 'Shows who would pay, gain and lose what by a move to a version; with --apply, moves them.',
  help: [
    '--to VERSION   the published version to move to',
    '--plan P       only workspaces on this plan; P=Q: there it is the plan Q',
    '--at WHEN      periodEnd (default): once what is paid for is over; now: at once, and what is',
    '               left of the term is charged at the new price, on the next invoice',
    '--apply        moves them; run again with the same --token, it goes on where it stopped',
    '--token T      of a preview: moves exactly what was seen then, or nothing',
  ],
  options: {
    to: { type: 'string' },
    plan: { type: 'string' },
    at: { type: 'string' },
    token: { type: 'string' },
    apply: { type: 'boolean' },
  },
  run: (asked) =>
    withBooks(async (sql) => {
      const [product = ''] = namesOf(asked, ['PRODUCT']);
      const known = await versionsOf(sql, product);
      const token = asked.text('token');
      if (token !== undefined && !asked.isSaid('apply')) {
        throw new Misasked('--token goes with --apply: a preview is made without it');
      }
      const all = known.map(({ version }) => version);
      const seen = token ?? (await preview(sql, product, wishFrom(asked, all))).id;
      if (!asked.isSaid('apply')) return tell(sql, product, await readMove(sql, product, seen));
      return apply(sql, product, seen);
    }),
};

function wishFrom(asked: Asked, versions: readonly number[]): MoveWish {
  const wanted = asked.text('to');
  if (wanted === undefined) throw new Misasked('--to is missing: the version to move to');
  const to = versions.find((version) => String(version) === wanted);
  if (to === undefined) {
    throw new Misasked(`"${wanted}" is no published version; there are: ${versions.join(', ')}`);
  }
  const when = asked.text('at') ?? 'periodEnd';
  if (when !== 'periodEnd' && when !== 'now') {
    throw new Misasked(`--at is periodEnd or now, not "${when}"`);
  }
  const [plan = null, toPlan = null] = (asked.text('plan') ?? '').split('=');
  return { to, plan: plan || null, toPlan, when };
}

/** Who works here, for the audit's log. */
const operator = (): string => `operator:${userInfo().username}`;

async function preview(sql: Sql, product: string, wish: MoveWish): Promise<MoveShown> {
  const sent = { ...wish, key: randomUUID(), actor: operator() };
  const seen = await termsMoves(sql).previewMove(product, sent);
  if (!seen.ok) throw new Error('a key that was just made is in use');
  return seen.value;
}

async function readMove(sql: Sql, product: string, id: string): Promise<MoveShown> {
  const move = await termsMoves(sql).move(product, id);
  if (move === undefined) throw new Misasked(`${product} has no preview "${id}"`);
  return move;
}

async function apply(sql: Sql, product: string, id: string): Promise<Answer> {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Misasked(`"${id}" is no token of a preview`);
  const applied = await termsMoves(sql).applyMove(product, { id, actor: operator() });
  if (!applied.ok) {
    const sentence =
      applied.refusal.kind === 'notFound'
        ? `${product} has no preview "${id}"`
        : 'previewStale: something changed since the preview, or it is older than half an hour. ' +
          'Nobody was moved; ask for a new preview';
    throw new Misasked(sentence);
  }
  const until = Date.now() + waitsMs;
  let move = applied.value;
  // Workers look after at most twenty seconds for what waits.
  while (move.rows.some(({ state }) => state === 'waiting') && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, looksEveryMs));
    move = await readMove(sql, product, id);
  }
  return tell(sql, product, move);
}

async function tell(sql: Sql, product: string, move: MoveShown): Promise<Answer> {
  const terms = await storedCatalogs(sql).termsOf(product, move.to);
  const wrong = move.rows.some(({ state }) => state === 'refused' || state === 'cannot');
  const text = [headOf(product, move), ...move.rows.flatMap((row) => linesOf(row, terms))];
  const answer = good([...text, '', sumOf(product, move)].join('\n'), toPlain(move));
  return wrong ? { ...answer, found: 'something wrong' } : answer;
}

const headOf = (product: string, { to, when, rows }: MoveShown): string =>
  `${product} to version ${to}, ${when === 'now' ? 'now' : 'at each period’s end'}: ` +
  countOf(rows.length, 'workspace');

const states: Readonly<Record<MovedState, string>> = {
  seen: 'can be moved',
  cannot: 'cannot be moved',
  waiting: 'waits for its workflow',
  moved: 'moved, or will be at its period’s end',
  refused: 'was not moved',
};

function linesOf({ workspace, shown, state, message }: MoveRow, terms: Terms): string[] {
  const { plan, at, nextInvoice, pays, included, seats, features, limits } = shown;
  if (state === 'cannot') return [`  ${workspace} (${plan.from ?? 'no plan'}): ${message ?? ''}`];
  const credits = (amount: bigint): string => showCredits(amount, terms.credits.unit);
  const is = state === 'seen' ? '' : `; ${states[state]}${message === null ? '' : `: ${message}`}`;
  const plans = plan.from === plan.to ? plan.from : `${plan.from} becomes ${plan.to}`;
  const { before, after } = nextInvoice;
  const differing = [
    `pays ${pays}: ${invoiceText(before, terms)}, then ${invoiceText(after, terms)}`,
    ...(included === null || included.beforeMicro === included.afterMicro
      ? []
      : [`credits: ${credits(included.beforeMicro)}, then ${credits(included.afterMicro)}`]),
    ...(seats === null || seats.before === seats.after
      ? []
      : [`seats: ${seats.before}, then ${seats.after}`]),
    ...(features.lost.length === 0 ? [] : [`loses ${features.lost.join(', ')}`]),
    ...(features.gained.length === 0 ? [] : [`gains ${features.gained.join(', ')}`]),
    ...limits.map((each) => `${each.limit}: ${most(each.before)}, then ${most(each.after)}`),
  ];
  return [
    `  ${workspace} (${plans ?? 'no plan'}), from ${at} on${is}`,
    ...differing.map((line) => `    ${line}`),
  ];
}

const most = (limit: number | null): string => (limit === null ? 'no limit' : String(limit));

const invoiceText = (invoice: InvoiceToCome, { currency }: Terms): string =>
  invoice === null ? 'nothing' : `${showMoney(invoice.totalMinor, currency)} on ${invoice.at}`;

function sumOf(product: string, { id, rows, appliedAt }: MoveShown): string {
  const counted = (state: MovedState): number => rows.filter((row) => row.state === state).length;
  const parts = (['seen', 'moved', 'waiting', 'refused', 'cannot'] as const)
    .filter((state) => counted(state) > 0)
    .map((state) => `${counted(state)} ${states[state]}`);
  const again = `tollgate catalog migrate ${product} --apply --token ${id}`;
  const sum = parts.length === 0 ? 'nobody is to be moved' : parts.join('; ');
  if (appliedAt === null) return `${sum}\nApply exactly this within half an hour: ${again}`;
  return counted('waiting') === 0 ? sum : `${sum}\nLook again: ${again}`;
}
