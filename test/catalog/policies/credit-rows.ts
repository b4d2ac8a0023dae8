import { inBurnOrder, type BurnableGrant } from '../../../src/domain/credits/burn-down.ts';
import { alertScopes } from '../../../src/domain/news/alert.ts';
import { openAccount } from '../../../src/domain/credits/credit-account.ts';
import { addGrants, advanceTo } from '../../../src/domain/credits/credit-time.ts';
import { refundUsage } from '../../../src/domain/credits/credit-refund.ts';
import { useCredits } from '../../../src/domain/credits/credit-usage.ts';
import { entitlementTo } from '../../../src/domain/gates/entitlement.ts';
import { micro } from '../../../src/domain/values/money.ts';
import { rolledOver } from '../../../src/domain/credits/rollover.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import { writeCreditsLow } from '../../../src/mail/write-credits-low.ts';
import { ofKind, openWorkspace } from '../../domain/support.ts';
import type { Flip } from './flip.ts';
import { opened, startBare, startPaid } from './lives.ts';

const grant = (grantNo: number, more: Partial<BurnableGrant>): BurnableGrant => ({
  grantNo,
  kind: 'included',
  remainingMicro: micro(1),
  priority: 5,
  earmark: null,
  effectiveAt: '2026-01-05T00:00:00.000Z',
  expiresAt: '2026-03-01T00:00:00.000Z',
  ...more,
});

/** Each is the first by one comparator. */
const grantsInPool = [
  grant(1, {}),
  grant(2, { earmark: 'member:ada' }),
  grant(3, { priority: 1 }),
  grant(4, { expiresAt: '2026-02-01T00:00:00.000Z' }),
  grant(5, { effectiveAt: '2026-01-01T00:00:00.000Z' }),
  grant(6, { kind: 'topUp' }),
  grant(7, { kind: 'promo' }),
  grant(8, { kind: 'adjustment' }),
];

const burnsFirst = (terms: Terms) => inBurnOrder(grantsInPool, terms.credits.burnOrder)[0]?.grantNo;

const rollover = (min: string, max: string | null, percent: number, windows: number) => ({
  'credits/rollover': { min, max, percent, expiresAfterWindows: windows },
});

/** What of 30 credits that are left goes on into the next window, and until when. */
const carriedOver = (terms: Terms) => {
  const order = ofKind(startPaid(terms, 'pro').effects, 'placeOrder').at(-1);
  const rule = order?.rollover ?? null;
  return rule && [rolledOver(rule, micro(30_000_000)), rule.endsAt];
};

/** What a refund in February gives of six credits that January's grant has paid, and until when. */
const refundAfterExpiry = ({ credits }: Terms) => {
  const { refundOfExpired = 'lost', burnOrder: order, debtAtReset } = credits;
  const at = '2026-01-10T00:00:00.000Z';
  const rules = {
    order,
    debtAtReset,
    refundOfExpired,
    settlement: 'creditOnly',
    caps: [],
  } as const;
  const january = { effectiveAt: at, expiresAt: '2026-02-01T00:00:00.000Z' };
  const ten = { kind: 'included', amountMicro: micro(10_000_000), ...january } as const;
  const six = { id: 'run', amountMicro: micro(6_000_000) };
  const account = addGrants(openAccount(at, rules), [ten]);
  const used = useCredits(account, { ...six, feature: null, onShort: 'deny' });
  if (!used.ok) throw new Error('ten credits pay six');
  const given = refundUsage(advanceTo(used.value.account, january.expiresAt), six);
  const [, promo] = given.ok ? given.value.account.grants : [];
  return promo === undefined ? null : [promo.amountMicro, promo.expiresAt];
};

const windowOfFirst = (terms: Terms) => {
  const { subscription } = startPaid(terms, 'pro').workspace.life;
  return 'window' in subscription && subscription.window !== null ? subscription.window.end : null;
};

/** The mail that warns of low credits. */
const warning = (terms: Terms, name: string) => warnings(terms, [name])[0]?.text ?? null;

/** The first paragraph of each mail, and whom it is for, where alerts of these names are crossed. */
function warnings(terms: Terms, crossed: readonly string[], subject: string | null = null) {
  const { workspace } = startPaid(terms, 'pro');
  const availableMicro = micro(3_000_000);
  const [scope] = alertScopes.filter((each) => crossed[0]?.startsWith(`${each}:`));
  if (scope === undefined) throw new Error('an alert is about a scope');
  const low = { kind: 'thresholdCrossed', scope, subject, crossed, availableMicro } as const;
  return ofKind(workspace.happens(opened, low), 'notify').flatMap((told) => {
    const { notice } = told;
    if (notice.kind !== 'creditsLow') return [];
    const [text] = writeCreditsLow(notice, told, 'acme').text.split('\n');
    return [{ text, readers: notice.readers }];
  });
}

