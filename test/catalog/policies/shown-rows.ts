import type { Shown } from './flip.ts';

/** Policies that the ledger's SQL or a route reads, each with the test that shows it. */
export const shown: readonly Shown[] = [
  {
    leaves: ['plans[].limits.tools.*.experimental'],
    file: 'test/catalog/tools.test.ts',
    title: 'some tools are limited in time, and some by a ceiling that is tried out [3.23 3.24]',
  },
  {
    leaves: ['rates.items.*.name', 'rates.items.*.modality', 'rates.source.priceList'],
    file: 'test/api/agents.test.ts',
    title: 'says whose prices models have, and of when [4.33]',
  },
  {
    leaves: ['estimates.*.name'],
    file: 'test/api/tools.test.ts',
    title: 'what a standard run of each tool expects is told before [3.06 3.12]',
  },
  {
    leaves: ['credits.debtAtReset'],
    file: 'test/store/ledger/grants.test.ts',
    title: 'at a reset, policy %s',
  },
  {
    leaves: ['alerts[].rearm[]'],
    file: 'test/store/ledger/alerts.test.ts',
    title: 'is told again by %j',
  },
  {
    leaves: ['caps.scopes[]'],
    file: 'test/api/limits.test.ts',
    title: 'capScopeNotOffered where the catalog sells no caps [0.43]',
  },
  {
    leaves: ['caps.scopes[]'],
    file: 'test/api/tools.test.ts',
    title: 'is one more spend control: beyond it calls are denied [3.13]',
  },
  {
    leaves: ['caps.spend'],
    file: 'test/api/spend-cap.test.ts',
    title: 'spendCapNotOffered where the catalog offers none',
  },
  {
    leaves: ['holds.lifetimeMinutes'],
    file: 'test/api/holds.test.ts',
    title: 'sets credits aside for 15 minutes by default',
  },
  {
    leaves: ['holds.survivesExpiry'],
    file: 'test/store/ledger/holds.test.ts',
    title: 'when its grant ended meanwhile, honoured: %s',
  },
  {
    leaves: ['disputes.spentCredits'],
    file: 'test/store/ledger/reversals.test.ts',
    title: 'can bear what was spent as a loss',
  },
  {
    leaves: ['disputes.spentCredits'],
    file: 'test/lives/dispute.test.ts',
    title:
      'is taken back once when the bank takes the money and then decides; what was spent is owed',
  },
  {
    leaves: ['lines.required[]'],
    file: 'test/api/agents.test.ts',
    title: 'a fourth line is refused, and the three are named [4.21]',
  },
  {
    leaves: ['planChange.downgrade.loses[]'],
    file: 'test/api/plan-change.test.ts',
    title: 'names who loses the pool when an organisation goes back to solo [2.35 2.37 2.38]',
  },
  {
    leaves: ['plans[].allocation.allowed'],
    file: 'test/api/grants.test.ts',
    title: 'is refused where the plan lets nobody earmark',
  },
  {
    leaves: ['links.pricing', 'links.support', 'links.policies'],
    file: 'test/api/links.test.ts',
    title: '200: the product’s own pages, by the links of its catalog [0.10 0.38]',
  },
];
