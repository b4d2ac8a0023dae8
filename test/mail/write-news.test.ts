import { describe, expect, test } from 'vitest';
import type { NewsKind } from '../../src/domain/news/news.ts';
import { writeNews } from '../../src/mail/write-news.ts';

const at = '2026-02-10T09:30:00.000Z';
const ends = '2026-02-13T09:30:00.000Z';

const written = (news: NewsKind) =>
  writeNews({ at, ...news }, { productName: 'Studio', timeZone: 'Europe/Warsaw' }, 'acme');

/** A mail without its greeting line of who gets it. */
const body = (news: NewsKind): string => written(news).text.split('\n\n-- \n')[0] ?? '';

describe('a mail tells', () => {
  test('that a trial ends soon, and what closes without a payment method', () => {
    const news = { planName: 'Pro', endsAt: ends, goesOn: false, closes: ['deploys'] };
    expect(written({ kind: 'trialEnding', ...news }).subject).toBe(
      'Studio: the trial of Pro ends on 13 February 2026',
    );
    expect(body({ kind: 'trialEnding', ...news })).toBe(
      'The trial of Pro of the workspace "acme" of Studio ends on 13 February 2026 at 10:30 ' +
        '(Europe/Warsaw).\n\nAdd a payment method where the workspace is billed, and Pro goes on. ' +
        'Otherwise, access to deploys closes then.',
    );
    expect(body({ kind: 'trialEnding', ...news, goesOn: true })).toContain(
      'Then Pro goes on, and the payment method on file is charged for the first time.',
    );
  });

  test('that a trial has ended, and since when what is closed', () => {
    expect(body({ kind: 'trialEnded', planName: 'Pro', closes: ['deploys', 'newRuns'] })).toBe(
      'The trial of Pro of the workspace "acme" of Studio ended on 10 February 2026 at 10:30 ' +
        '(Europe/Warsaw), and no payment method is on file. Since then, access to deploys and new ' +
        'runs is closed.\n\nAdd a payment method where the workspace is billed, and Pro goes on.',
    );
  });

  test.each<[NewsKind, string]>([
    [
      { kind: 'changeScheduled', planName: 'Pro', toPlan: 'Starter', happensAt: ends },
      'Pro changes to Starter on 13 February 2026',
    ],
    [
      { kind: 'changeScheduled', planName: 'Pro', toPlan: null, happensAt: ends },
      'Pro ends on 13 February 2026',
    ],
    [{ kind: 'changeCanceled', planName: 'Pro' }, 'Pro goes on'],
    [{ kind: 'planChanged', planName: 'Pro', toPlan: 'Team' }, 'the plan is Team now'],
    [{ kind: 'planEnded', planName: 'Pro' }, 'Pro has ended'],
    [
      { kind: 'methodMissing', planName: 'Pro', renewsAt: ends },
      'nothing is on file to renew Pro of acme',
    ],
    [{ kind: 'ownerChanged', owner: 'bea' }, 'acme has another owner'],
    [
      { kind: 'autoTopUpPaused', until: null, because: 'notPaid' },
      'no credits are bought automatically in acme for now',
    ],
  ])('$kind in its subject', (news, said) => {
    expect(written(news).subject).toBe(`Studio: ${said}`);
  });

  test.each<[NewsKind & { readonly kind: 'autoTopUpPaused' }, string]>([
    [
      { kind: 'autoTopUpPaused', until: ends, because: 'notPaid' },
      'the automatic top-up could not be paid. The next one may be bought from 13 February 2026 at',
    ],
    [
      { kind: 'autoTopUpPaused', until: ends, because: 'dailyLimit' },
      'ran low again, after as many automatic top-ups as a day may have. The next one may be',
    ],
    [
      { kind: 'autoTopUpPaused', until: null, because: 'notPaid' },
      'No other is tried until there is another payment method where the workspace is billed.',
    ],
  ])('why and until when nothing is bought by itself: %j', (news, said) => {
    expect(body(news)).toContain(said);
  });

  test('the same in both of its parts', () => {
    const { text, html } = written({ kind: 'ownerChanged', owner: '<b>' });
    expect(text).toContain('"<b>" owns the workspace');
    expect(html).toContain('&quot;&lt;b&gt;&quot; owns the workspace');
  });
});