const said = (productName: string, left: string) =>
  `Since 10 January 2026 at 09:00 (UTC), less than 20 % of this period's credits are left: ${left} ` +
  `in the workspace "acme" of ${productName}.`;
const alert = { scope: 'pool', at: { percent: 20 }, to: ['owner'], rearm: ['reset', 'topUp'] };
const warned = { alerts: [alert] };

const closesDeploys = (terms: Terms) => {
  const { life } = startBare(terms, 'pro');
  const facts = { life, terms, availableMicro: micro(0), at: '2026-02-01T00:00:00.000Z' };
  return entitlementTo(facts, 'deploys').reasons.map(({ code }) => code);
};

const closedTo = (closer: string, terms: Terms): boolean => {
  const { workspace } = startPaid(terms, 'pro');
  workspace.card = 'declines';
  workspace.until('2026-02-12T00:00:00.000Z');
  if (closer === 'canceled') {
    workspace.happens('2026-02-12T00:00:00.000Z', { kind: 'cancelRequested', when: 'now' });
  }
  const at = closer === 'suspended' ? '2026-03-01T00:00:00.000Z' : '2026-02-12T00:00:00.000Z';
  const facts = { life: workspace.life, terms, availableMicro: micro(5), at };
  return !entitlementTo(facts, 'docs').allowed;
};

