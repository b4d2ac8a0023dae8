import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { estimateRun, rateTokens, rateUnits } from '../../src/domain/terms/rating.ts';
import { planOf, topUpsOf, type Plan } from '../../src/domain/terms/terms.ts';
import { complaintsAfter, loaded } from './support.ts';

const at = '2026-01-10T00:00:00.000Z';

const tools = loaded(loadCatalogs('catalogs'), 'tools');
const plan = (id: string): Plan => planOf(tools, id);

describe('rates by modality', () => {
  test('there is a tab for text, image and video [3.10]', () => {
    const tabs = Object.entries(tools.rates.items).map(([id, { modality }]) => `${modality} ${id}`);
    expect(tabs).toEqual([
      'text text-standard',
      'text text-large',
      'image image-standard',
      'image image-hd',
      'video video-standard',
      'video video-hd',
      'tool web-search',
    ]);
  });

  test('text costs by the token batch, images by the asset, videos by the second [3.11]', () => {
    const card = tools.rates;
    const text = rateTokens({
      card,
      model: 'text-large',
      tokens: { input: 3_000, output: 1_000 },
      at,
    });
    expect(text).toMatchObject({ ok: true, value: { amountMicro: 4_000_000n } });
    const image = rateUnits({ card, rate: 'image-hd', quantity: 2, at });
    expect(image).toMatchObject({ ok: true, value: { amountMicro: 12_000_000n, unit: 'asset' } });
    const video = rateUnits({ card, rate: 'video-standard', quantity: 7, at });
    expect(video).toMatchObject({ ok: true, value: { amountMicro: 21_000_000n, unit: 'second' } });
  });

  test.each([
    ['deep-research', 20_000_000n, 70_000_000n],
    ['web-search', 500_000n, 1_500_000n],
    ['image-studio', 2_000_000n, 8_000_000n],
    ['video-maker', 15_000_000n, 45_000_000n],
  ])('a standard run of %s expects %d to %d micro-credits [3.06]', (tool, lowMicro, highMicro) => {
    const estimate = tools.estimates[tool];
    if (estimate === undefined) throw new Error(`${tool} has no estimate`);
    expect(estimateRun(tools.rates, estimate, at)).toEqual({ lowMicro, highMicro });
  });
});

describe('guardrails', () => {
  test.each([
    ['free', 1, 3, 2, 3],
    ['creator', 3, 20, 20, 10],
    ['business', 10, null, null, 100],
  ])(
    '%s: %s owned, %s joined, %s projects, %s seats and invitations [3.19 3.20 3.21 3.22]',
    (id, ownedOrgs, joinedOrgs, projects, seatsAndInvitations) => {
      const limits = { ownedOrgs, joinedOrgs, projects, seatsAndInvitations };
      expect(plan(id).limits).toMatchObject(limits);
    },
  );

  test('some tools are limited in time, and some by a ceiling that is tried out [3.23 3.24]', () => {
    expect(plan('free').limits.tools).toEqual({
      'deep-research': { calls: 3, per: 'day', experimental: false },
      'web-search': { calls: 10, per: 'minute', experimental: false },
      'video-maker': { calls: 2, per: 'window', experimental: true },
    });
  });
});

describe('credits', () => {
  test('belong to the organisation on every plan [3.05]', () => {
    expect(tools.plans.map(({ holder }) => holder)).toEqual(['org', 'org', 'org']);
  });

  test('are sold in blocks of ten; a bigger plan has its own block [3.17 3.18]', () => {
    expect(topUpsOf(tools, plan('creator'))).toMatchObject({
      offer: 'steps',
      step: { priceMinor: 100n, creditsMicro: 10_000_000n },
    });
    expect(topUpsOf(tools, plan('business'))).toEqual({
      offer: 'steps',
      step: { priceMinor: 8_000n, creditsMicro: 1_000_000_000n },
      min: 1,
      max: 50,
    });
  });

  test('may be earmarked on some plans, hidden from those who may not allocate [3.08 3.09]', () => {
    const allowed = tools.plans.filter(({ allocation }) => allocation.allowed);
    expect(allowed.map(({ id }) => id)).toEqual(['business']);
    expect(tools.visibility).toEqual({ earmarks: 'hidden' });
  });
});

test('only the owner changes anything; the other roles read [3.02 3.13 3.14]', () => {
  expect(tools.roles).toEqual({
    owner: ['read', 'usage', 'caps', 'allocate', 'manage'],
    admin: ['read', 'usage'],
    editor: ['read', 'usage'],
    viewer: ['read', 'usage'],
  });
});

describe('what contradicts itself is refused', () => {
  test.each([
    [
      'a limit on a tool that there is not',
      'web-search: { calls: 10',
      'web-serch: { calls: 10',
      'plans[0].limits.tools.web-serch: has no estimate, expected one; did you mean web-search?',
    ],
    [
      'an estimate by a rate that there is not',
      '{ rate: video-standard, low',
      '{ rate: video-standart, low',
      'estimates.video-maker.uses[0].rate: found "video-standart", expected a rate of the card; did you mean video-standard?',
    ],
    [
      'an estimate in the wrong unit',
      'rate: web-search, low: 10, high: 40',
      'rate: web-search, low: { input: 10 }, high: 40',
      'estimates.deep-research.uses[1].low: expected a number of calls',
    ],
    [
      'an estimate that falls',
      'low: 5, high: 15',
      'low: 5, high: 4',
      'estimates.video-maker.uses[0].high: is less than low, expected more',
    ],
    [
      'fewer steps of a plan at most than at least',
      'min: 1\n      max: 50',
      'min: 51\n      max: 50',
      'plans[2].topUps.max: found 50, expected at least min, 51',
    ],
    [
      'an owner who may not do everything',
      'owner: [read, usage, caps, allocate, manage]',
      'owner: [read, usage, caps, manage]',
      'roles.owner: lacks allocate, expected all',
    ],
    [
      'a permission twice',
      'admin: [read, usage]',
      'admin: [read, read]',
      'roles.admin[1]: there is read already; expected each one once',
    ],
    [
      'usage of a feature that credits do not close',
      'usageFeature: toolRuns',
      'usageFeature: projects',
      'usageFeature: found "projects", expected a gate that outOfCredits closes',
    ],
    [
      'a line of every run twice',
      'lines: { required: [] }',
      'lines: { required: [llm, llm] }',
      'lines.required[1]: there is llm already; expected each one once',
    ],
  ])('%s', (_name, from, to, complaint) => {
    expect(complaintsAfter('tools', from, to)).toEqual([complaint]);
  });
});
