import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '../../src/domain/values/money.ts';
import { printInvoice } from '../../src/pdf/print-document.ts';
import type { InvoicePage } from '../../src/ports/invoice-pdf.ts';
import type { HttpClient, Json } from '../support/http-client.ts';
import { putCardOnFile } from './support/card.ts';
import { readPdf } from './support/read-pdf.ts';
import { serveApi, type Served } from './support/served.ts';

type Invoice = InvoicePage['invoice'];
type Line = Invoice['lines'][number];

const february = { start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z' };

const seats: Line = {
  kind: 'seats',
  description: 'Pro, seats',
  quantity: 3,
  unitMinor: minor(3000),
  amountMinor: minor(9000),
  period: february,
  days: null,
  member: null,
};
const added: Line = {
  ...seats,
  kind: 'seatAdded',
  description: 'Pro, seat added',
  quantity: 1,
  amountMinor: minor(1286),
  period: { start: '2026-02-17T09:30:00.000Z', end: february.end },
  days: { part: 12, whole: 28 },
  member: 'zoë',
};

const invoiceOf = (lines: readonly Line[], more: Partial<Invoice> = {}): InvoicePage => ({
  buyer: 'acme',
  timeZone: 'UTC',
  invoice: {
    id: '5b0c5f3a-7d1e-4c55-9a57-3a1f4f7f6d11',
    number: 'STU-000042',
    reason: 'renewal',
    status: 'open',
    currency: 'eur',
    period: february,
    subtotalMinor: minor(10286),
    appliedMinor: minor(-500),
    totalMinor: minor(9786),
    billing: {
      name: 'Acme Łódź',
      address: {
        ...{ line1: 'ul. Piotrkowska 1', line2: null, city: 'Łódź', region: null },
        ...{ postalCode: '90-001', country: 'PL' },
      },
      email: 'billing@łódź.example',
      taxId: 'PL 526-000-00-00',
    },
    seller: 'Studio',
    ...{ dueAt: null, purchaseOrder: null, memo: null, paidReference: null },
    issuedAt: '2026-02-01T00:00:00.000Z',
    paidAt: null,
    lines,
    ...more,
  },
});

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the PDF of an invoice', () => {
  test('says who sold what to whom, and how its lines add up [2.39 2.41 4.13]', async () => {
    const { pages, info } = await readPdf(await printInvoice(invoiceOf([seats, added])));
    expect(pages.map(({ texts }) => texts)).toEqual([
      [
        ...['Studio', 'Invoice STU-000042'],
        ...['Invoice', 'Invoice number', 'STU-000042', 'Issued', 'Feb 1, 2026'],
        ...['For', 'Feb 1, 2026 – Feb 28, 2026'],
        ...['Billed to', 'Name', 'Acme Łódź', 'Address', 'ul. Piotrkowska 1, Łódź'],
        ...['90-001, Poland', 'Workspace', 'acme', 'Email', 'billing@łódź.example'],
        ...['Tax ID', 'PL 526-000-00-00'],
        ...['Description', 'Quantity', 'Unit price', 'Amount'],
        ...['Pro, seats', 'Feb 1, 2026 – Feb 28, 2026', '3', '€30.00', '€90.00'],
        ...['Pro, seat added', 'Feb 17, 2026 – Feb 28, 2026 · 12 of 28 days · zoë'],
        ...['1', '€30.00', '€12.86'],
        ...['Subtotal', '€102.86', 'Account credit applied', '-€5.00', 'Total', '€97.86'],
        'Amount due: €97.86',
        'Studio · Invoice STU-000042 · page 1 of 1',
      ],
    ]);
    expect(info).toMatchObject({ Title: 'Invoice STU-000042', Author: 'Studio' });
  });

  test('is tagged, so that it can be read aloud [2.39]', async () => {
    const { pages, marked, info } = await readPdf(await printInvoice(invoiceOf([seats])));
    expect(marked).toBe(true);
    expect(info).toMatchObject({ Language: 'en-US' });
    const roles = pages[0]?.roles.filter((role) => !['Span', 'P', 'Root'].includes(role));
    expect(roles).toEqual([
      ...['Document', 'H1', 'H2', 'H2', 'Table'],
      ...['TR', 'TH', 'TH', 'TH', 'TH', 'TR', 'TD', 'TD', 'TD', 'TD'],
    ]);
  });

  test('is the same bytes each time, and others for another invoice [2.39]', async () => {
    const first = hashOf(await printInvoice(invoiceOf([seats, added])));
    expect(hashOf(await printInvoice(invoiceOf([seats, added])))).toBe(first);
    expect(hashOf(await printInvoice(invoiceOf([seats])))).not.toBe(first);
  });

  test.each([
    [{ status: 'open' }, 'Amount due: €97.86'],
    [{ status: 'paid', paidAt: '2026-02-03T08:00:00.000Z' }, 'Paid on Feb 3, 2026'],
    [{ status: 'carried' }, 'Nothing to pay now: the total is carried to the next invoice.'],
    [{ status: 'void' }, 'Void: nothing is to be paid.'],
  ] as const)('says what is still to be paid: %j [4.13]', async (more, standing) => {
    const { pages } = await readPdf(await printInvoice(invoiceOf([seats], more)));
    // A long sentence stands in several lines.
    expect(pages[0]?.texts.join(' ')).toContain(standing);
  });

  test.each([
    ['pln', 'PLN 1,234,567.89'],
    ['gbp', '£1,234,567.89'],
    ['jpy', '¥123,456,789'],
  ])('writes money of %s as people do [4.13]', async (currency, shown) => {
    const line = { ...seats, quantity: 1, unitMinor: minor(123456789), amountMinor: minor(1) };
    const { pages } = await readPdf(await printInvoice(invoiceOf([line], { currency })));
    expect(pages[0]?.texts.map((text) => text.replace('\u00a0', ' '))).toContain(shown);
  });

  test('dates are local ones, and a purchase has one day [4.13]', async () => {
    const at = '2026-02-01T02:00:00.000Z';
    const bought = { ...seats, kind: 'topUp', period: { start: at, end: at } } as const;
    const page = invoiceOf([bought], { period: bought.period, issuedAt: at });
    const { pages } = await readPdf(await printInvoice({ ...page, timeZone: 'America/New_York' }));
    expect(pages[0]?.texts.filter((text) => text.includes('2026'))).toEqual(
      Array.from({ length: 3 }, () => 'Jan 31, 2026'),
    );
  });

  test('one by hand says its last day, the order and the note [4.13 4.35]', async () => {
    const { pages } = await readPdf(
      await printInvoice(
        invoiceOf([{ ...seats, kind: 'custom' }], {
          ...{ dueAt: '2026-03-04T00:00:00.000Z', purchaseOrder: 'PO-7' },
          memo: 'Contract of January',
        }),
      ),
    );
    const texts = pages[0]?.texts ?? [];
    for (const shown of ['Mar 3, 2026', 'PO-7', 'Contract of January']) {
      expect(texts).toContain(shown);
    }
  });

  test('takes as many pages as its lines need, and cuts none in two [2.39]', async () => {
    const long = `Remaining time: ${'a very long name of a plan '.repeat(6)}`;
    const lines = Array.from({ length: 30 }, (_, n) => ({
      ...added,
      description: `${n}: ${long}`,
    }));
    const { pages } = await readPdf(await printInvoice(invoiceOf(lines)));
    expect(pages).toHaveLength(5);
    const whole = pages.flatMap(({ texts }) => texts.filter((text) => text === '€12.86'));
    expect(whole).toHaveLength(30);
    for (const [index, { texts }] of pages.entries()) {
      expect(texts).toContain(`Studio · Invoice STU-000042 · page ${index + 1} of 5`);
      const begun = texts.filter((text) => /^\d+: /.test(text)).length;
      expect(texts.filter((text) => text === '€12.86')).toHaveLength(begun);
    }
    const heads = pages.map(({ roles }) => roles.filter((role) => role === 'TH').length);
    expect(heads).toEqual([4, 0, 0, 0, 0]);
  });
});

