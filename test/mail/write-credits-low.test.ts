import { describe, expect, test } from 'vitest';
import { micro } from '../../src/domain/values/money.ts';
import type { CreditsLow } from '../../src/domain/news/notice.ts';
import { writeCreditsLow } from '../../src/mail/write-credits-low.ts';

const voice = { productName: 'Studio', timeZone: 'Europe/Warsaw' };

const low: CreditsLow = {
  kind: 'creditsLow',
  scope: 'pool',
  subject: null,
  at: { percent: 20 },
  availableMicro: micro(199_500_000),
  unit: { kind: 'credits', name: 'credits' },
  crossedAt: '2026-02-10T09:30:00.000Z',
  readers: { roles: ['owner'], except: null },
};

test('a warning that credits run low tells how much is left since when, and what can be done [2.29]', () => {
  const { subject, text } = writeCreditsLow(low, voice, 'acme');
  expect(subject).toBe("Studio: less than 20 % of this period's credits are left in acme");
  expect(text).toBe(
    [
      "Since 10 February 2026 at 10:30 (Europe/Warsaw), less than 20 % of this period's credits " +
        'are left: 199.5 credits in the workspace "acme" of Studio.',
      '',
      'When they are used up, what needs credits pauses until there are new ones. ' +
        'Where the workspace is billed, credits can be bought and the plan can be changed.',
      '',
      '-- ',
      'You get this because you are owner of the workspace "acme" of Studio, or read its billing ' +
        'address.',
      '',
    ].join('\n'),
  );
});

describe('what runs low is named', () => {
  const first = (change: Partial<CreditsLow>): string | undefined =>
    writeCreditsLow({ ...low, ...change }, voice, 'acme')
      .text.split('\n')[0]
      ?.slice(49);

  test.each<[string, Partial<CreditsLow>, string]>([
    [
      'an amount',
      { at: { amountMicro: micro(500_000_000) } },
      "less than 500 credits of this period's credits are left: 199.5 credits in the ",
    ],
    ['nothing', { at: { percent: 0 } }, "this period's credits are used up in the "],
    [
      'one’s own cap',
      { scope: 'member', subject: 'bea', readers: { member: 'bea' } },
      'less than 20 % of your cap for this period is left: 199.5 credits in the ',
    ],
    [
      'a member’s cap',
      { scope: 'member', subject: 'bea' },
      'less than 20 % of the cap of the member "bea" is left: 199.5 credits in the ',
    ],
    [
      'a Space’s cap',
      { scope: 'space', subject: 'lab', at: { percent: 0 } },
      'the cap of the Space "lab" is used up in the ',
    ],
    [
      'the organisation’s cap',
      { scope: 'org' },
      "less than 20 % of the whole organisation's cap is left: 199.5 credits in the ",
    ],
  ])('%s', (_what, change, said) => {
    expect(first(change)).toBe(`${said}workspace "acme" of Studio.`);
  });

  test.each([
    ['usd', 8_999_999n, '$8.99'],
    ['usd', 0n, '$0.00'],
    ['jpy', 1_500_999_999n, '¥1,500'],
  ])('and written in %s as money, never more than there is', (currency, left, shown) => {
    const unit = { kind: 'money', currency } as const;
    expect(first({ unit, availableMicro: micro(left) })).toContain(`left: ${shown} in`);
  });
});

test('a member whose cap runs low reads what it means for them', () => {
  const own = { scope: 'member', subject: 'bea', readers: { member: 'bea' } } as const;
  const { text } = writeCreditsLow({ ...low, ...own }, voice, 'acme');
  expect(text).toContain(
    'When it is used up, your calls are refused until the next period begins.',
  );
  expect(text).toContain('because you are a member of the workspace "acme" of Studio.');
});
