import { closingOf } from '../../../src/domain/gates/gate.ts';
import type { EventKind } from '../../../src/domain/life/lifecycle.ts';
import { minor } from '../../../src/domain/values/money.ts';
import type { Terms } from '../../../src/domain/terms/terms.ts';
import { ofKind } from '../../domain/support.ts';
import type { Flip } from './flip.ts';
import { changeTo, midway, opened, startBare, startPaid } from './lives.ts';

const topUp = (pay: 'savedMethod' | 'checkout'): EventKind => ({
  kind: 'topUpRequested',
  payment: 'p',
  priceMinor: minor(2_500),
  pay,
  returnTo: 'https://example.test',
});

/** What pays, in the cycle in which a method came beside another, and in the next. */
const payers = (wish: EventKind) => (terms: Terms) => {
  const { workspace } = startPaid(terms, 'starter');
  workspace.happens(opened, { kind: 'paymentMethodAttached', former: 'the old one' });
  const paying = (at: string) => {
    const effects = workspace.happens(at, wish);
    const charges = [...ofKind(effects, 'collectInvoice'), ...ofKind(effects, 'chargePurchase')];
    return charges.map(({ method = 'the new one' }) => method)[0];
  };
  return [paying(midway), paying('2026-02-20T12:00:00.000Z')];
};

const upgradeNow = {
  'planChange/upgrade/charge': 'now',
  'planChange/upgrade/requiresCheckout': false,
};

export const methodFlips: readonly Flip[] = [
  {
    leaves: ['paymentMethods.kinds[]'],
    product: 'studio',
    see: (terms) => {
      const { workspace } = startPaid(terms, 'pro');
      return ofKind(workspace.happens(midway, topUp('checkout')), 'openCheckout')[0]?.kinds;
    },
    cases: [
      [{ 'paymentMethods/kinds': ['card'] }, ['card']],
      [{ 'paymentMethods/kinds': ['bankAccount'] }, ['bankAccount']],
      [{ 'paymentMethods/kinds': ['card', 'bankAccount'] }, ['card', 'bankAccount']],
    ],
  },
  {
    leaves: ['paymentMethods.effective.topUp'],
    product: 'studio',
    see: payers(topUp('savedMethod')),
    cases: [
      [{ 'paymentMethods/effective/topUp': 'now' }, ['the new one', 'the new one']],
      [{ 'paymentMethods/effective/topUp': 'nextCycle' }, ['the old one', 'the new one']],
    ],
  },
  {
    leaves: ['paymentMethods.effective.renewal'],
    product: 'studio',
    see: (terms) => payers(changeTo('pro'))(terms)[0],
    cases: [
      [{ ...upgradeNow, 'paymentMethods/effective/renewal': 'now' }, 'the new one'],
      [{ ...upgradeNow, 'paymentMethods/effective/renewal': 'nextCycle' }, 'the old one'],
    ],
  },
  {
    leaves: ['paymentMethods.effective.unblocking'],
    product: 'studio',
    // A trial has ended; what closes deploys once a method came, and once its charge has settled.
    see: (terms) => {
      const workspace = startBare(terms, 'pro');
      workspace.card = 'silence';
      const effects = workspace.happens(trialOver, { kind: 'paymentMethodAttached' });
      const closer = () => closingOf(workspace.life, terms, 'deploys')?.closer;
      const [first] = ofKind(effects, 'issueInvoice');
      const before = closer();
      workspace.happens('2026-02-05T12:00:00.000Z', {
        kind: 'invoicePaid',
        invoice: first?.invoice.key ?? 'none',
        reason: 'renewal',
        periodEnd: first?.invoice.period.end ?? trialOver,
      });
      return [before, closer()];
    },
    cases: [
      [{ 'paymentMethods/effective/unblocking': 'now' }, ['suspended', 'suspended']],
      [{ 'paymentMethods/effective/unblocking': 'nextCycle' }, ['trialEnded', 'suspended']],
    ],
  },
];

const trialOver = '2026-02-01T12:00:00.000Z';
