import type Stripe from 'stripe';
import { escapeHtml } from '../../../domain/values/escape-html.ts';
import { bankAccountByName, bankAccountByNumber, testBankAccounts } from '../bank-accounts.ts';
import { cardByName, cardByNumber, testCards } from '../cards.ts';
import { invalidRequest } from '../http/refusal.ts';
import type { ChosenCard } from '../objects/checkout.ts';
import type { TestMethod } from '../objects/payment-methods.ts';

/** The test cards that the pages offer by name; the others can be typed in. */
const offered = ['works', 'declines', 'insufficientFunds', 'needsAuthentication', 'failsLater'];

const grouped = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
}

const radio = (choice: Choice, isChosen: boolean): string =>
  `<label class="choice"><input type="radio" name="card" value="${escapeHtml(choice.value)}"` +
  `${isChosen ? ' checked' : ''}><span>${escapeHtml(choice.label)}<br>` +
  `<small>${escapeHtml(choice.detail)}</small></span></label>`;

export function describeCard(paymentMethod: Stripe.PaymentMethod): string {
  const { us_bank_account: account } = paymentMethod;
  if (account !== undefined) return `Bank account ending in ${account.last4 ?? ''}`;
  const brand = paymentMethod.card?.display_brand ?? 'card';
  const last4 = paymentMethod.card?.last4 ?? '';
  return `${brand.charAt(0).toUpperCase()}${brand.slice(1)} ending in ${last4}`;
}

const offeredOf = (types: readonly string[]): Choice[] => {
  const cards = testCards.filter((card) => offered.includes(card.name));
  return [
    ...(types.includes('card') ? cards : []).map((card) => ({
      ...{ value: card.name, label: card.label, detail: grouped(card.number) },
    })),
    ...(types.includes('us_bank_account') ? testBankAccounts : []).map((account) => ({
      ...{ value: account.name, label: account.label, detail: `Bank account ${account.number}` },
    })),
  ];
};

/** The fields in which a customer chooses a saved method, a test card or account, or types a number. */
export function cardFields(
  saved: readonly Stripe.PaymentMethod[],
  types: readonly string[],
): string {
  const kept = saved
    .filter(({ type }) => types.includes(type))
    .map((each) => ({ value: each.id, label: 'Saved', detail: describeCard(each) }));
  const choices = [...kept, ...offeredOf(types)];
  const other = {
    value: 'number',
    label: 'Another test card',
    detail: 'Its number is typed in below.',
  };
  return `<fieldset><legend>Card</legend>
${choices.map((choice, index) => radio(choice, index === 0)).join('\n')}
${radio(other, false)}
</fieldset>
<label class="field">Card number
<input name="number" inputmode="numeric" autocomplete="off" placeholder="4242 4242 4242 4242">
</label>`;
}

/** What the fields above say: a number that was typed in is meant, whatever else is chosen. */
export function readCard(fields: URLSearchParams): ChosenCard {
  const typed = fields.get('number')?.trim() ?? '';
  const choice = typed === '' ? (fields.get('card') ?? '') : typed;
  if (choice.startsWith('pm_')) return { kind: 'saved', paymentMethod: choice };
  return { kind: 'new', card: findCard(choice) };
}

/** A test card or bank account by its name or its number. */
export function findCard(nameOrNumber: string): TestMethod {
  const card = cardByName(nameOrNumber) ?? cardByNumber(nameOrNumber);
  const found = card ?? bankAccountByName(nameOrNumber) ?? bankAccountByNumber(nameOrNumber);
  if (found !== undefined) return found;
  const names = [...testCards, ...testBankAccounts].map((each) => each.name).join(', ');
  throw invalidRequest(
    `There is no such test card. Choose one of these, or type its number: ${names}.`,
    { param: 'card' },
  );
}
