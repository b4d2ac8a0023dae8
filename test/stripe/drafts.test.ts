import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customerWith, startEmulated, type Emulated } from './support/emulated.ts';
import { invoicesOf, line, lines, linesOf, upcoming } from './support/mirrors.ts';

let emulated: Emulated;
beforeAll(async () => {
  emulated = await startEmulated();
});
afterAll(() => emulated.stop());

describe('the draft for the next run', () => {
  test('shows our lines, is one per workspace, and is neither finalised nor collected [2.15]', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, 'works');
    const draft = await payments.draftInvoice(upcoming(customer, lines, 'monday'));
    const [invoice, ...others] = await invoicesOf(emulated, customer);
    expect(others).toEqual([]);
    expect(invoice).toMatchObject({
      id: draft,
      status: 'draft',
      auto_advance: false,
      total: 4471,
      metadata: { tollgate_product: 'studio', tollgate_workspace: 'w1' },
    });
    const more = [...lines, line('Seat of Bob, 3 of 28 days', 107)];
    expect(await payments.draftInvoice({ ...upcoming(customer, more, 'tuesday'), draft })).toBe(
      draft,
    );
    expect(await linesOf(emulated, draft)).toEqual([
      ['Team, February', 4900],
      ['Seat of Ada removed, 12 of 28 days', -429],
      ['Seat of Bob, 3 of 28 days', 107],
    ]);
  });

  test('is found again when its id was lost', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    const draft = await payments.draftInvoice(upcoming(customer, lines, 'monday'));
    expect(await payments.draftInvoice(upcoming(customer, lines, 'tuesday'))).toBe(draft);
  });

  test('is made anew when somebody deleted it', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const draft = await payments.draftInvoice(upcoming(customer, lines, 'monday'));
    await dashboard.invoices.del(draft);
    const again = await payments.draftInvoice({ ...upcoming(customer, lines, 'tuesday'), draft });
    expect(again).not.toBe(draft);
    expect(await linesOf(emulated, again)).toHaveLength(2);
  });

  test('loses what somebody else put into it', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const request = upcoming(customer, lines, 'monday');
    const draft = await payments.draftInvoice(request);
    await dashboard.invoices.addLines(draft, { lines: [{ description: 'Gift', amount: -100 }] });
    await payments.draftInvoice(request);
    expect(await linesOf(emulated, draft)).toEqual([
      ['Team, February', 4900],
      ['Seat of Ada removed, 12 of 28 days', -429],
    ]);
  });

  test('may become empty', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    const draft = await payments.draftInvoice(upcoming(customer, lines, 'monday'));
    await payments.draftInvoice(upcoming(customer, [], 'tuesday'));
    expect(await linesOf(emulated, draft)).toEqual([]);
  });

  test('leaves pending items of others alone', async () => {
    const { payments, dashboard } = emulated;
    const customer = await customerWith(emulated, null);
    const pending = { customer, amount: 999, currency: 'usd', description: 'not ours' };
    await dashboard.invoiceItems.create(pending);
    const draft = await payments.draftInvoice(upcoming(customer, lines, 'monday'));
    expect(await linesOf(emulated, draft)).toHaveLength(2);
  });

  test('takes more lines than one page shows', async () => {
    const { payments } = emulated;
    const customer = await customerWith(emulated, null);
    const seats = Array.from({ length: 130 }, (_, index) => line(`Seat ${index}`, 100 + index));
    const draft = await payments.draftInvoice(upcoming(customer, seats, 'monday'));
    await payments.draftInvoice(upcoming(customer, seats.slice(0, 120), 'tuesday'));
    expect(await emulated.dashboard.invoices.retrieve(draft)).toMatchObject({ total: 19140 });
  });
});
