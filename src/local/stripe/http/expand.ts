import { idOf, type World } from '../world.ts';
import { pageOf } from './lists.ts';
import { invalidRequest } from './refusal.ts';

interface Node {
  [name: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Fields that an answer carries only when they are asked for, by `object` and field. */
const includable: Record<string, (world: World, id: string) => object> = {
  'charge.refunds': (world, id) =>
    pageOf(
      [...world.tables.refunds.values()].filter((refund) => idOf(refund.charge) === id).reverse(),
      { url: `/v1/charges/${id}/refunds`, params: {} },
    ),
  'customer.tax_ids': (world, id) =>
    pageOf(
      [...world.tables.taxIds.values()].filter((taxId) => idOf(taxId.customer) === id).reverse(),
      { url: `/v1/customers/${id}/tax_ids`, params: {} },
    ),
  'invoice.payments': (world, id) =>
    pageOf(
      [...world.tables.invoicePayments.values()].filter((paid) => idOf(paid.invoice) === id),
      { url: '/v1/invoice_payments', params: {} },
    ),
  'checkout.session.line_items': (world, id) =>
    pageOf(world.tables.checkoutLines.get(id) ?? [], {
      url: `/v1/checkout/sessions/${id}/line_items`,
      params: {},
    }),
};

/** A copy of the answer in which the paths asked for by `expand[]` hold whole objects. */
export function expand(world: World, answer: object, paths: readonly string[]): object {
  const copy: object = structuredClone(answer);
  for (const path of paths) expandPath(world, copy, { path, steps: path.split('.') });
  return copy;
}

interface Asked {
  readonly path: string;
  readonly steps: readonly string[];
}

function expandPath(world: World, node: unknown, asked: Asked): void {
  const [step, ...rest] = asked.steps;
  if (step === undefined || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) expandPath(world, item, asked);
    return;
  }
  if (!isNode(node)) throw notExpandable(asked.path);
  node[step] = expandField(world, node, { step, path: asked.path });
  expandPath(world, node[step], { path: asked.path, steps: rest });
}

function expandField(
  world: World,
  node: Node,
  asked: { readonly step: string; readonly path: string },
): unknown {
  const value = node[asked.step];
  if (value === undefined) {
    const include = includable[`${String(node.object)}.${asked.step}`];
    if (include === undefined) throw notExpandable(asked.path);
    return structuredClone(include(world, String(node.id)));
  }
  if (typeof value === 'object') return value; // already whole, or null: nothing to expand
  if (typeof value !== 'string') throw notExpandable(asked.path);
  const found = objectById(world, value);
  if (found === undefined) throw notExpandable(asked.path);
  return structuredClone(found);
}

/** What a stored reference points to; ids are unique across the tables that can be expanded. */
function objectById(world: World, id: string): object | undefined {
  const { tables } = world;
  const expandables = [
    tables.customers,
    tables.deletedCustomers,
    tables.paymentMethods,
    tables.setupIntents,
    tables.paymentIntents,
    tables.charges,
    tables.products,
    tables.prices,
    tables.invoices,
  ];
  return expandables.map((table) => table.get(id)).find((found) => found !== undefined);
}

const notExpandable = (path: string) =>
  invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' });
