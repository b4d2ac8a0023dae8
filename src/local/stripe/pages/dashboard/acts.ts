import type Stripe from 'stripe';
import { escapeHtml } from '../../../../domain/values/escape-html.ts';
import { testCards } from '../../cards.ts';
import { control, type Controls } from '../../control.ts';
import { invalidRequest } from '../../http/refusal.ts';
import { refundCharge } from '../../objects/refunds.ts';
import { idOf, type World } from '../../world.ts';

/** What can be done to one object: its buttons' markup, empty where nothing can. */
export function actsOn(world: World, shelf: string, id: string): string {
  const charge = chargeBehind(world, shelf, id);
  if (charge?.status === 'succeeded' && !charge.disputed) return chargeActs(charge);
  const dispute = shelf === 'disputes' ? world.tables.disputes.get(id) : undefined;
  if (dispute !== undefined && isOpen(dispute)) return disputeActs(dispute);
  return shelf === 'customers' ? cardAct() : '';
}

/** A payment's charge is what is disputed and refunded; a charge is its own. */
function chargeBehind(world: World, shelf: string, id: string): Stripe.Charge | undefined {
  if (shelf === 'charges') return world.tables.charges.get(id);
  if (shelf !== 'payments') return undefined;
  const intent = world.tables.paymentIntents.get(id);
  return world.tables.charges.get(idOf(intent?.latest_charge) ?? '');
}

const isOpen = ({ status }: Stripe.Dispute): boolean =>
  status === 'needs_response' || status === 'warning_needs_response';

const button = (act: string, label: string): string =>
  `<form method="post"><button class="quiet" name="act" value="${act}">` +
  `${escapeHtml(label)}</button></form>`;

function chargeActs(charge: Stripe.Charge): string {
  const left = charge.amount_captured - charge.amount_refunded;
  const refund =
    left === 0
      ? ''
      : `<form method="post" class="act"><label class="field">Refund, in the smallest unit
<input name="amount" inputmode="numeric" autocomplete="off" value="${left}"></label>
<button class="quiet" name="act" value="refund">Refund</button></form>`;
  return `<div class="acts">${button('chargeback', 'Dispute: the bank takes the money')}
${button('inquiry', 'Dispute: the bank only asks')}</div>${refund}`;
}

const disputeActs = (dispute: Stripe.Dispute): string =>
  `<div class="acts">${button('won', 'The bank decides: won')}
${button('lost', 'The bank decides: lost')}${
    dispute.status === 'warning_needs_response'
      ? button('fundsWithdrawn', 'The bank takes the money')
      : ''
  }</div>`;

const cardAct = (): string =>
  `<form method="post" class="act"><label class="field">From now on the customer's card
<select name="card">${testCards
    .map(({ name, label }) => `<option value="${name}">${escapeHtml(label)}</option>`)
    .join('')}</select></label>
<button class="quiet" name="act" value="card">Replace the card</button></form>`;

/** Does what a button says, by the same controls as tests use; answers the id of what it concerns. */
export function act(
  controls: Controls,
  on: { readonly shelf: string; readonly id: string },
  fields: URLSearchParams,
): string {
  const { world } = controls;
  const wanted = fields.get('act') ?? '';
  const post = (path: string, body: object): object =>
    control(controls, { method: 'POST', path: `/_control/${path}`, body: JSON.stringify(body) });
  switch (wanted) {
    case 'chargeback':
    case 'inquiry':
      return idIn(post('dispute', { charge: needCharge(world, on).id, kind: wanted }));
    case 'won':
    case 'lost':
    case 'fundsWithdrawn': {
      const charge = idOf(world.need('disputes', on.id).charge) ?? '';
      return idIn(post('dispute', { charge, outcome: wanted }));
    }
    case 'refund': {
      const amount = amountIn(fields.get('amount') ?? '');
      const charge = needCharge(world, on);
      return refundCharge(world, charge, { amount, reason: null, metadata: {} }).id;
    }
    case 'card':
      post(`customers/${on.id}/card`, { card: fields.get('card') ?? '' });
      return on.id;
    default:
      throw invalidRequest('There is no such button.');
  }
}

function needCharge(world: World, on: { readonly shelf: string; readonly id: string }) {
  const charge = chargeBehind(world, on.shelf, on.id);
  if (charge === undefined) throw invalidRequest(`${on.id} has no charge.`);
  return charge;
}

/** Empty: all that is left. */
function amountIn(text: string): number | undefined {
  if (text.trim() === '') return undefined;
  if (/^\d{1,12}$/.test(text.trim())) return Number(text);
  throw invalidRequest('The amount is a whole number in the smallest unit of the currency.');
}

/** Controls answer the object that they made or changed. */
const idIn = (answer: object): string => ('id' in answer ? String(answer.id) : '');
