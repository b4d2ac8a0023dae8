import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terms } from '../../src/domain/terms/terms.ts';
import { storedCatalogs } from '../../src/store/directory-catalogs.ts';
import { publishTerms } from '../../src/store/publish-terms.ts';
import { atOnce, openDirectory, termsOf, type DirectoryBooks } from './directory-books.ts';

let books: DirectoryBooks;
beforeAll(async () => {
  books = await openDirectory();
});
afterAll(() => books.close());

/** Terms of a product of this test alone. */
const terms = (product: string, changed: Partial<Terms> = {}): Terms => ({
  ...termsOf('studio'),
  product,
  ...changed,
});

const versionsOf = async (product: string): Promise<readonly number[]> => {
  const rows = await books.owner<{ version: number }[]>`
    select version from plan_term where product_id = ${product} order by version`;
  return rows.map(({ version }) => version);
};

test('a version is published once, however often and by however many at once', async () => {
  await atOnce(4, () => publishTerms(books.sql, [terms('once')]));
  await publishTerms(books.sql, [terms('once')]);
  expect(await versionsOf('once')).toEqual([1]);
});

test('what is read is what was published, amounts and all', async () => {
  await publishTerms(books.sql, [terms('exact')]);
  expect(await storedCatalogs(books.sql).termsOf('exact', 1)).toEqual(terms('exact'));
});

test('an edited version is refused with what to do, and the published one stands', async () => {
  await publishTerms(books.sql, [terms('edited')]);
  const edited = terms('edited', { name: 'Another name' });
  await expect(publishTerms(books.sql, [edited])).rejects.toThrow(
    'The catalog of "edited" differs from its published version 1. ' +
      'Raise "version" in the file to 2, then publish it again.',
  );
  expect(await storedCatalogs(books.sql).termsOf('edited', 1)).toEqual(terms('edited'));
});

test('new workspaces get the newest version, and a pinned one stays readable', async () => {
  const catalogs = storedCatalogs(books.sql);
  await publishTerms(books.sql, [terms('raised')]);
  expect(await catalogs.current('raised')).toMatchObject({ version: 1 });
  await publishTerms(books.sql, [terms('raised', { version: 2, name: 'Raised' })]);
  expect(await catalogs.current('raised')).toMatchObject({ version: 2, name: 'Raised' });
  expect(await catalogs.termsOf('raised', 1)).toEqual(terms('raised'));
});

test('a product without a catalog has no terms; a version that never was is a defect', async () => {
  const catalogs = storedCatalogs(books.sql);
  expect(await catalogs.current('unheard-of')).toBeUndefined();
  await expect(catalogs.termsOf('studio', 99)).rejects.toThrow(
    'no terms 99 of studio were published',
  );
});

test('terms that were missing when they were asked for are found once they are there', async () => {
  const catalogs = storedCatalogs(books.sql);
  await expect(catalogs.termsOf('late', 1)).rejects.toThrow('no terms 1 of late');
  await publishTerms(books.sql, [terms('late')]);
  expect(await catalogs.termsOf('late', 1)).toMatchObject({ product: 'late', version: 1 });
});
