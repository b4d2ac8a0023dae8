import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/catalog/load.ts';
import { rateTokens, rateUnits } from '../../src/domain/terms/rating.ts';
import { planOf } from '../../src/domain/terms/terms.ts';
import { complaintsAfter, loaded, termsAfter } from './support.ts';

const at = '2026-01-10T00:00:00.000Z';

const agents = loaded(loadCatalogs('catalogs'), 'agents');

describe('plans', () => {
  test('Free has one workspace and capped runs, Pro more runs and no limit [4.02 4.03 4.05 4.06]', () => {
    expect(planOf(agents, 'free').limits).toMatchObject({ workspaces: 1, runsPerWindow: 100 });
    expect(planOf(agents, 'pro').limits).toMatchObject({ workspaces: null, runsPerWindow: 10_000 });
  });

  test.each([
    ['free', 'community', 'basic', false],
    ['pro', 'email', 'all', false],
    ['enterprise', 'dedicated', 'all', true],
  ])(
    '%s: %s support, %s integrations, sso %s [4.02 4.03 4.04]',
    (id, support, integrations, sso) => {
      const { features } = planOf(agents, id);
      expect(features).toMatchObject({ support, integrations, sso, scim: sso, onPrem: sso });
    },
  );

  test('Enterprise is sold by contract, by a contact [4.04 4.35]', () => {
    const { selfServe, contact, prices } = planOf(agents, 'enterprise');
    expect({ selfServe, contact, prices }).toEqual({
      selfServe: false,
      contact: 'https://agents.example/sales',
      prices: {},
    });
  });

  test('a trial ends by a payment method or by Free [4.27]', () => {
    expect(planOf(agents, 'pro').trial).toMatchObject({
      days: 14,
      creditsMicro: 10_000_000n,
      exits: ['addPaymentMethod', 'downgrade'],
    });
  });

  test('only new runs ever close; existing agents and workflows stay [4.27 4.28]', () => {
    expect(agents.gates).toEqual({
      newRuns: ['outOfCredits', 'trialEnded', 'suspended', 'canceled'],
      agents: [],
      workflows: [],
    });
    expect(agents.usageFeature).toBe('newRuns');
  });
});

test('an upgrade is immediate and paid by the method on file [4.19]', () => {
  const { charge, requiresCheckout } = agents.planChange.upgrade;
  expect({ charge, requiresCheckout }).toEqual({ charge: 'now', requiresCheckout: false });
});

test('a new method counts from the next cycle, but reactivates at once [4.15 4.17 4.27 4.29]', () => {
  expect(agents.paymentMethods).toEqual({
    kinds: ['card', 'bankAccount'],
    effective: { renewal: 'nextCycle', topUp: 'now', dunning: 'nextCycle', unblocking: 'now' },
  });
});

test('billing is for Owner and Admin, and for who has billing:read [4.30 4.31 4.32]', () => {
  expect(agents.roles).toEqual({
    owner: ['read', 'usage', 'caps', 'allocate', 'manage'],
    admin: ['read', 'usage'],
    member: [],
    viewer: [],
  });
  expect(agents.customPermissions).toEqual({ 'billing:read': ['read', 'usage'] });
});

