import { describe, expect, test } from 'vitest';
import { micro, minor } from '../../src/domain/values/money.ts';
import type { InvoiceNotice } from '../../src/domain/news/notice.ts';
import { writeInvoiceNotice, type InvoiceFacts } from '../../src/mail/write-notice.ts';

const facts: InvoiceFacts = {
  at: '2026-02-10T00:00:00.000Z',
  workspace: 'acme',
  invoice: {
    number: 'STU-000002',
    currency: 'usd',
    totalMinor: minor(5_500),
    appliedMinor: minor(-500),
    purchaseOrder: null,
    memo: null,
    lines: [{ description: 'Pro, seats', amountMinor: minor(6_000) }],
  },
  payAt: 'https://billing.example/pay/studio/0b0e0d0c-0000-4000-8000-000000000001',
  creditNoteAt: null,
};

const voice = { productName: 'Studio', timeZone: 'Europe/Warsaw' };

const writeNotice = (notice: InvoiceNotice, of: InvoiceFacts) =>
  writeInvoiceNotice(notice, voice, of);

const closing = {
  at: '2026-02-24T00:00:00.000Z',
  planName: 'Pro',
  features: ['ai', 'newRuns'],
  becomes: 'suspended' as const,
};

const failed = (change: object): InvoiceNotice => ({
  kind: 'paymentFailed',
  invoice: 'renewal:2026-02-10T00:00:00.000Z',
  try: 1,
  nextTryAt: '2026-02-13T00:00:00.000Z',
  newMethodPays: 'now',
  closing,
  ...change,
});

const footer =
  '-- \nYou get this because yours is the billing address of the workspace "acme" of Studio. ' +
  'It can be changed where the workspace is billed.\n';

const amounts = [
  '  Pro, seats      $60.00',
  '  Account credit  -$5.00',
  '  Total           $55.00',
];

describe('an invoice that is to be paid', () => {
  const by = { ...facts.invoice, purchaseOrder: 'PO-7', memo: 'Contract of January' };
  const invoice = 'manual:1';

  test('says until when, under which order, and what for [4.35]', () => {
    const sent = { kind: 'invoiceSent', invoice, dueAt: '2026-03-11T23:00:00.000Z' } as const;
    const { subject, text } = writeNotice(sent, { ...facts, invoice: by });
    expect(subject).toBe('Studio: invoice STU-000002 over $55.00, due on 11 March 2026');
    expect(text).toBe(
      [
        'Invoice STU-000002 of Studio over $55.00 is due on 11 March 2026.',
        '',
        'Your purchase order: PO-7.',
        '',
        'Contract of January',
        '',
        ...amounts,
        '',
        footer,
      ].join('\n'),
    );
  });

  test('is told again when its day is over, with what closes where something does', () => {
    const overdue = { kind: 'invoiceOverdue', invoice, closing } as const;
    const { subject, text } = writeNotice(overdue, facts);
    expect(subject).toBe('Studio: invoice STU-000002 over $55.00 is overdue');
    expect(text).toContain('was not paid in time.');
    expect(text).toContain('If it is not paid by');
    expect(writeNotice({ ...overdue, closing: null }, facts).text).not.toContain('If it is not');
  });
});

