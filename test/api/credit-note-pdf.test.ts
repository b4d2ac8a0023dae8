import { expect, test } from 'vitest';
import { micro, minor } from '../../src/domain/values/money.ts';
import { printCreditNote } from '../../src/pdf/print-document.ts';
import type { CreditNoteInFull, CreditNotePage } from '../../src/ports/credit-notes.ts';
import { readPdf } from './support/read-pdf.ts';

const february = { start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z' };

const pageOf = (more: Partial<CreditNoteInFull> = {}): CreditNotePage => ({
  buyer: 'acme',
  timeZone: 'UTC',
  creditNote: {
    id: '5b0c5f3a-7d1e-4c55-9a57-3a1f4f7f6d12',
    number: 'STU-CN-000007',
    status: 'issued',
    invoice: {
      id: '5b0c5f3a-7d1e-4c55-9a57-3a1f4f7f6d11',
      number: 'STU-000042',
      issuedAt: '2026-02-01T00:00:00.000Z',
    },
    currency: 'eur',
    subtotalMinor: minor(4286),
    appliedMinor: minor(-286),
    totalMinor: minor(4000),
    creditsMicro: micro(0),
    billing: { name: 'Acme', address: null, email: null, taxId: 'PL 526-000-00-00' },
    seller: 'Studio',
    issuedAt: '2026-02-20T10:00:00.000Z',
    voidedAt: null,
    lines: [
      {
        ...{ description: 'Pro, seats', period: february, member: null },
        ...{ invoicedMinor: minor(9000), amountMinor: minor(3000) },
      },
      {
        ...{ description: 'Pro, seat added', period: february, member: 'zoë' },
        ...{ invoicedMinor: minor(1286), amountMinor: minor(1286) },
      },
    ],
    ...more,
  },
});

const wordsOf = async (page: CreditNotePage): Promise<readonly string[]> =>
  (await readPdf(await printCreditNote(page))).pages.flatMap(({ texts }) => texts);

test('a credit note says what went back of which invoice, line by line [3.28]', async () => {
  expect(await wordsOf(pageOf())).toEqual([
    ...['Studio', 'Credit note STU-CN-000007'],
    ...['Credit note', 'Number', 'STU-CN-000007', 'Issued', 'Feb 20, 2026'],
    ...['For invoice', 'STU-000042', 'Invoice issued', 'Feb 1, 2026'],
    ...['Billed to', 'Name', 'Acme', 'Workspace', 'acme', 'Tax ID', 'PL 526-000-00-00'],
    ...['Description', 'Invoiced', 'Given back'],
    ...['Pro, seats', 'Feb 1, 2026 – Feb 28, 2026', '€90.00', '€30.00'],
    ...['Pro, seat added', 'Feb 1, 2026 – Feb 28, 2026 · zoë', '€12.86', '€12.86'],
    ...['Subtotal', '€42.86', 'Of what the account had settled', '-€2.86'],
    ...['Total given back', '€40.00', 'Given back to the method that had paid.'],
    'Studio · Credit note STU-CN-000007 · page 1 of 1',
  ]);
});

test('a credit note that is void says why [3.28]', async () => {
  const words = await wordsOf(pageOf({ status: 'void', voidedAt: '2026-02-25T10:00:00.000Z' }));
  expect(words.join(' ')).toContain('Void since Feb 25, 2026: the bank could not pay it out.');
});
