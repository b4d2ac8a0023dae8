import { z } from 'zod';
import { faultKinds, type Faults } from './faults.ts';
import { invalidRequest, StripeRefusal } from './http/refusal.ts';
import { answerDebit } from './objects/bank-debits.ts';
import { submitCheckout } from './objects/checkout.ts';
import { chooseDefaultCard, needCustomer } from './objects/customers.ts';
import { decideDispute, disputeOfCharge, openDispute, withdrawFunds } from './objects/disputes.ts';
import {
  cardsOfCustomer,
  createPaymentMethod,
  detachPaymentMethod,
  keepPaymentMethod,
} from './objects/payment-methods.ts';
import { failRefund } from './objects/refunds.ts';
import { findCard } from './pages/cards.ts';
import { chargeNamedBy } from './resources/refunds.ts';
import { normalDelivery, type Courier } from './webhooks.ts';
import { passTime } from './pass-time.ts';
import type { World } from './world.ts';

export interface Controls {
  readonly world: World;
  readonly faults: Faults;
  readonly courier: Courier;
  readonly reset: () => void;
}

const clock = z.strictObject({ customer: z.string(), at: z.iso.datetime({ offset: true }) });
const webhooks = z.strictObject({
  mode: z.enum(['normal', 'hold', 'release']),
  duplicate: z.int().min(0).optional(),
  reorder: z.boolean().optional(),
  delayMs: z.int().min(0).optional(),
});
const faultToArm = z.strictObject({
  kind: z.enum(faultKinds),
  method: z.string().optional(),
  pathPattern: z.string().optional(),
  times: z.int().min(1).optional(),
  seconds: z.number().min(0).optional(),
});
const fault = z.union([faultToArm, z.strictObject({ kind: z.literal('clear') })]);
const card = z.strictObject({ card: z.string() });
const dispute = z.strictObject({
  charge: z.string().optional(),
  payment_intent: z.string().optional(),
  kind: z.enum(['chargeback', 'inquiry', 'bankReturn']).default('chargeback'),
  amount: z.int().min(1).optional(),
  outcome: z.enum(['fundsWithdrawn', 'won', 'lost']).optional(),
});

/** Answers `/_control/…`: what a test or an operator does to the emulator itself. */
export function control(
  controls: Controls,
  request: { readonly method: string; readonly path: string; readonly body: string },
): object {
  const [, , name = '', id = '', act = ''] = request.path.split('/');
  const what = `${request.method} ${[name, id && ':id', act].filter(Boolean).join('/')}`;
  if (what === 'GET state') return describe(controls);
  const read = <Shape extends z.ZodType>(shape: Shape) => readBody(shape, request.body);
  const { world } = controls;
  switch (what) {
    case 'POST clock':
      return setClock(world, read(clock));
    case 'POST webhooks':
      return setDelivery(controls.courier, read(webhooks));
    case 'POST faults':
      return setFault(controls.faults, read(fault));
    case 'POST dispute':
      return decide(world, read(dispute));
    case 'POST reset':
      controls.reset();
      return describe(controls);
    case 'POST checkout/:id/pay': {
      const chosen = read(card).card;
      const session = world.need('checkoutSessions', id, 'session');
      const choice = chosen.startsWith('pm_')
        ? ({ kind: 'saved', paymentMethod: chosen } as const)
        : ({ kind: 'new', card: findCard(chosen) } as const);
      return submitCheckout(world, session, choice, null);
    }
    case 'POST refunds/:id/fail':
      return failRefund(world, world.need('refunds', id));
    case 'POST debits/:id/answer':
      return answerDebit(world, world.need('bankDebits', id).intent);
    case 'POST customers/:id/card':
      return replaceCard(world, id, read(card).card);
    default:
      throw new StripeRefusal(404, {
        type: 'invalid_request_error',
        message: `There is no control ${request.method} ${request.path}.`,
      });
  }
}

function readBody<Shape extends z.ZodType>(shape: Shape, body: string): z.output<Shape> {
  const read = shape.safeParse(parseJson(body));
  if (read.success) return read.data;
  throw invalidRequest(z.prettifyError(read.error));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw invalidRequest('The body must be JSON.');
  }
}

/** From now on the customer lives at this instant; what was due by then happens. */
function setClock(world: World, given: z.output<typeof clock>): object {
  world.tables.clocks.set(given.customer, Math.floor(Date.parse(given.at) / 1000));
  passTime(world);
  return given;
}

function setDelivery(courier: Courier, given: z.output<typeof webhooks>): object {
  courier.setMode({
    isHeld: given.mode === 'hold',
    duplicates: given.duplicate ?? normalDelivery.duplicates,
    isReversed: given.reorder ?? normalDelivery.isReversed,
    delayMs: given.delayMs ?? normalDelivery.delayMs,
  });
  return courier.mode;
}

function setFault(faults: Faults, given: z.output<typeof fault>): object {
  if (given.kind === 'clear') faults.clear();
  else faults.arm(given);
  return faults.describe();
}

/** Opens a dispute of a paid charge, or finds the open one; with an outcome the bank goes on with it. */
function decide(world: World, given: z.output<typeof dispute>): object {
  const charge = chargeNamedBy(world, given);
  const { kind, amount, outcome } = given;
  const open = disputeOfCharge(world, charge.id) ?? openDispute(world, charge, { kind, amount });
  if (outcome === undefined) return open;
  return outcome === 'fundsWithdrawn'
    ? withdrawFunds(world, open)
    : decideDispute(world, open, outcome);
}

/** Puts a card in place of all others without asking the bank, so that it may decline later. */
function replaceCard(world: World, id: string, name: string): object {
  const customer = needCustomer(world, id, 'customer');
  const card = createPaymentMethod(world, findCard(name));
  for (const old of cardsOfCustomer(world, id)) detachPaymentMethod(world, old);
  keepPaymentMethod(world, card, id);
  const previous = { invoice_settings: structuredClone(customer.invoice_settings) };
  chooseDefaultCard(world, customer, card.id);
  world.emit('customer.updated', customer, { previous });
  return card;
}

const describe = ({ world, faults, courier }: Controls): object => ({
  objects: Object.fromEntries(
    Object.entries(world.tables).map(([name, rows]: [string, Map<string, unknown>]) => [
      name,
      rows.size,
    ]),
  ),
  clocks: Object.fromEntries(world.tables.clocks),
  deliveries: [...world.tables.deliveries.values()],
  webhooks: courier.mode,
  faults: faults.describe(),
});
