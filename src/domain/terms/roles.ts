import type { Permission, Terms } from './terms.ts';

/** Somebody who looks at a workspace: what they are in it, and what the product gave them besides. */
export type Viewer = {
  readonly member: string;
  readonly role: string;
  /** The product's own permissions, such as `billing:read` [4.31]. */
  readonly permissions: readonly string[];
};

/**
 * Whether the catalog lets a viewer do something [2.06 3.13 3.14 4.30 4.32], by their role or by one of the
 * product's own permissions. A role or a permission that the catalog does not name grants nothing.
 */
export const can = (terms: Terms, viewer: Viewer, permission: Permission): boolean =>
  grantedBy(terms.roles, viewer.role).includes(permission) ||
  viewer.permissions.some((own) => grantedBy(terms.customPermissions, own).includes(permission));

/** Own properties only: a role named "constructor" is in no matrix. */
const grantedBy = (
  matrix: Readonly<Record<string, readonly Permission[]>>,
  name: string,
): readonly Permission[] => (Object.hasOwn(matrix, name) ? (matrix[name] ?? []) : []);

/**
 * Whether a viewer is shown the credits of an earmark [3.09 K19]. Where earmarks are hidden only those who
 * may allocate see them all; everybody sees what is set aside for themselves.
 */
export const seesEarmark = (terms: Terms, viewer: Viewer, earmark: string | null): boolean =>
  earmark === null ||
  terms.visibility.earmarks === 'shown' ||
  earmark === `member:${viewer.member}` ||
  can(terms, viewer, 'allocate');
