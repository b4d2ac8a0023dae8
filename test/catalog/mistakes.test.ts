import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CatalogMistakes, loadCatalogs, readCatalog } from '../../src/catalog/load.ts';
import { complaintsAfter } from './support.ts';

const burnComparators = 'earmarkedFirst or priority or expiresSoonest or oldest';
const resets = 'calendarMonth or anniversary or dayOfMonth or never';

describe('a mistake in one field says what was found, what was expected, and what was meant', () => {
  test.each([
    [
      'a misspelt comparator',
      '- expiresSoonest',
      '- expiresSonest',
      `credits.burnOrder[1]: found "expiresSonest", expected ${burnComparators}; did you mean expiresSoonest?`,
    ],
    [
      'a comparator of no known form',
      '- expiresSoonest',
      '- 3',
      'credits.burnOrder[1]: found 3, expected earmarkedFirst, priority, expiresSoonest, oldest, or { kind: [...] }',
    ],
    [
      'a misspelt kind of grant',
      'kind: [included',
      'kind: [includd',
      'credits.burnOrder[0].kind[0]: found "includd", expected included or topUp or promo or adjustment; did you mean included?',
    ],
    [
      'a misspelt reset rule',
      'on: calendarMonth',
      'on: calendarmonth',
      `credits.reset.on: found "calendarmonth", expected ${resets}; did you mean calendarMonth?`,
    ],
    [
      'a reset rule without its name',
      '{ on: calendarMonth }',
      '{ day: 3 }',
      `credits.reset.on: is missing, expected ${resets}`,
    ],
    [
      'a day of the month that no month has',
      '{ on: calendarMonth }',
      '{ on: dayOfMonth, day: 32 }',
      'credits.reset.day: found 32, expected at most 31',
    ],
    [
      'a word where a block belongs',
      '{ on: calendarMonth }',
      'monthly',
      'credits.reset: found "monthly", expected a block of policies',
    ],
    [
      'an amount without quotes',
      "perSeat: '15.00'",
      'perSeat: 15.00',
      'plans[1].prices.month.perSeat: found 15, expected an amount of money in quotes, like "49.00"',
    ],
    [
      'a negative amount',
      "perSeat: '15.00'",
      "perSeat: '-15'",
      'plans[1].prices.month.perSeat: found "-15", expected an amount of money in quotes, like "49.00"',
    ],
    [
      'money finer than the currency',
      "perSeat: '15.00'",
      "perSeat: '15.005'",
      'plans[1].prices.month.perSeat: found "15.005", expected whole steps of 0.01 usd',
    ],
    [
      'credits finer than a millionth',
      "cacheRead: '0.1'",
      "cacheRead: '0.0000001'",
      'rates.items.haiku-4.5.cacheRead: found "0.0000001", expected an amount of credits in quotes, like "8000" or "0.25"',
    ],
    ['a broken rank', 'rank: 1', 'rank: 1.5', 'plans[1].rank: found 1.5, expected a whole number'],
    [
      'a word for a truth value',
      'selfServe: true',
      'selfServe: yes',
      'plans[0].selfServe: found "yes", expected true or false',
    ],
    ['a version of zero', 'version: 1', 'version: 0', 'version: found 0, expected at least 1'],
    ['an empty name', 'name: Studio', "name: ''", 'name: found "", expected at least 1 letter'],
    [
      'an empty list',
      'exits: [addPaymentMethod]',
      'exits: []',
      'plans[1].trial.exits: found an empty list, expected at least 1 entry',
    ],
    [
      'a misspelt closer',
      'ai: [outOfCredits',
      'ai: [outOfCredit',
      'gates.ai[0]: found "outOfCredit", expected outOfCredits or trialEnded or pastDue or suspended or canceled; did you mean outOfCredits?',
    ],
    [
      'a feature class that cannot be named so',
      '  docs: []',
      '  d-ocs: []',
      'gates.d-ocs: found this name, expected a feature class in letters, like deploys',
    ],
    [
      'a day that no calendar has',
      "output: '5'\n",
      "output: '5'\n      changes: [{ from: 2026-02-30, input: '1', cacheRead: '1', cacheWrite: '1', output: '1' }]\n",
      'rates.items.haiku-4.5.changes[0].from: found "2026-02-30", expected a day like 2026-03-01; it begins at midnight UTC',
    ],
    [
      'a policy that is left out',
      'product: studio\n',
      '',
      'product: is missing, expected a stable name of small letters, digits and dashes',
    ],
    [
      'an alias',
      'debtAtReset: carry',
      'debtAtReset: *carry',
      'found the alias *carry, expected the value itself',
    ],
    ['a policy stated twice', 'name: Studio', 'name: A\nname: B', 'Map keys must be unique'],
  ])('%s', (_name, from, to, complaint) => {
    expect(complaintsAfter('studio', from, to)).toEqual([complaint]);
  });

  test('a misspelt policy is both missing and unknown', () => {
    expect(complaintsAfter('studio', 'debtAtReset: carry', 'debtAtRest: carry')).toEqual([
      'credits.debtAtReset: is missing, expected carry or forgive',
      'credits.debtAtRest: there is no such policy; did you mean debtAtReset?',
    ]);
  });

  test.each([
    ['', 'found nothing'],
    ['just text', 'found "just text"'],
    ['- a list', 'found a list'],
  ])('a file that holds no policies at all: %j', (text, found) => {
    expect(readCatalog(text, 'studio.yaml').mistakes).toEqual([
      `studio.yaml:1:1: the file: ${found}, expected one product's billing policies`,
    ]);
  });
});

describe('all mistakes are told at once', () => {
  test('each at its own line and column', () => {
    const text = "product: studio\nname: Studio\nversion: '1'\ncurency: usd\n";
    const { mistakes } = readCatalog(text, 'catalogs/studio.yaml');
    expect(mistakes).toContain('catalogs/studio.yaml:3:10: version: found "1", expected a number');
    expect(mistakes).toContain(
      'catalogs/studio.yaml:4:1: curency: there is no such policy; did you mean currency?',
    );
    expect(mistakes).toContain('catalogs/studio.yaml:1:1: plans: is missing, expected a list');
  });

  test('across files', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'catalogs-'));
    writeFileSync(path.join(directory, 'a.yaml'), 'just text');
    writeFileSync(path.join(directory, 'b.yml'), 'x: [');
    expect(() => loadCatalogs(directory)).toThrow(CatalogMistakes);
    expect(() => loadCatalogs(directory)).toThrow(/a\.yaml:1:1: the file[^]*b\.yml:1:5: /);
  });

  test('a directory without a catalog', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'catalogs-'));
    expect(() => loadCatalogs(directory)).toThrow('there is no catalog here');
  });
});
