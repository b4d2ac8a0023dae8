import { denialAnswer, denialStatuses } from '../../../src/domain/gates/denial.ts';
import type { Flip } from './flip.ts';

export const denialFlips: readonly Flip[] = [
  {
    leaves: ['denials.*.status'],
    product: 'studio',
    see: ({ denials }) => denialAnswer(denials, 'runQuotaReached').status,
    cases: denialStatuses.map(
      (status) => [{ denials: { runQuotaReached: { status } } }, status] as const,
    ),
  },
  {
    leaves: ['denials.*.code'],
    product: 'studio',
    see: ({ denials }) => denialAnswer(denials, 'runQuotaReached').code,
    cases: [
      [{ denials: {} }, 'runQuotaReached'],
      [{ denials: { runQuotaReached: { code: 'slowDown' } } }, 'slowDown'],
    ],
  },
];