describe('what a run costs', () => {
  const call = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite: 1_000_000, output: 1_000_000 };

  test.each([
    ['claude-sonnet-4.6', 22_050_000n],
    ['claude-haiku-4.5', 7_350_000n],
    // Where the list has no price for the cache, its tokens cost what input costs.
    ['gpt-5.2', 17_675_000n],
    ['gemini-3-flash', 4_050_000n],
  ])(
    'a million tokens of each kind of %s cost what the provider asks [4.22 4.33]',
    (model, cost) => {
      const rated = rateTokens({ card: agents.rates, model, tokens: call, at });
      expect(rated).toMatchObject({ ok: true, value: { amountMicro: cost } });
    },
  );

  test('the card says whose prices they are, and of when [4.33]', () => {
    expect(agents.rates.source).toEqual({
      kind: 'costPlus',
      markupPercent: 0,
      priceList: 'providers',
      currency: 'usd',
      asOf: '2026-07-24',
    });
  });

  test.each([
    [20, { perTokens: 5_000_000, outputMicro: 90_000_000n, cacheReadMicro: 1_800_000n }],
    [7, { perTokens: 100_000_000, outputMicro: 1_605_000_000n, cacheReadMicro: 32_100_000n }],
  ])('a markup of %d %% is taken without rounding', (percent, rate) => {
    const marked = termsAfter('agents', 'markupPercent: 0', `markupPercent: ${percent}`);
    expect(marked.rates.items['claude-sonnet-4.6']).toMatchObject(rate);
  });

  test('another list or markup counts from its day on, as exactly as the first [4.33]', () => {
    const changes = `changes: [{ from: 2026-03-01, markupPercent: 7, priceList: providers }]`;
    const dated = termsAfter(
      'agents',
      'priceList: providers }',
      `priceList: providers, ${changes} }`,
    );
    expect(dated.rates.items['claude-sonnet-4.6']).toMatchObject({
      ...{ perTokens: 100_000_000, outputMicro: 1_500_000_000n, cacheReadMicro: 30_000_000n },
      changes: [
        {
          from: '2026-03-01T00:00:00.000Z',
          ...{ outputMicro: 1_605_000_000n, cacheReadMicro: 32_100_000n },
        },
      ],
    });
    const cost = (day: string) => {
      const tokens = { output: 1_000_000 };
      const rated = rateTokens({ card: dated.rates, model: 'claude-sonnet-4.6', tokens, at: day });
      return rated.ok ? rated.value.amountMicro : rated.refusal.kind;
    };
    expect(cost('2026-02-28T23:59:59.999Z')).toBe(15_000_000n);
    expect(cost('2026-03-01T00:00:00.000Z')).toBe(16_050_000n);
  });

  test.each([
    ['{ from: 2026-03-01, markupPercent: 0, priceList: nobody }', 'expected a list that lies in'],
    [
      '{ from: 2026-03-01, markupPercent: 0, priceList: providers }, { from: 2026-03-01, markupPercent: 1, priceList: providers }',
      'found 2026-03-01, expected a day after 2026-03-01',
    ],
  ])('a change of the source like %s is a mistake', (change, complaint) => {
    const changed = `priceList: providers, changes: [${change}] }`;
    const [told] = complaintsAfter('agents', 'priceList: providers }', changed);
    expect(told).toContain(complaint);
  });

  test('each integration has its own rate [4.23]', () => {
    const rated = rateUnits({ card: agents.rates, rate: 'browser', quantity: 3, at });
    expect(rated).toMatchObject({ ok: true, value: { amountMicro: 30_000n, unit: 'call' } });
  });

  test('the knowledge base and traces cost by size and time [4.24]', () => {
    const gigabyteMonth = 730_000;
    for (const [rate, amountMicro] of [
      ['knowledge-base', 250_000n],
      ['traces', 100_000n],
    ] as const) {
      const rated = rateUnits({ card: agents.rates, rate, quantity: gigabyteMonth, at });
      expect(rated).toMatchObject({ ok: true, value: { amountMicro } });
    }
  });

  test('a run shows exactly three lines [4.21]', () => {
    expect(agents.lines).toEqual({ required: ['llm', 'tools', 'storage'] });
  });
});

describe('what contradicts itself is refused', () => {
  test.each([
    [
      'a model that the list does not have',
      'model: openai/gpt-5.2',
      'model: openai/gpt-52',
      'rates.items.gpt-5.2.model: found "openai/gpt-52", expected a model of providers; did you mean openai/gpt-5.2?',
    ],
    [
      'costs in another money than credits',
      'unit: { kind: money, currency: usd }',
      'unit: { kind: credits, name: points }',
      'rates.source.priceList: is in usd, expected credits in that money to take costs over',
    ],
    [
      'a plan by contract without a contact',
      '    contact: https://agents.example/sales # [4.04]; address: default\n',
      '',
      'plans[2].contact: is missing, expected whom to ask: the plan is sold by contract',
    ],
    [
      'a contact that is no address',
      'contact: https://agents.example/sales',
      'contact: the sales team',
      'plans[2].contact: found "the sales team", expected an https address or a mailbox',
    ],
  ])('%s', (_name, from, to, complaint) => {
    expect(complaintsAfter('agents', from, to)).toEqual([complaint]);
  });

  test('a list that there is not', () => {
    const found = complaintsAfter('agents', 'priceList: providers', 'priceList: mine');
    expect(found).toContain(
      'rates.source.priceList: found "mine", expected a list that lies in prices/',
    );
  });
});
