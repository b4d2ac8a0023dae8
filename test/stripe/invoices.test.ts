import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { PaymentsUnavailable } from '../../src/ports/payments.ts';
import { customerWith, loseAnswer, startEmulated, type Emulated } from './support/emulated.ts';
import { invoicesOf, line, lines, linesOf, upcoming } from './support/mirrors.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

/** Invoice `TG-0007` of 44.71 usd, its first try; each invoice is named by its customer. */
const renewal = (customer: string) => ({
  customer,
  invoice: `inv-${customer}`,
  number: 'TG-0007',
  draft: null,
  stripeInvoice: null,
  lines,
  totalMinor: minor(4471),
  currency: 'usd',
  method: null,
  key: `renewal:${customer}`,
  try: 1,
});

describe('collecting an invoice', () => {
  test('mirrors it with our number and takes its total once', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const collected = await payments.collectInvoice(renewal(customer));
    const [intent] = (await dashboard.paymentIntents.list({ customer })).data;
    expect(collected.result).toEqual({ kind: 'succeeded', paymentIntent: intent?.id });
    expect(intent?.amount_received).toBe(4471);
    expect(await invoicesOf(emulated, customer)).toMatchObject([
      {
        id: collected.stripeInvoice,
        status: 'paid',
        metadata: {
          tollgate_product: 'studio',
          tollgate_workspace: 'w1',
          tollgate_invoice: `inv-${customer}`,
          tollgate_number: 'TG-0007',
        },
      },
    ]);
    expect(await payments.seeInvoice(collected.stripeInvoice)).toEqual({
      stripeInvoice: collected.stripeInvoice,
      status: 'paid',
      failure: null,
      invoice: `inv-${customer}`,
    });
  });

  test('answers the same when repeated, with and without the mirror known', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const request = renewal(customer);
    const first = await payments.collectInvoice(request);
    expect(await payments.collectInvoice(request)).toEqual(first);
    const { stripeInvoice } = first;
    expect(await payments.collectInvoice({ ...request, stripeInvoice })).toEqual(first);
    const otherKey = { ...request, key: `after 24 hours:${customer}` };
    expect(await payments.collectInvoice(otherKey)).toEqual(first);
    expect(await invoicesOf(emulated, customer)).toHaveLength(1);
  });

  test('makes the draft of the next run equal to it, and the next draft is a new one', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const seats = [line('Seat of Bob, 3 of 28 days', 107)];
    const draft = await payments.draftInvoice(upcoming(customer, seats, 'monday'));
    const collected = await payments.collectInvoice({ ...renewal(customer), draft });
    expect(collected).toMatchObject({ stripeInvoice: draft, result: { kind: 'succeeded' } });
    expect(await linesOf(emulated, draft)).toEqual([
      ['Team, February', 4900],
      ['Seat of Ada removed, 12 of 28 days', -429],
    ]);
    const next = await payments.draftInvoice({ ...upcoming(customer, seats, 'friday'), draft });
    expect(next).not.toBe(draft);
  });

  test.each([
    ['failsLater', { kind: 'declined', code: 'generic_decline', hard: false }],
    ['insufficientFunds', { kind: 'declined', code: 'insufficient_funds', hard: false }],
    ['lost', { kind: 'declined', code: 'lost_card', hard: true }],
    ['alwaysNeedsAuthentication', { kind: 'authenticationRequired' }],
  ])('with the card "%s" answers %j; the next try may succeed', async (card, result) => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, card);
    const request = renewal(customer);
    const first = await payments.collectInvoice(request);
    expect(first.result).toEqual(result);
    expect(await payments.seeInvoice(first.stripeInvoice)).toMatchObject({ status: 'open' });
    await control(`customers/${customer}/card`, { card: 'works' });
    const second = await payments.collectInvoice({
      ...request,
      stripeInvoice: first.stripeInvoice,
      try: 2,
    });
    expect(second).toMatchObject({
      stripeInvoice: first.stripeInvoice,
      result: { kind: 'succeeded' },
    });
  });

  test('without a method leaves it open for the day when there is one', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    const { stripeInvoice, result } = await payments.collectInvoice(renewal(customer));
    expect(result).toEqual({ kind: 'noPaymentMethod' });
    expect(await payments.seeInvoice(stripeInvoice)).toMatchObject({ status: 'open' });
  });

  test('with nothing to collect is a defect', async () => {
    const { payments } = emulated;
    const request = { ...renewal('cus_any'), totalMinor: minor(0) };
    await expect(payments.collectInvoice(request)).rejects.toThrow('carry it instead');
  });
});

