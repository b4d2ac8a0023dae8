import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogJsonSchema, loadCatalogs } from '../../src/catalog/load.ts';
import { planOf, priceOf } from '../../src/domain/terms/terms.ts';
import { loaded } from './support.ts';

const all = loadCatalogs('catalogs');

const studio = loaded(all, 'studio');
const team = loaded(all, 'team');

describe('studio', () => {
  test('sells five plans in order [0.07 0.23]', () => {
    const names = studio.plans.map(({ rank, name }) => `${rank} ${name}`);
    expect(names).toEqual(['0 Free', '1 Starter', '2 Pro', '3 Team', '4 Enterprise']);
  });

  test.each([
    ['starter', 1_500n, 14_940n],
    ['pro', 3_000n, 29_880n],
    ['team', 6_000n, 59_760n],
  ])('a year of %s costs 17 %% less than twelve months [0.25]', (id, month, year) => {
    const plan = planOf(studio, id);
    expect(priceOf(plan, 'month')).toEqual({ baseMinor: 0n, perSeatMinor: month });
    expect(priceOf(plan, 'year')).toEqual({ baseMinor: 0n, perSeatMinor: year });
    expect(year * 100n).toBe(month * 12n * 83n);
  });

  test.each([
    ['starter', 'pro'],
    ['pro', 'team'],
  ])('moving from %s to %s costs less per credit than a top-up [1.18]', (from, to) => {
    const [less, more] = [planOf(studio, from), planOf(studio, to)];
    const addedMicro = more.included.perSeatMicro - less.included.perSeatMicro;
    const addedMinor = priceOf(more, 'month').perSeatMinor - priceOf(less, 'month').perSeatMinor;
    if (studio.topUps.offer !== 'packs') throw new Error('studio sells packs');
    for (const { priceMinor, creditsMicro } of studio.topUps.packs) {
      expect(addedMinor * creditsMicro).toBeLessThan(priceMinor * addedMicro);
    }
  });

  test('a bigger plan has cheaper credits [1.18]', () => {
    const perCredit = ['starter', 'pro', 'team'].map((id) => {
      const plan = planOf(studio, id);
      const cents = priceOf(plan, 'month').perSeatMinor * 1_000_000n;
      return Number(cents) / Number(plan.included.perSeatMicro);
    });
    expect(perCredit).toEqual([75, 66.66666666666667, 60]);
  });

  test('one dollar of a top-up is one credit [0.13 1.08 1.17]', () => {
    expect(studio.credits.unit).toEqual({ kind: 'money', currency: 'usd' });
    expect(studio.topUps).toEqual({
      offer: 'packs',
      packs: [
        { priceMinor: 1_000n, creditsMicro: 10_000_000n },
        { priceMinor: 2_500n, creditsMicro: 25_000_000n },
        { priceMinor: 5_000n, creditsMicro: 50_000_000n },
        { priceMinor: 10_000n, creditsMicro: 100_000_000n },
      ],
      refund: 'none',
      expiresAfterMonths: null,
      automatic: { timesADay: 3 },
    });
  });

  test('refills on the first, burns included credits first, and only AI stops at zero [0.36 0.40 0.42 1.05 1.16]', () => {
    expect(studio.credits.reset).toEqual({ on: 'calendarMonth' });
    expect(studio.credits.burnOrder[0]).toEqual({
      kind: ['included', 'promo', 'adjustment', 'topUp'],
    });
    const closedAtZero = Object.keys(studio.gates).filter((name) =>
      studio.gates[name]?.includes('outOfCredits'),
    );
    expect(closedAtZero).toEqual(['ai']);
  });

  test('after a trial without a card deploys close [0.32]', () => {
    const closed = Object.keys(studio.gates).filter((name) =>
      studio.gates[name]?.includes('trialEnded'),
    );
    expect(closed).toEqual(['deploys']);
    expect(planOf(studio, 'free').trial).toBeNull();
    expect(planOf(studio, 'pro').trial?.days).toBe(14);
  });

  test('rates the three models that it shows [0.15]', () => {
    const names = Object.values(studio.rates.items).map(({ name }) => name);
    expect(names).toEqual(['Haiku 4.5', 'Sonnet 4.6', 'Opus 4.7']);
  });
});

