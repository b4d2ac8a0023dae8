import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveBooks } from '../../src/cli/audit/prove-books.ts';
import { jsonOf } from '../../src/demo/json.ts';
import { printed } from '../../src/demo/page.ts';
import { stories } from '../../src/demo/stories/all.ts';
import { tellStory, type ToldStory } from '../../src/demo/story.ts';
import { tellOf, verdictOf } from '../../src/demo/teller.ts';
import { issueKeys } from '../../src/demo/keys.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let told: readonly ToldStory[];

beforeAll(async () => {
  world = await openWorld();
  const { config } = world;
  const keys = await issueKeys(config.databaseUrl);
  const place = {
    apiUrl: config.http.publicUrl,
    stripeUrl: config.stripe.apiBase ?? '',
    keyOf: (product: string) => keys.get(product) ?? '',
  };
  told = await Promise.all(stories.map((story) => tellStory(place, story)));
}, 240_000);
afterAll(() => world.stop());

describe('the demo', () => {
  test('finds every figure of the four years as its story expects it', () => {
    const wrong = told.flatMap(({ story, checks }) =>
      checks
        .filter(({ expected, actual }) => expected !== actual)
        .map((check) => ({ product: story.product, ...check })),
    );
    expect(wrong).toEqual([]);
  });

  test('names a rule of its product behind every figure', () => {
    const seedsOf: Readonly<Record<string, RegExp>> = {
      studio: /^[01]\.\d\d$/,
      team: /^2\.\d\d$/,
      tools: /^3\.\d\d$/,
      agents: /^4\.\d\d$/,
    };
    for (const { story, entries, checks } of told) {
      for (const { rules } of [...entries, ...checks]) {
        expect(rules).not.toHaveLength(0);
        for (const rule of rules) expect(rule).toMatch(seedsOf[story.product] ?? /never/);
      }
    }
  });

  test('leaves books that add up', async () => {
    const findings = await proveBooks(world.audit);
    expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
    const outcome = { told, findings, seconds: 1 };
    // The program's own shape, which the assertion then checks.
    expect(JSON.parse(jsonOf(outcome)) as unknown).toMatchObject({ passed: true });
    expect(printed(verdictOf(outcome), false)).toContain('✓ audit: ');
  });

  test('fits into a hundred columns', () => {
    for (const line of printed(told.flatMap(tellOf), false).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});
