import { z } from 'zod';
import { permissions } from '../domain/terms/terms.ts';
import { intervals } from '../domain/terms/terms.ts';
import { billingDetailsShown } from './billing-details.ts';
import { instant, money, signedCredits } from './codecs.ts';

const text = (description: string) => z.string().meta({ description });
const at = (description: string) => instant.meta({ description });
const maybeAt = (description: string) => instant.nullable().meta({ description });

const statuses = [
  'none',
  'memberPaid',
  'free',
  'incomplete',
  'trialing',
  'trialEnded',
  'active',
  'pastDue',
  'suspended',
  'canceled',
] as const;

const periodShown = z.object({
  start: at('Its first instant'),
  end: at('The first instant after it'),
});

const planShown = z.object({
  id: text('The plan'),
  name: text('Its name'),
  badge: text('Its name in capitals, as the card shows it'),
  interval: z
    .enum(intervals)
    .nullable()
    .meta({ description: 'What it is paid by; null while it is not paid' }),
});

const trialShown = z.object({
  endsAt: at('When it ends, or ended'),
  daysLeft: z.int().meta({ description: 'Local days that are left; 0 once it has ended' }),
});

const seatsShown = z.object({
  model: z.enum(['purchased', 'counted']).meta({ description: 'Bought up front, or counted' }),
  used: z.int().meta({ description: 'Members, and invitations where the catalog counts them' }),
  purchased: z.int().nullable().meta({ description: 'Seats bought; null where they are counted' }),
  warning: z.string().nullable().meta({ description: 'Told while more are used than bought' }),
});

const featureShown = z.object({
  feature: text('The feature class, by the catalog'),
  allowed: z.boolean().meta({ description: 'Whether it may be used now' }),
  reasons: z
    .array(z.object({ code: text('What stands in the way'), since: maybeAt('Since when') }))
    .meta({ description: 'Everything that stands in the way' }),
  remedies: z.array(z.string()).meta({ description: 'What would help, the quickest first' }),
});

const bannerShown = z.object({
  code: text('What it is about'),
  text: text('What to show'),
  remedy: z
    .object({
      action: text('What would help'),
      url: text('The route that does it'),
    })
    .nullable()
    .meta({
      description: 'What to link to; null where nothing helps, or the viewer may not do it',
    }),
});

const scheduledShown = z.object({
  kind: z.enum(['plan', 'cancel']).meta({ description: 'Another plan, or the end' }),
  plan: z.string().nullable().meta({ description: 'The plan to come; null for the end' }),
  interval: z.enum(intervals).nullable().meta({ description: 'What it is paid by' }),
  at: at('When it happens'),
});

const paymentMethodShown = z.object({
  kind: z.enum(['card', 'bankAccount']).meta({ description: 'What it is' }),
  brand: text("The card's brand, or the bank's name"),
  last4: text('Its last digits'),
});

export const workspaceShown = z
  .object({
    id: text("The product's id of the workspace"),
    personal: z.boolean().meta({ description: "Whether it is one user's own" }),
    owner: text('The member who owns it'),
    currency: text('What it pays in'),
    timeZone: text('By which its days and months are counted'),
    testClock: z.boolean().meta({ description: 'Whether its time is moved by hand' }),
    movingTo: maybeAt('Where its test clock is on its way to; null: it has arrived'),
    at: at('Its present'),
    termsVersion: z.int().meta({ description: 'The version of the catalog that it is pinned to' }),
    status: z.enum(statuses).meta({ description: 'The state of its plan' }),
    shownAs: z
      .enum(['Active', 'Trial', 'Past Due'])
      .nullable()
      .meta({ description: 'The status in the words of a billing page; null: none is shown' }),
    plan: planShown.nullable().meta({ description: 'Null before the first plan' }),
    period: periodShown.nullable().meta({ description: 'The running invoice period' }),
    nextBillingAt: maybeAt('When the next charge is due; null while none is'),
    trial: trialShown.nullable().meta({ description: 'Null outside of a trial' }),
    canceledAt: maybeAt('When the plan ended'),
    members: z.int().meta({ description: 'Accepted members, the owner among them' }),
    seats: seatsShown.nullable().meta({ description: 'Null where the plan knows no seats' }),
    features: z.array(featureShown).meta({ description: 'What may be used now' }),
    banners: z.array(bannerShown).meta({ description: 'What its people should see' }),
    scheduledChange: scheduledShown.nullable().meta({ description: 'A change to come' }),
    paymentMethod: paymentMethodShown.nullable().meta({ description: 'What is on file' }),
    autoTopUp: z
      .object({
        threshold: signedCredits.meta({ description: 'Bought when this much is left, or less' }),
        price: money.meta({ description: 'What one pack costs' }),
        state: z.enum(['waiting', 'buying', 'resting', 'stopped']).meta({
          description: 'stopped: until there is another method, or the rule is set again',
        }),
        restsUntil: maybeAt('When it goes on by itself'),
        stoppedBy: z.string().nullable().meta({ description: 'Why it stopped' }),
      })
      .nullable()
      .meta({ description: 'What is bought by itself when credits run low; null: nothing' }),
    billing: billingDetailsShown,
    may: z
      .array(z.enum(permissions))
      .meta({ description: 'What whoever looks may do; the rest is not to be offered' }),
  })
  .meta({ id: 'Workspace' });

/** A workspace after a change of its lifecycle. */
export const workspaceChanged = z
  .object({
    workspace: workspaceShown,
    checkoutUrl: z
      .string()
      .nullable()
      .meta({ description: 'Where the person pays; null when nothing is left to do' }),
  })
  .meta({ id: 'WorkspaceChanged' });