describe('team', () => {
  test('credits are the user’s on small plans and the organisation’s on big ones [2.01 2.02 2.04]', () => {
    const holders = team.plans.map(({ id, holder }) => `${id}: ${holder}`);
    expect(holders).toEqual(['starter: user', 'pro: user', 'team: org', 'enterprise: org']);
  });

  test('costs $49 + $12 a seat by the month, $39 + $10 by the year [2.07 2.08]', () => {
    const plan = planOf(team, 'team');
    expect(priceOf(plan, 'month')).toEqual({ baseMinor: 4_900n, perSeatMinor: 1_200n });
    expect(priceOf(plan, 'year')).toEqual({ baseMinor: 46_800n, perSeatMinor: 12_000n });
  });

  test('includes 8,000 credits and more for each counted seat [2.13 2.14]', () => {
    const { included, seats } = planOf(team, 'team');
    expect(included.baseMicro).toBe(8_000_000_000n);
    expect(included.perSeatMicro).toBe(1_000_000_000n);
    expect(seats).toEqual({ model: 'counted', count: 'accepted' });
  });

  test('burns top-ups first and refills on the anniversary [2.24 2.21]', () => {
    expect(team.credits.burnOrder[0]).toEqual({
      kind: ['topUp', 'promo', 'adjustment', 'included'],
    });
    expect(team.credits.reset).toEqual({ on: 'anniversary' });
  });

  test('an upgrade goes through checkout now and reseeds the pool [2.10 2.12]', () => {
    expect(team.planChange.upgrade).toEqual({
      charge: 'now',
      credits: 'reseed',
      anchor: 'restart',
      requiresCheckout: true,
    });
  });

  test('going solo loses the pool and keeps what was bought [2.36 2.33]', () => {
    expect(team.planChange.downgrade).toMatchObject({ pooledCredits: 'forfeit', topUps: 'keep' });
  });

  test('caps members and Spaces, and warns at a fifth of the pool [2.26 2.28 2.29]', () => {
    expect(team.caps.scopes).toEqual(['member', 'space']);
    expect(team.alerts).toEqual([
      { scope: 'pool', at: { percent: 20 }, to: ['owner'], rearm: ['reset', 'topUp'] },
    ]);
  });
});

describe('every catalog', () => {
  const files = ['studio', 'team', 'tools', 'agents'].map((name) => `catalogs/${name}.yaml`);

  test.each(files)('%s is in order for an editor too', (file) => {
    const validate = new Ajv({ strict: false, formats: { uri: true, email: true } }).compile(
      catalogJsonSchema(),
    );
    validate(parse(readFileSync(file, 'utf8')));
    expect(validate.errors).toBeNull();
  });

  test.each(files)('%s names the schema that editors check it with', (file) => {
    const [first] = readFileSync(file, 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./catalog.schema.json');
  });

  test.each(files)('%s says of every policy which rule it follows, or why', (file) => {
    const unexplained = unexplainedIn(readFileSync(file, 'utf8'));
    expect(unexplained).toEqual([]);
  });

  test('is frozen, all the way down', () => {
    for (const terms of all) expect(thawedIn(terms)).toEqual([]);
  });

  // After a change of the schema on purpose: npx vitest run test/catalog --update
  test('the schema for editors is the one that loading checks', async () => {
    const text = await format(JSON.stringify(catalogJsonSchema()), {
      parser: 'json',
      printWidth: 100,
    });
    await expect(text).toMatchFileSnapshot('../../catalogs/catalog.schema.json');
  });
});

/** Lines whose policy cites no rule and no reason, on the line itself or on what it belongs to. */
function unexplainedIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => /^ *(?:- )?\w/.test(line));
  const indent = (line: string): number => line.search(/[^ -]/);
  const explained = (line: string): boolean => /#.*(?:\[\d\.\d\d|default)/.test(line);
  return lines.filter((line, index) => {
    if (/^(?:product|name|version|currency):/.test(line) || line.endsWith(':')) return false;
    let depth = indent(line) + 1;
    const around = lines
      .slice(0, index + 1)
      .reverse()
      .filter((other) => {
        if (indent(other) >= depth) return false;
        depth = indent(other);
        return true;
      });
    return !around.some(explained);
  });
}

function thawedIn(value: unknown, path = 'terms'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, item]) => thawedIn(item, `${path}.${key}`));
  return Object.isFrozen(value) ? inside : [path, ...inside];
}
