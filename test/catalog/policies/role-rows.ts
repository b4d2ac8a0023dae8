import { can, seesEarmark } from '../../../src/domain/terms/roles.ts';
import { permissions, type Terms } from '../../../src/domain/terms/terms.ts';
import type { Flip } from './flip.ts';

const allOf = (terms: Terms, role: string, own: readonly string[]) =>
  permissions.filter((need) => can(terms, { member: 'ben', role, permissions: own }, need));

export const roleFlips: readonly Flip[] = [
  {
    leaves: ['roles.*[]'],
    product: 'studio',
    see: (terms) => allOf(terms, 'member', []),
    cases: [
      [{ 'roles/member': [] }, []],
      ...permissions.map((each) => [{ 'roles/member': [each] }, [each]] as const),
    ],
  },
  {
    leaves: ['customPermissions.*[]'],
    product: 'studio',
    see: (terms) => allOf(terms, 'nobody', ['billing:read']),
    cases: [
      [{ customPermissions: {} }, []],
      ...permissions.map(
        (each) => [{ customPermissions: { 'billing:read': [each] } }, [each]] as const,
      ),
    ],
  },
  {
    leaves: ['visibility.earmarks'],
    product: 'studio',
    see: (terms) =>
      seesEarmark(terms, { member: 'ben', role: 'member', permissions: [] }, 'member:ada'),
    cases: [
      [{ 'visibility/earmarks': 'shown' }, true],
      [{ 'visibility/earmarks': 'hidden' }, false],
    ],
  },
];
