import type { Route } from '../route.ts';
import { balanceRoutes } from './balance.ts';
import { autoTopUpRoutes } from './auto-top-up.ts';
import { billingDetailRoutes } from './billing-details.ts';
import { billingRoutes } from './billing.ts';
import { catalogRoutes } from './catalog.ts';
import { catalogVersionRoutes } from './catalog-versions.ts';
import { chargeRoutes } from './charges.ts';
import { clockRoutes } from './clock.ts';
import { commandRoutes } from './commands.ts';
import { contractRoutes } from './contracts.ts';
import { creditNoteRoutes } from './credit-notes.ts';
import { debitRoutes } from './debits.ts';
import { entitlementRoutes } from './entitlements.ts';
import { estimateRoutes } from './estimates.ts';
import { eventRoutes } from './events.ts';
import { explainRoutes } from './explain.ts';
import { grantRoutes } from './grants.ts';
import { holdRoutes } from './holds.ts';
import { invoiceRoutes } from './invoices.ts';
import { ledgerRoutes } from './ledger.ts';
import { limitRoutes } from './limits.ts';
import { manualInvoiceRoutes } from './manual-invoices.ts';
import { memberRoutes } from './members.ts';
import { ownershipRoutes } from './ownership.ts';
import { planChangeRoutes } from './plan-change.ts';
import { rateCardRoutes } from './rate-card.ts';
import { resourceRoutes } from './resources.ts';
import { runRoutes } from './runs.ts';
import { seatRoutes } from './seats.ts';
import { topUpRoutes } from './top-ups.ts';
import { timeZoneRoutes } from './time-zone.ts';
import { usageFileRoutes } from './usage-file.ts';
import { usageRoutes } from './usage.ts';
import { userRoutes } from './users.ts';
import { workspaceRoutes } from './workspaces.ts';

/** Every route behind a key, in the order in which the documentation tells them. */
export const routes: readonly Route[] = [
  ...workspaceRoutes,
  ...memberRoutes,
  ...userRoutes,
  ...timeZoneRoutes,
  ...ownershipRoutes,
  ...resourceRoutes,
  ...limitRoutes,
  ...planChangeRoutes,
  ...seatRoutes,
  ...billingRoutes,
  ...billingDetailRoutes,
  ...topUpRoutes,
  ...autoTopUpRoutes,
  ...entitlementRoutes,
  ...estimateRoutes,
  ...debitRoutes,
  ...holdRoutes,
  ...balanceRoutes,
  ...usageRoutes,
  ...usageFileRoutes,
  ...runRoutes,
  ...ledgerRoutes,
  ...explainRoutes,
  ...invoiceRoutes,
  ...manualInvoiceRoutes,
  ...creditNoteRoutes,
  ...contractRoutes,
  ...chargeRoutes,
  ...grantRoutes,
  ...commandRoutes,
  ...clockRoutes,
  ...eventRoutes,
  ...catalogRoutes,
  ...catalogVersionRoutes,
  ...rateCardRoutes,
];