export const creditFlips: readonly Flip[] = [
  {
    leaves: ['credits.burnOrder[]', 'credits.burnOrder[].kind[]'],
    product: 'studio',
    see: burnsFirst,
    cases: [
      [{ 'credits/burnOrder': ['earmarkedFirst'] }, 2],
      [{ 'credits/burnOrder': ['priority'] }, 3],
      [{ 'credits/burnOrder': ['expiresSoonest'] }, 4],
      [{ 'credits/burnOrder': ['oldest'] }, 5],
      [{ 'credits/burnOrder': [{ kind: ['included'] }] }, 1],
      [{ 'credits/burnOrder': [{ kind: ['topUp'] }] }, 6],
      [{ 'credits/burnOrder': [{ kind: ['promo'] }] }, 7],
      [{ 'credits/burnOrder': [{ kind: ['adjustment'] }] }, 8],
    ],
  },
  {
    leaves: [
      'credits.rollover',
      ...['min', 'max', 'percent', 'expiresAfterWindows'].map((name) => `credits.rollover.${name}`),
    ],
    product: 'studio',
    see: carriedOver,
    cases: [
      [{ 'credits/rollover': 'none' }, null],
      [rollover('0', null, 100, 1), [30_000_000n, '2026-03-01T00:00:00.000Z']],
      [rollover('0', null, 50, 1), [15_000_000n, '2026-03-01T00:00:00.000Z']],
      [rollover('20', null, 50, 1), [20_000_000n, '2026-03-01T00:00:00.000Z']],
      [rollover('0', '10', 50, 1), [10_000_000n, '2026-03-01T00:00:00.000Z']],
      [rollover('0', '10', 50, 2), [10_000_000n, '2026-04-01T00:00:00.000Z']],
    ],
  },
  {
    leaves: ['credits.refundOfExpired', 'credits.refundOfExpired.promoDays'],
    product: 'studio',
    see: refundAfterExpiry,
    cases: [
      [{ 'credits/refundOfExpired': 'lost' }, null],
      [{ 'credits/refundOfExpired': 'promo' }, [6_000_000n, '2026-03-03T00:00:00.000Z']],
      [{ 'credits/refundOfExpired': { promoDays: 7 } }, [6_000_000n, '2026-02-08T00:00:00.000Z']],
    ],
  },
  {
    leaves: ['credits.reset.on', 'credits.reset.day'],
    product: 'studio',
    see: windowOfFirst,
    cases: [
      [{ 'credits/reset': { on: 'calendarMonth' } }, '2026-02-01T00:00:00.000Z'],
      [{ 'credits/reset': { on: 'anniversary' } }, '2026-02-10T09:00:00.000Z'],
      [{ 'credits/reset': { on: 'dayOfMonth', day: 15 } }, '2026-01-15T00:00:00.000Z'],
      [{ 'credits/reset': { on: 'dayOfMonth', day: 16 } }, '2026-01-16T00:00:00.000Z'],
      [{ 'credits/reset': { on: 'never' } }, null],
    ],
  },
  {
    leaves: ['credits.unit.kind', 'credits.unit.currency', 'credits.unit.name', 'name'],
    product: 'studio',
    see: (terms) => warning(terms, 'pool:20%'),
    cases: [
      [{ ...warned, 'credits/unit': { kind: 'money', currency: 'usd' } }, said('Studio', '$3.00')],
      [
        { ...warned, currency: 'eur', 'credits/unit': { kind: 'money', currency: 'eur' } },
        said('Studio', '€3.00'),
      ],
      [
        { ...warned, 'credits/unit': { kind: 'credits', name: 'sparks' } },
        said('Studio', '3 sparks'),
      ],
      [{ ...warned, 'credits/unit': { kind: 'credits', name: 'rays' } }, said('Studio', '3 rays')],
      [{ ...warned, name: 'Atelier' }, said('Atelier', '$3.00')],
    ],
  },
  {
    leaves: ['alerts[].scope', 'alerts[].at.percent', 'alerts[].at.amount'],
    product: 'studio',
    see: (terms) =>
      ['pool:10%', 'pool:20%', 'pool:5000000', 'member:20%', 'space:20%', 'org:20%'].filter(
        (name) => warnings(terms, [name], 'x').length > 0,
      ),
    cases: [
      [{ alerts: [] }, []],
      [{ alerts: [{ ...alert, at: { percent: 10 } }] }, ['pool:10%']],
      [{ alerts: [alert] }, ['pool:20%']],
      [{ alerts: [{ ...alert, at: { amount: '5' } }] }, ['pool:5000000']],
      ...(['member', 'space', 'org'] as const).map((scope): Flip['cases'][number] => [
        { 'caps/scopes': [scope], alerts: [{ ...alert, scope, rearm: ['reset'] }] },
        [`${scope}:20%`],
      ]),
    ],
  },
  {
    leaves: ['alerts[].to[]'],
    product: 'studio',
    see: (terms) => warnings(terms, ['pool:20%']).map(({ readers }) => readers),
    cases: [
      [{ alerts: [{ ...alert, to: ['owner'] }] }, [{ roles: ['owner'], except: null }]],
      [
        { alerts: [{ ...alert, to: ['owner', 'admin'] }] },
        [{ roles: ['owner', 'admin'], except: null }],
      ],
    ],
  },
  {
    leaves: ['product'],
    product: 'studio',
    see: (terms) => openWorkspace(terms, { at: opened }).life.product,
    cases: [[{ product: 'studio' }, 'studio']],
  },
  {
    leaves: ['version'],
    product: 'studio',
    see: (terms) => openWorkspace(terms, { at: opened }).life.termsVersion,
    cases: [
      [{ version: 1 }, 1],
      [{ version: 2 }, 2],
    ],
  },
  {
    leaves: ['gates.*[]'],
    product: 'studio',
    see: closesDeploys,
    cases: [
      [{ 'gates/deploys': [], 'gates/preview': ['trialEnded'] }, []],
      [{ 'gates/deploys': ['trialEnded'] }, ['trialEnded']],
      [{ 'gates/deploys': ['trialEnded', 'outOfCredits'] }, ['trialEnded', 'outOfCredits']],
    ],
  },
  {
    leaves: ['gates.*[]'],
    product: 'studio',
    see: (terms) => ['pastDue', 'suspended', 'canceled'].map((closer) => closedTo(closer, terms)),
    cases: [
      [{ 'gates/docs': [] }, [false, false, false]],
      [{ 'gates/docs': ['pastDue'] }, [true, true, false]],
      [{ 'gates/docs': ['suspended'] }, [false, true, false]],
      [{ 'gates/docs': ['canceled'] }, [false, false, true]],
    ],
  },
  {
    leaves: ['usageFeature'],
    product: 'studio',
    see: (terms) =>
      ofKind(startPaid(terms, 'pro').effects, 'setGate').at(-1)?.gate?.code ?? 'never',
    cases: [
      [{ usageFeature: 'ai' }, 'suspended'],
      [{ usageFeature: 'preview', 'gates/preview': ['outOfCredits'] }, 'never'],
    ],
  },
];
