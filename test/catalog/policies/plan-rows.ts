import { advise } from '../../../src/domain/credits/advice.ts';
import { callLimitsOf } from '../../../src/domain/credits/call-limits.ts';
import { featuresLost } from '../../../src/domain/changes/downgrade.ts';
import { growthOf } from '../../../src/domain/changes/growth.ts';
import { roomFor, type LiveLimit } from '../../../src/domain/changes/limits.ts';
import { intervalInWords } from '../../../src/domain/values/interval.ts';
import { intervals, planOf, type Interval, type Terms } from '../../../src/domain/terms/terms.ts';
import { announced } from '../../domain/support.ts';
import type { Flip, Patch } from './flip.ts';
import { bills, changeTo, grants, midway, startBare, startPaid } from './lives.ts';

const firstBill = (plan: string, interval: Interval) => (terms: Terms) =>
  bills(startPaid(terms, plan, interval).effects)[0];

const firstGrants = (terms: Terms) => grants(startPaid(terms, 'pro').effects);

const room = (limit: LiveLimit, used: number) => (terms: Terms) =>
  roomFor(planOf(terms, 'free'), [{ limit, used }]).ok;

const limitRow = (limit: LiveLimit): Flip => ({
  leaves: [`plans[].limits.${limit}`],
  product: 'tools',
  see: room(limit, 3),
  cases: [
    [{ [`plans/free/limits/${limit}`]: 3 }, false],
    [{ [`plans/free/limits/${limit}`]: 4 }, true],
  ],
});

const priced = (interval: Interval, base: string, perSeat: string): Patch => ({
  [`plans/pro/prices/${interval}`]: { base, perSeat },
});

const priceRows = intervals.flatMap((interval): Flip[] => [
  {
    leaves: [`plans[].prices.${interval}.base`],
    product: 'studio',
    see: (terms) => firstBill('pro', interval)(terms)?.split('; ').at(-2),
    cases: [
      [priced(interval, '7.00', '1.00'), `Pro, by the ${intervalInWords(interval)}: 7.00`],
      [priced(interval, '8.50', '1.00'), `Pro, by the ${intervalInWords(interval)}: 8.50`],
    ],
  },
  {
    leaves: [`plans[].prices.${interval}.perSeat`],
    product: 'studio',
    see: firstBill('pro', interval),
    cases: [
      [priced(interval, '0.00', '31.00'), '31.00 open; Pro, seats: 31.00'],
      [priced(interval, '0.00', '32.00'), '32.00 open; Pro, seats: 32.00'],
    ],
  },
]);

const toolLimits = (terms: Terms) => callLimitsOf(planOf(terms, 'free').limits, 'web-search');
const ofTool = (calls: number, per: string) => ({
  'plans/free/limits/tools/web-search': { calls, per },
});
const limitShown = (cap: number, per: string) => [
  { limit: 'tool', subject: 'web-search', cap, per },
];

