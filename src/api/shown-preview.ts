import { z } from 'zod';
import type { InvoiceLine } from '../domain/life/lifecycle.ts';
import { paidOf } from '../domain/life/stepping.ts';
import type { Terms } from '../domain/terms/terms.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import { instant, money, signedCredits, uuid } from './codecs.ts';
import {
  chargeOf,
  creditsMoved,
  linesLeftFor,
  renewalOf,
  timingOf,
  type Foreseen,
} from './plan-preview.ts';
import { lineSchema, lineShown } from './routes/invoices.ts';

const lines = (description: string) => z.array(lineSchema).meta({ description });

/** How long a preview may be confirmed. */
export const previewMinutes = 30;

export const chargeShown = z
  .object({
    by: z.enum(['invoice', 'checkout']).meta({ description: 'How it is paid' }),
    lines: lines('What it charges, and what unused time gives back'),
    applied: money.nullable().meta({ description: 'Account credit or an old debt; null: none' }),
    total: money.meta({ description: 'What is to be paid' }),
    isCarried: z
      .boolean()
      .meta({ description: 'Too small to charge: it counts in the next invoice' }),
  })
  .meta({ description: 'What is charged at once' });

export const creditsMovedShown = z.object({
  now: signedCredits.meta({ description: 'Available before the change' }),
  voided: signedCredits.meta({ description: 'Included credits that it takes away' }),
  granted: signedCredits.meta({ description: 'Included credits that it gives' }),
  after: signedCredits.meta({ description: 'Available after it' }),
});

const loses = z.object({
  members: z.array(z.string()).meta({ description: 'Members who need a plan of their own then' }),
  spaces: z.array(z.string()).meta({ description: 'Spaces that no member owns' }),
  features: z.array(z.string()).meta({ description: 'Features that the smaller plan has less of' }),
  includedCredits: z.boolean().meta({ description: 'Whether the unspent pool is forfeited' }),
  topUps: z.boolean().meta({ description: 'Whether bought credits are forfeited' }),
});

/** What a preview shows, as it is stored with it. */
export const foreseenShown = z.object({
  when: z
    .enum(['now', 'afterCheckout', 'atPeriodEnd', 'unchanged'])
    .meta({ description: 'When the change happens' }),
  at: instant.meta({ description: 'That instant; before a checkout, the preview’s own' }),
  charge: chargeShown.nullable().meta({ description: 'Null where nothing is charged at once' }),
  nextInvoice: lines('What it leaves for the next invoice'),
  renewal: lines('What the first whole term costs, where the change is scheduled'),
  credits: creditsMovedShown.meta({ description: 'What it does to the credits at once' }),
  period: z
    .object({
      start: instant.meta({ description: 'Its first instant' }),
      end: instant.meta({ description: 'The first instant after it' }),
    })
    .nullable()
    .meta({ description: 'The invoice period that runs after it' }),
  loses: loses.nullable().meta({ description: 'What is lost; null: nothing' }),
});

export const previewShown = foreseenShown
  .extend({
    previewToken: uuid.meta({ description: 'Confirms exactly this change' }),
    validUntil: instant.meta({ description: 'How long it may be confirmed' }),
  })
  .meta({ id: 'PlanChangePreview' });

export type Loses = z.output<typeof loses>;

export function showForeseen(
  foreseen: Foreseen,
  of: { readonly terms: Terms; readonly balance: Balance; readonly loses: Loses | null },
): z.output<typeof foreseenShown> {
  const { currency } = foreseen.before;
  const shown = (list: readonly InvoiceLine[]) => list.map((line) => lineShown(line, currency));
  return {
    ...timingOf(foreseen),
    charge: showCharge(foreseen),
    nextInvoice: shown(linesLeftFor(foreseen)),
    renewal: shown(renewalOf(foreseen, of.terms)),
    credits: showCreditsMoved(foreseen, of.balance),
    period: paidOf(foreseen.after)?.period ?? null,
    loses: of.loses,
  };
}

/** What is charged at once; null: nothing. */
export function showCharge(foreseen: Foreseen): z.output<typeof chargeShown> | null {
  const charged = chargeOf(foreseen);
  if (charged === null) return null;
  const { currency } = foreseen.before;
  const { by, lines: listed, appliedMinor, totalMinor, isCarried } = charged;
  return {
    by,
    lines: listed.map((line) => lineShown(line, currency)),
    applied: appliedMinor === null ? null : { amountMinor: appliedMinor, currency },
    total: { amountMinor: totalMinor, currency },
    isCarried,
  };
}

export function showCreditsMoved(
  foreseen: Foreseen,
  balance: Balance,
): z.output<typeof creditsMovedShown> {
  const moved = creditsMoved(foreseen, balance);
  return {
    now: moved.nowMicro,
    voided: moved.voidedMicro,
    granted: moved.grantedMicro,
    after: moved.afterMicro,
  };
}
