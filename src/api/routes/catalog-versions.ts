import { z } from 'zod';
import { ok, type Outcome } from '../../domain/values/outcome.ts';
import type { MoveRow, MoveShown } from '../../ports/terms-moves.ts';
import { actorOf } from '../carry-out.ts';
import { externalId, instant, money, signedCredits, uuid } from '../codecs.ts';
import { currentTerms } from '../current-terms.ts';
import type { Call } from '../parts.ts';
import { refuse, refuseField, type Problem } from '../problem.ts';
import { none, route, type Route } from '../route.ts';

/** The command line lists everybody. */
const rowsShown = 500;
const ringsAtOnce = 20;

const versions = route({
  method: 'get',
  path: '/api/catalog/versions',
  summary: 'What was published of the catalog, newest first, and how many workspaces are on it',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'product',
  params: none,
  query: none,
  body: null,
  responses: {
    200: z
      .strictObject({
        versions: z
          .array(
            z.strictObject({
              version: z.int().meta({ description: 'The version' }),
              publishedAt: instant.meta({ description: 'Since when, in real time' }),
              workspaces: z.int().meta({ description: 'How many are pinned to it' }),
            }),
          )
          .meta({ description: 'Newest first' }),
      })
      .meta({ id: 'CatalogVersions' }),
  },
  problems: [],
  carryOut: async (_request, { parts, caller }) => {
    const known = await parts.directory.versions(caller.product);
    return ok({ status: 200, value: { versions: [...known] } });
  },
});

const invoiceShown = z
  .strictObject({
    at: instant.meta({ description: 'When it is issued' }),
    total: money.meta({ description: 'What is to be paid' }),
  })
  .nullable();

const planId = z.string().nullable();
const limit = z.int().nullable();

const rowShown = z.strictObject({
  workspace: z.string().meta({ description: 'The workspace' }),
  state: z.enum(['seen', 'cannot', 'waiting', 'moved', 'refused']).meta({
    description: 'What became of it: seen is previewed, moved also if its date is to come',
  }),
  message: z.string().nullable().meta({ description: 'Why it is not moved, and what to do' }),
  plan: z
    .strictObject({
      from: planId.meta({ description: 'Its plan' }),
      to: planId.meta({ description: 'Its plan then' }),
    })
    .meta({ description: 'Null: it has none' }),
  at: instant.meta({ description: 'When it happens' }),
  nextInvoice: z
    .strictObject({
      before: invoiceShown.meta({ description: 'Without the move; null: time makes none' }),
      after: invoiceShown.meta({ description: 'With it' }),
    })
    .meta({ description: 'The next invoice, exactly, if nothing else happens' }),
  pays: z.enum(['more', 'less', 'the same']).meta({ description: 'On that invoice' }),
  included: z
    .strictObject({
      before: signedCredits.meta({ description: 'Of a window, now' }),
      after: signedCredits.meta({ description: 'Of a window, then' }),
    })
    .nullable()
    .meta({ description: 'Included credits; null: it has no plan' }),
  seats: z
    .strictObject({
      before: z.int().meta({ description: 'Charged for, now' }),
      after: z.int().meta({ description: 'Charged for, then' }),
    })
    .nullable()
    .meta({ description: 'Seats; null: it has no plan' }),
  features: z
    .strictObject({
      lost: z.array(z.string()).meta({ description: 'That the plan then lacks' }),
      gained: z.array(z.string()).meta({ description: 'That it has more' }),
    })
    .meta({ description: 'Features that differ' }),
  limits: z
    .array(
      z.strictObject({
        limit: z.string().meta({ description: 'Which' }),
        before: limit.meta({ description: 'Now; null: none' }),
        after: limit.meta({ description: 'Then; null: none' }),
      }),
    )
    .meta({ description: 'Limits that differ' }),
});

const moveShown = z
  .strictObject({
    previewToken: uuid.meta({ description: 'Applies exactly this, for half an hour' }),
    to: z.int().meta({ description: 'The version to move to' }),
    at: z.enum(['periodEnd', 'now']).meta({ description: 'When each workspace is moved' }),
    previewedAt: instant.meta({ description: 'When it was computed, in real time' }),
    appliedAt: instant.nullable().meta({ description: 'When it was applied; null: not yet' }),
    counts: z
      .strictObject({
        seen: z.int().meta({ description: 'Can be moved' }),
        cannot: z.int().meta({ description: 'Cannot be moved' }),
        waiting: z.int().meta({ description: 'Asked, and not answered yet' }),
        moved: z.int().meta({ description: 'Moved, or scheduled' }),
        refused: z.int().meta({ description: 'Not moved' }),
      })
      .meta({ description: 'How many workspaces, over all' }),
    workspaces: z.array(rowShown).meta({ description: `By name, the first ${rowsShown}` }),
  })
  .meta({ id: 'CatalogMigration' });