describe('a mirror that is not equal', () => {
  test('by one cent is not finalised [3.27]', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const request = { ...renewal(customer), totalMinor: minor(4472) };
    const { stripeInvoice, result } = await payments.collectInvoice(request);
    expect(result).toEqual({ kind: 'mismatch', oursMinor: 4472n, theirsMinor: 4471n });
    expect(await payments.seeInvoice(stripeInvoice)).toMatchObject({ status: 'draft' });
    expect((await emulated.dashboard.paymentIntents.list({ customer })).data).toEqual([]);
  });

  test.each(['voidInvoice', 'markUncollectible'] as const)(
    'because somebody did %s is not collected',
    async (act) => {
      const { payments, dashboard } = emulated;
      const customer = await customerWith(emulated, null);
      const { stripeInvoice } = await payments.collectInvoice(renewal(customer));
      await dashboard.invoices[act](stripeInvoice);
      expect(await payments.collectInvoice({ ...renewal(customer), try: 2 })).toEqual({
        stripeInvoice,
        result: { kind: 'mismatch', oursMinor: 4471n, theirsMinor: 0n },
      });
    },
  );

  test('because it was paid by other means is for a person to look at', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const { stripeInvoice } = await payments.collectInvoice(renewal(customer));
    await dashboard.invoices.pay(stripeInvoice, { paid_out_of_band: true });
    expect((await payments.collectInvoice({ ...renewal(customer), try: 2 })).result).toEqual({
      kind: 'mismatch',
      oursMinor: 4471n,
      theirsMinor: 0n,
    });
  });

  test("is refused when it is another invoice's", async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const { stripeInvoice } = await payments.collectInvoice(renewal(customer));
    const other = { ...renewal(customer), invoice: 'inv-other', stripeInvoice };
    await expect(payments.collectInvoice(other)).rejects.toThrow('does not mirror our invoice');
  });
});

describe('collecting when the answer was lost', () => {
  test.each([
    ['the draft', '/v1/invoices$'],
    ['the lines', '/add_lines$'],
    ['the finalising', '/finalize$'],
    ['the payment', '/pay$'],
  ])('after %s goes on where it was, and takes the money once', async (_step, pathPattern) => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    await loseAnswer(emulated, pathPattern);
    await expect(payments.collectInvoice(renewal(customer))).rejects.toThrow(PaymentsUnavailable);
    const { result } = await payments.collectInvoice(renewal(customer));
    expect(result).toMatchObject({ kind: 'succeeded' });
    const paid = (await dashboard.paymentIntents.list({ customer })).data;
    expect(paid).toMatchObject([{ amount_received: 4471 }]);
    expect(await invoicesOf(emulated, customer)).toMatchObject([{ status: 'paid', total: 4471 }]);
  });

  test('and the key was forgotten finds the mirror', async () => {
    const { payments, control } = emulated;
    const customer = await customerWith(emulated, 'works');
    await control('faults', { kind: 'error500', method: 'POST', pathPattern: '/pay$', times: 1 });
    await expect(payments.collectInvoice(renewal(customer))).rejects.toThrow(PaymentsUnavailable);
    const later = { ...renewal(customer), key: `forgotten:${customer}` };
    expect((await payments.collectInvoice(later)).result).toMatchObject({ kind: 'succeeded' });
    expect(await invoicesOf(emulated, customer)).toHaveLength(1);
  });

  test('and two attempts run at the same time takes the money once', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, 'works');
    const request = renewal(customer);
    const settled = await Promise.allSettled([
      payments.collectInvoice(request),
      payments.collectInvoice(request),
    ]);
    const unexpected = settled.filter(
      (one) => one.status === 'rejected' && !(one.reason instanceof PaymentsUnavailable),
    );
    expect(unexpected).toEqual([]);
    expect((await payments.collectInvoice(request)).result).toMatchObject({ kind: 'succeeded' });
    const paid = (await dashboard.paymentIntents.list({ customer })).data;
    expect(paid).toMatchObject([{ amount_received: 4471 }]);
  });
});
