import { describe, expect, test } from 'vitest';
import { openApi } from '../../src/api/openapi.ts';
import { routes } from '../../src/api/routes/all.ts';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { termsOf } from '../domain/support.ts';
import { call, invoicesOf, lived } from '../foresight/support.ts';

describe('billing is of a workspace', () => {
  test('one invoice a month covers its one plan and every member of it [0.01 0.02]', () => {
    const usage = ['ana', 'ben', 'cem'].map((member, day) =>
      call(`2026-01-1${day + 1}T00:00:00.000Z`, 20, { member }),
    );
    const life = lived(termsOf('studio'), { seats: 3, usage });
    expect(invoicesOf(life)).toEqual([
      '2026-01-10 90.00 open',
      '2026-02-10 90.00 open',
      '2026-03-10 90.00 open',
    ]);
    expect(life.totals).toMatchObject({ calls: 3, usedMicro: 60_000_000n });
  });

  test('whatever changes something changes one workspace or the catalog; nobody’s profile or account [0.03 0.44]', () => {
    const outside = routes.filter(({ path }) => !path.startsWith('/api/workspaces/{workspace}'));
    expect(outside.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'get /api/catalog/migrations/{token}',
      'get /api/catalog/versions',
      'get /api/events',
      'get /api/plans',
      'get /api/rate-card',
      'get /api/users/{user}',
      'post /api/catalog/migrations',
      'put /api/users/{user}',
    ]);
    expect(routes.filter(({ path }) => /account|profile/i.test(path))).toEqual([]);
    // Of a user only the address is kept at which a workspace's warnings reach them.
    const { components } = openApi(routes);
    expect(components?.schemas?.['UserContact']).toMatchObject({ required: ['email'] });
  });
});

test('a status is shown as Active, Trial or Past Due, or not at all [4.08]', () => {
  const { components } = openApi(routes);
  expect(JSON.stringify(components)).toContain('"enum":["Active","Trial","Past Due",null]');
});

test('what is legal or policy is an address that the catalog names, and no text [3.04 3.28]', () => {
  for (const { links } of loadCatalogs('catalogs')) {
    expect(links.policies).toMatch(/^https:\/\/[\w.]+\/[\w/]+$/);
  }
});
