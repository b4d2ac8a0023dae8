import { expect, test } from 'vitest';
import { callLimitsOf, earmarksOf } from '../../src/domain/credits/call-limits.ts';
import type { PlanLimits } from '../../src/domain/terms/terms.ts';

const limits: PlanLimits = {
  ...{ ownedOrgs: null, joinedOrgs: null, workspaces: null, projects: null },
  ...{ seatsAndInvitations: null, runsPerWindow: 100 },
  tools: { search: { calls: 10, per: 'minute', experimental: false } },
};

const quota = { limit: 'runs', subject: '', cap: 100, per: 'window' };

test('a call counts against the quota of runs [4.05] and the limit of its tool [3.23]', () => {
  expect(callLimitsOf(limits, 'search')).toEqual([
    quota,
    { limit: 'tool', subject: 'search', cap: 10, per: 'minute' },
  ]);
});

test.each([undefined, 'other', 'constructor'])('the tool %s has no limit of its own', (tool) => {
  expect(callLimitsOf(limits, tool)).toEqual([quota]);
});

test('a call may burn what is set aside for its tool, Space, member and models [3.08]', () => {
  const call = { tool: 'search', space: 'lab', member: 'ada', models: ['opus', 'opus'] };
  expect(earmarksOf(call)).toEqual(['tool:search', 'space:lab', 'member:ada', 'model:opus']);
  expect(earmarksOf({ models: [] })).toEqual([]);
});