const rowOf = ({ workspace, shown, state, message }: MoveRow, currency: string) => {
  const { refusal: _told, nextInvoice, included, ...same } = shown;
  const invoice = (coming: (typeof nextInvoice)['before']) =>
    coming && { at: coming.at, total: { amountMinor: coming.totalMinor, currency } };
  return {
    ...{ workspace, state, message },
    ...{ plan: same.plan, at: same.at, pays: same.pays, seats: same.seats },
    nextInvoice: { before: invoice(nextInvoice.before), after: invoice(nextInvoice.after) },
    included: included && { before: included.beforeMicro, after: included.afterMicro },
    features: { lost: [...same.features.lost], gained: [...same.features.gained] },
    limits: [...same.limits],
  };
};

function showMove(move: MoveShown, currency: string): z.output<typeof moveShown> {
  const counted = (state: MoveRow['state']): number =>
    move.rows.filter((row) => row.state === state).length;
  return {
    previewToken: move.id,
    ...{ to: move.to, at: move.when, previewedAt: move.previewedAt, appliedAt: move.appliedAt },
    counts: {
      ...{ seen: counted('seen'), cannot: counted('cannot'), waiting: counted('waiting') },
      ...{ moved: counted('moved'), refused: counted('refused') },
    },
    workspaces: move.rows.slice(0, rowsShown).map((row) => rowOf(row, currency)),
  };
}

const wish = z
  .strictObject({
    to: z.int().min(1).optional().meta({ description: 'The published version to move to' }),
    plan: externalId.optional().meta({ description: 'Only who is on this plan' }),
    toPlan: externalId
      .optional()
      .meta({ description: 'The plan there, where it has another name' }),
    at: z
      .enum(['periodEnd', 'now'])
      .optional()
      .meta({ description: 'Once what is paid for is over (the default), or at once' }),
    previewToken: uuid
      .optional()
      .meta({ description: 'Alone: moves exactly what this preview showed' }),
  })
  .meta({ id: 'NewCatalogMigration' });

type Asked = z.output<typeof wish>;

const migrate = route({
  method: 'post',
  path: '/api/catalog/migrations',
  summary: 'Preview a move of workspaces to another version; with its token, make it',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'product',
  params: none,
  query: none,
  body: wish,
  responses: { 200: moveShown },
  problems: ['idempotencyKeyReused', 'notFound', 'previewStale'],
  carryOut: async ({ body }, call) => {
    const current = await currentTerms(call);
    if (!current.ok) return current;
    const { currency } = current.value;
    const { previewToken, ...wanted } = body;
    const others = Object.values(wanted).some((value) => value !== undefined);
    if (previewToken !== undefined && others) {
      return refuseField('/previewToken', 'says all that is to be done, so it stands alone');
    }
    const move = await (previewToken === undefined
      ? preview(call, wanted)
      : apply(call, previewToken));
    return move.ok ? ok({ status: 200, value: showMove(move.value, currency) }) : move;
  },
});

async function preview(
  call: Call,
  { to, plan, toPlan, at }: Omit<Asked, 'previewToken'>,
): Promise<Outcome<MoveShown, Problem>> {
  const { parts, caller, key } = call;
  const known = await parts.directory.versions(caller.product);
  const found = known.find(({ version }) => version === to);
  if (found === undefined) {
    const all = known.map(({ version }) => version).join(', ');
    return refuseField('/to', `must be a published version: ${all}`);
  }
  if (key === null) throw new Error('a POST without an idempotency key');
  const seen = await parts.directory.previewMove(caller.product, {
    ...{ to: found.version, plan: plan ?? null, toPlan: toPlan ?? null },
    ...{ when: at ?? 'periodEnd', key, actor: actorOf(call) },
  });
  return seen.ok ? seen : refuse(seen.refusal.kind);
}

/** Asks everybody, and rings; who is not rung is found by the sweeper. */
async function apply(call: Call, id: string): Promise<Outcome<MoveShown, Problem>> {
  const { directory, desk } = call.parts;
  const { product } = call.caller;
  const applied = await directory.applyMove(product, { id, actor: actorOf(call) });
  if (!applied.ok) return refuse(applied.refusal.kind);
  const waiting = applied.value.rows.filter(({ state }) => state === 'waiting');
  for (let first = 0; first < waiting.length; first += ringsAtOnce) {
    const some = waiting.slice(first, first + ringsAtOnce);
    await Promise.all(some.map(({ workspace }) => desk.ring({ product, workspace })));
  }
  return applied;
}

const read = route({
  method: 'get',
  path: '/api/catalog/migrations/{token}',
  summary: 'What became of a move to another version',
  tag: 'Operators',
  scopes: ['admin'],
  needs: 'product',
  params: z.strictObject({ token: uuid.meta({ description: 'Its preview’s token' }) }),
  query: none,
  body: null,
  responses: { 200: moveShown },
  problems: ['notFound'],
  carryOut: async ({ params }, call) => {
    const current = await currentTerms(call);
    if (!current.ok) return current;
    const move = await call.parts.directory.move(call.caller.product, params.token);
    if (move === undefined) return refuse('notFound', 'There is no such move.');
    return ok({ status: 200, value: showMove(move, current.value.currency) });
  },
});

export const catalogVersionRoutes: readonly Route[] = [versions, migrate, read];