describe('a receipt', () => {
  const receipt = { kind: 'receipt', invoice: 'renewal:2026-02-10T00:00:00.000Z' } as const;

  test('says what was paid, for what, and when in the workspace’s time', () => {
    const { subject, text } = writeNotice(receipt, facts);
    expect(subject).toBe('Studio: receipt for $55.00 (STU-000002)');
    expect(text).toBe(
      [
        'Thank you: we received your payment of $55.00 for Studio.',
        '',
        'Invoice STU-000002, paid on 10 February 2026.',
        '',
        ...amounts,
        '',
        footer,
      ].join('\n'),
    );
  });

  test.each([
    ['usd', 123_456n, '$1,234.56'],
    ['eur', 50n, '€0.50'],
    ['jpy', 1_200n, '¥1,200'],
    ['pln', 999n, 'PLN\u00a09.99'],
    ['kwd', 1_500n, 'KWD\u00a01.500'],
  ])('writes %s in its own way', (currency, total, shown) => {
    const invoice = { ...facts.invoice, currency, totalMinor: minor(total) };
    const { text } = writeNotice(receipt, { ...facts, invoice });
    expect(text).toContain(`your payment of ${shown} for Studio`);
  });

  test('escapes what people wrote, and keeps the subject on one line', () => {
    const named = { ...voice, productName: '<b>Ac\r\nBcc: x@y</b>' };
    const lines = [{ description: '<img src=x onerror=alert(1)>', amountMinor: minor(1) }];
    const letter = writeInvoiceNotice(receipt, named, {
      ...facts,
      workspace: '"><script>',
      invoice: { ...facts.invoice, lines },
    });
    expect(letter.subject).toBe('<b>Ac Bcc: x@y</b>: receipt for $55.00 (STU-000002)');
    expect(letter.html).not.toMatch(/<(?:b|img|script)\b/);
    expect(letter.html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  test('says the same in both of its parts', () => {
    const { text, html } = writeNotice(receipt, facts);
    for (const said of ['Thank you: we received your payment of $55.00', 'Account credit']) {
      expect(text).toContain(said);
      expect(html).toContain(said);
    }
  });
});

describe('a payment that failed', () => {
  test('tells the date of the next try, what closes when, and where to put it right', () => {
    const { subject, text } = writeNotice(failed({}), facts);
    expect(subject).toBe('Studio: your payment of $55.00 failed (STU-000002)');
    expect(text).toBe(
      [
        'We could not collect $55.00 for invoice STU-000002 of Studio.',
        '',
        'This was try 1; we try again on 13 February 2026. ' +
          'When you add another payment method, we try it at once.',
        '',
        'If it is not paid by 24 February 2026 at 01:00 (Europe/Warsaw), access to AI and ' +
          'new runs closes, and your plan Pro will not renew.',
        '',
        'Update the payment method:',
        'https://billing.example/pay/studio/0b0e0d0c-0000-4000-8000-000000000001',
        '',
        ...amounts,
        '',
        footer,
      ].join('\n'),
    );
  });

  test('for the last time tells since when what is closed', () => {
    const at = '2026-02-24T00:00:00.000Z';
    const { text } = writeNotice(failed({ try: 4, nextTryAt: null }), { ...facts, at });
    expect(text).toContain(
      'We do not try again by ourselves: this was try 4, and the last. ' +
        'When you add another payment method, we try it at once.\n\n' +
        'Since 24 February 2026 at 01:00 (Europe/Warsaw), access to AI and new runs is closed, ' +
        'and your plan Pro does not renew. Paying the invoice puts it right.',
    );
  });

  test('with a method that can never pay says until when the rest stays open', () => {
    const { text } = writeNotice(failed({ nextTryAt: null }), facts);
    expect(text).toContain('this was try 1, and the last.');
    expect(text).toContain('If it is not paid by 24 February 2026 at 01:00 (Europe/Warsaw)');
  });

  test('promises no try at once where a new method counts from the next try on', () => {
    const { text } = writeNotice(failed({ newMethodPays: 'nextCycle' }), facts);
    expect(text).toContain('When you add another payment method, the next try uses it.');
    expect(text).not.toContain('at once');
  });
});

test('a suspension tells what is closed since when, and how it opens again', () => {
  const suspended = { kind: 'suspended', invoice: 'renewal:x', closing } as const;
  const { subject, text, html } = writeNotice(suspended, { ...facts, at: closing.at });
  expect(subject).toBe('Studio: suspended until $55.00 is paid (STU-000002)');
  expect(text).toContain(
    'Invoice STU-000002 of Studio over $55.00 was not paid in time.\n\n' +
      'Since 24 February 2026 at 01:00 (Europe/Warsaw), access to AI and new runs is closed',
  );
  expect(html).toContain(
    'href="https://billing.example/pay/studio/0b0e0d0c-0000-4000-8000-000000000001"',
  );
});

test('a plan that ended for want of payment is told so, with what took its place', () => {
  const ended = { kind: 'suspended', invoice: 'renewal:x' } as const;
  const over = { ...closing, features: [], becomes: { planName: 'Free' } };
  const { subject, text } = writeNotice({ ...ended, closing: over }, { ...facts, at: over.at });
  expect(subject).toBe('Studio: your plan Pro has ended (STU-000002)');
  expect(text).toContain('your plan Pro has ended, and Free has taken its place.');
});

describe('a refund', () => {
  const refunded = {
    kind: 'refunded',
    ...{ invoice: 'purchase:p1', refundedAt: '2026-02-10T00:00:00.000Z' },
    ...{ backMinor: minor(1_000), refundedMinor: minor(1_000), creditsMicro: micro(10_000_000) },
    unit: { kind: 'credits', name: 'sparks' },
  } as const;

  test('says how much, of what, and what was taken with it [3.28]', () => {
    const { subject, text } = writeNotice(refunded, facts);
    expect(subject).toBe('Studio: $10.00 given back (STU-000002)');
    expect(text).toBe(
      [
        'On 10 February 2026, we gave $10.00 of your payment for invoice STU-000002 of Studio back, to the method that had paid.',
        '',
        '10 sparks that it had bought went with it.',
        '',
        'Banks take some days to show it.',
        '',
        footer,
      ].join('\n'),
    );
  });

  test('says what went back in all, and nothing of credits where there were none', () => {
    const again = { ...refunded, refundedMinor: minor(1_500), creditsMicro: micro(0) };
    const { text } = writeNotice(again, facts);
    expect(text).toContain('had paid. With what went back before, that is $15.00.');
    expect(text).not.toContain('sparks');
  });

  test('leads to the credit note', () => {
    const creditNoteAt = 'https://billing.example/credit-notes/studio/n1';
    const { text } = writeNotice(refunded, { ...facts, creditNoteAt });
    expect(text).toContain('The credit note:\nhttps://billing.example/credit-notes/studio/n1');
  });
});
