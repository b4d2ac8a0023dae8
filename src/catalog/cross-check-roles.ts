import { permissions, type Terms } from '../domain/terms/terms.ts';
import { repeats } from './repeats.ts';
import type { Mistake } from './source.ts';

/** Somebody must be able to do everything, and nobody is promised what nobody may do. */
export function checkRoles({ roles, customPermissions, plans }: Terms): Mistake[] {
  const missing = permissions.filter((permission) => roles['owner']?.includes(permission) !== true);
  const owner =
    missing.length === 0
      ? []
      : [{ path: ['roles', 'owner'], message: `lacks ${missing.join(', ')}, expected all` }];
  const twice = Object.entries({ roles, customPermissions }).flatMap(([block, granted]) =>
    Object.entries(granted).flatMap(([name, list]) =>
      repeats(list, String, (index) => [block, name, index]),
    ),
  );
  const nameless = plans.flatMap(({ features }, index) =>
    Object.keys(features).length > 0
      ? []
      : [{ path: ['plans', index, 'features'], message: 'is empty, expected what it has' }],
  );
  return [...owner, ...twice, ...nameless];
}