describe('GET …/invoices/{id}/pdf', () => {
  let served: Served;
  let studio: HttpClient;
  let invoice: Json;
  const acme = '/api/workspaces/acme';

  beforeAll(async () => {
    served = await serveApi();
    studio = await served.client('studio', 'read', 'manage');
    const fresh = { plan: 'pro', owner: 'ada', testClock: '2026-01-10T12:00:00.000Z' };
    expect((await studio.put(acme, fresh)).status).toBe(201);
    await tell({ email: 'ada@acme.example', taxId: 'PL5260000000' });
    await putCardOnFile(served, studio, { product: 'studio', workspace: 'acme' });
    const moved = await studio.post(`${acme}/clock`, { to: '2026-01-24T12:00:00.000Z' });
    expect(moved.status).toBe(200);
    const { body } = await studio.get(`${acme}/invoices`);
    const first = [...(body['invoices'] ?? [])].at(0);
    if (first === undefined) throw new Error('no invoice was issued');
    invoice = first;
  });
  afterAll(() => served.stop());

  const tell = async (details: object): Promise<void> => {
    expect((await studio.put(`${acme}/billing-details`, details)).status).toBe(200);
  };

  const download = async (path: string) => {
    const authorization = `Bearer ${await served.key('studio', 'read')}`;
    const response = await fetch(`${served.url}${path}`, { headers: { authorization } });
    const { status, headers } = response;
    return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  test('200: is linked from the invoice, as a file of its number [2.39 4.13 4.38]', async () => {
    const one = await studio.get(`${acme}/invoices/${String(invoice['id'])}`);
    expect(one.body['pdf']).toBe(`${acme}/invoices/${String(invoice['id'])}/pdf`);
    const { status, headers, bytes } = await download(String(one.body['pdf']));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.get('content-disposition')).toBe('attachment; filename="STU-000001.pdf"');
    const { pages } = await readPdf(bytes);
    expect(pages[0]?.texts).toEqual([
      ...['Studio', 'Invoice STU-000001'],
      ...['Invoice', 'Invoice number', 'STU-000001', 'Issued', 'Jan 24, 2026'],
      ...['For', 'Jan 24, 2026 – Feb 24, 2026'],
      ...['Billed to', 'Workspace', 'acme', 'Email', 'ada@acme.example'],
      ...['Tax ID', 'PL5260000000'],
      ...['Description', 'Quantity', 'Unit price', 'Amount'],
      ...['Pro, seats', 'Jan 24, 2026 – Feb 24, 2026', '1', '$30.00', '$30.00'],
      ...['Subtotal', '$30.00', 'Total', '$30.00'],
      'Paid on Jan 24, 2026',
      'Studio · Invoice STU-000001 · page 1 of 1',
    ]);
  });

  test('200: stays the same when billing details change later [2.40 2.41]', async () => {
    const before = hashOf((await download(String(invoice['pdf']))).bytes);
    const address = { line1: '1 Main St', city: 'Austin', region: 'TX', country: 'US' };
    await tell({ email: 'new@acme.example', taxId: null, name: 'New Acme', address });
    expect(hashOf((await download(String(invoice['pdf']))).bytes)).toBe(before);
  });

  test('404: an unknown one, and one of another workspace', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await download(`${acme}/invoices/${unknown}/pdf`)).status).toBe(404);
    const fresh = { plan: 'free', owner: 'eve', testClock: '2026-01-10T12:00:00.000Z' };
    await studio.put('/api/workspaces/other', fresh);
    const path = `/api/workspaces/other/invoices/${String(invoice['id'])}/pdf`;
    expect((await download(path)).status).toBe(404);
  });
});