export const planFlips: readonly Flip[] = [
  ...priceRows,
  ...(['ownedOrgs', 'joinedOrgs', 'workspaces', 'projects', 'seatsAndInvitations'] as const).map(
    limitRow,
  ),
  {
    leaves: ['plans[].limits.runsPerWindow'],
    product: 'agents',
    see: (terms) => callLimitsOf(planOf(terms, 'free').limits, undefined).map(({ cap }) => cap),
    cases: [
      [{ 'plans/free/limits/runsPerWindow': 100 }, [100]],
      [{ 'plans/free/limits/runsPerWindow': undefined }, []],
    ],
  },
  {
    leaves: ['plans[].limits.tools.*.calls', 'plans[].limits.tools.*.per'],
    product: 'tools',
    see: toolLimits,
    cases: [
      [ofTool(1, 'minute'), limitShown(1, 'minute')],
      [ofTool(2, 'hour'), limitShown(2, 'hour')],
      [ofTool(3, 'day'), limitShown(3, 'day')],
      [ofTool(4, 'window'), limitShown(4, 'window')],
    ],
  },
  {
    leaves: ['plans[].id'],
    product: 'studio',
    see: (terms) => terms.plans.some(({ id }) => id === 'pro') && firstBill('pro', 'month')(terms),
    cases: [
      [{ 'plans/pro/id': 'pro' }, '30.00 open; Pro, seats: 30.00'],
      [{ 'plans/pro/id': 'plus' }, false],
    ],
  },
  {
    leaves: ['plans[].name'],
    product: 'studio',
    see: firstBill('pro', 'month'),
    cases: [
      [{ 'plans/pro/name': 'Pro' }, '30.00 open; Pro, seats: 30.00'],
      [{ 'plans/pro/name': 'Plus' }, '30.00 open; Plus, seats: 30.00'],
    ],
  },
  {
    leaves: ['plans[].rank'],
    product: 'studio',
    see: (terms) => announced(startPaid(terms, 'team').workspace.happens(midway, changeTo('pro'))),
    cases: [
      [{ 'plans/pro/rank': 2 }, ['changeScheduled pro month']],
      [{ 'plans/pro/rank': 7 }, ['planChanged team pro']],
    ],
  },
  {
    leaves: ['plans[].holder'],
    product: 'team',
    see: (terms) => startPaid(terms, 'pro').workspace.life.subscription.status,
    cases: [
      [{ 'plans/pro/holder': 'user' }, 'memberPaid'],
      [{ 'plans/pro/holder': 'org' }, 'active'],
    ],
  },
  {
    leaves: ['plans[].selfServe', 'plans[].contact'],
    product: 'studio',
    see: (terms) => growthOf(terms, 'team'),
    cases: [
      [
        { 'plans/enterprise/contact': 'https://studio.example/contact' },
        { kind: 'contract', contact: 'https://studio.example/contact' },
      ],
      [
        { 'plans/enterprise/contact': 'sales@studio.example' },
        { kind: 'contract', contact: 'sales@studio.example' },
      ],
      [
        {
          'plans/enterprise/contact': null,
          'plans/enterprise/selfServe': true,
          'plans/enterprise/prices': { month: { base: '0.00', perSeat: '90.00' } },
        },
        { kind: 'plan' },
      ],
    ],
  },
  {
    leaves: ['plans[].requiresPaymentMethod'],
    product: 'studio',
    see: (terms) => startBare(terms, 'pro').life.subscription.status,
    cases: [
      [{ 'plans/pro/requiresPaymentMethod': true, 'plans/pro/trial': null }, 'incomplete'],
      [{ 'plans/pro/requiresPaymentMethod': false, 'plans/pro/trial': null }, 'active'],
    ],
  },
  {
    leaves: ['plans[].trial.oncePer[]'],
    product: 'studio',
    see: (terms) => {
      const workspace = startBare(terms, 'pro');
      workspace.happens(midway, { kind: 'paymentMethodAttached', trialUsed: true });
      return workspace.life.subscription.status;
    },
    cases: [
      [{ 'plans/pro/trial/oncePer': ['cardFingerprint'] }, 'active'],
      [{ 'plans/pro/trial/oncePer': [] }, 'trialing'],
    ],
  },
  {
    leaves: ['plans[].included.base', 'plans[].included.perSeat'],
    product: 'studio',
    see: firstGrants,
    cases: [
      [{ 'plans/pro/included/base': '0' }, ['included:2026-01: 45']],
      [{ 'plans/pro/included/base': '5' }, ['included:2026-01: 50']],
      [{ 'plans/pro/included/perSeat': '46' }, ['included:2026-01: 46']],
    ],
  },
  {
    leaves: ['plans[].features.*'],
    product: 'studio',
    see: (terms) => featuresLost(planOf(terms, 'pro'), planOf(terms, 'starter')),
    cases: [
      [{ 'plans/pro/features/support': 'email', 'plans/pro/features/sso': false }, []],
      [{ 'plans/pro/features/support': 'priority' }, ['support']],
      [{ 'plans/pro/features/sso': true }, ['sso']],
    ],
  },
  {
    leaves: ['advice.upgradeFromDays'],
    product: 'studio',
    see: (terms) => {
      const { life } = startPaid(terms, 'pro').workspace;
      return advise({ life, terms, plan: planOf(terms, 'pro'), daysAbove: 8, runsOut: true });
    },
    cases: [
      [{ 'advice/upgradeFromDays': 10 }, { kind: 'topUp' }],
      [{ 'advice/upgradeFromDays': 8 }, { kind: 'upgrade', plan: 'team' }],
    ],
  },
];
