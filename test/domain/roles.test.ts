import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { can, seesEarmark } from '../../src/domain/terms/roles.ts';
import { permissions, type Terms } from '../../src/domain/terms/terms.ts';

const all = loadCatalogs('catalogs');
const termsOf = (product: string): Terms => {
  const terms = all.find((each) => each.product === product);
  if (terms === undefined) throw new Error(`there is no catalog ${product}`);
  return terms;
};
const bob = (role: string, ...own: readonly string[]) => ({
  member: 'bob',
  role,
  permissions: own,
});

describe('the matrix of roles', () => {
  test.each([
    ['studio', 'owner', 'read usage caps allocate manage'],
    ['studio', 'member', 'read usage'],
    ['team', 'owner', 'read usage caps allocate manage'],
    ['team', 'admin', 'read usage caps'],
    ['team', 'member', 'read usage'],
    ['tools', 'owner', 'read usage caps allocate manage'],
    ['tools', 'admin', 'read usage'],
    ['tools', 'editor', 'read usage'],
    ['tools', 'viewer', 'read usage'],
    ['agents', 'owner', 'read usage caps allocate manage'],
    ['agents', 'admin', 'read usage'],
    ['agents', 'member', ''],
    ['agents', 'viewer', ''],
    ['agents', 'guest', ''],
    ['agents', 'constructor', ''],
  ])('%s: %s may [%s] [2.06 3.02 3.03 3.13 3.14 3.15 4.30 4.32]', (product, role, allowed) => {
    const granted = permissions.filter((one) => can(termsOf(product), bob(role), one));
    expect(granted.join(' ')).toBe(allowed);
  });

  test.each([
    ['agents', 'billing:read', 'read usage'],
    ['agents', 'billing:write', ''],
    ['agents', 'toString', ''],
    ['tools', 'billing:read', ''],
  ])('%s: a member with %s may [%s] [4.31]', (product, own, allowed) => {
    const granted = permissions.filter((one) => can(termsOf(product), bob('guest', own), one));
    expect(granted.join(' ')).toBe(allowed);
  });
});

describe('an earmark [3.09]', () => {
  test.each([
    ['nobody’s', 'viewer', null, true],
    ['a tool’s', 'viewer', 'tool:video-maker', false],
    ['their own', 'viewer', 'member:bob', true],
    ['another member’s', 'admin', 'member:eve', false],
    ['a tool’s, who may allocate', 'owner', 'tool:video-maker', true],
  ])('%s, to %s', (_whose, role, earmark, isSeen) => {
    expect(seesEarmark(termsOf('tools'), bob(role), earmark)).toBe(isSeen);
  });

  test('is seen by everyone where the catalog shows earmarks', () => {
    expect(seesEarmark(termsOf('team'), bob('member'), 'member:eve')).toBe(true);
  });
});
