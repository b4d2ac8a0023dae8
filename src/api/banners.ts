/** What a workspace's people should see wherever they are in the product [0.09 4.09 4.10]. */
import type { Status } from '../domain/life/lifecycle.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import type { Sight } from './parts.ts';
import { remedies, type RemedyAction } from './usage/remedies.ts';
import { may } from './viewer.ts';

/** What banners are made from. */
export type Told = {
  readonly record: WorkspaceRecord;
  readonly status: Status;
  readonly trialDaysLeft: number;
  readonly seatWarning: string | null;
  /** What runs low. */
  readonly low: readonly Banner[];
};

export type Banner = {
  readonly code: string;
  readonly text: string;
  readonly action: RemedyAction | null;
};

export type BannerShown = {
  readonly code: string;
  readonly text: string;
  readonly remedy: { readonly action: string; readonly url: string } | null;
};

/** Each banner with the way to its remedy, for whoever may go there [3.16]. */
export function bannersOf(
  told: Told,
  { publicUrl, sight }: { readonly publicUrl: string; readonly sight: Sight },
): BannerShown[] {
  const { workspace } = told.record.of;
  return banners(told).map(({ code, text, action }) => {
    const actions = action === null || !may(sight, 'manage') ? [] : [action];
    const [remedy = null] = remedies(publicUrl, workspace, actions);
    return { code, text, remedy };
  });
}

function banners(told: Told): Banner[] {
  const { record, seatWarning } = told;
  const { checkout } = record.lifecycle;
  const ofStatus = statusBanner(told);
  const list: Banner[] = ofStatus === null ? [] : [{ code: told.status, ...ofStatus }];
  if (checkout !== null) {
    const text = `A checkout for ${checkout.plan} is open.`;
    list.push({ code: 'checkoutOpen', text, action: null });
  }
  if (seatWarning !== null) {
    list.push({ code: 'seatsExceeded', text: seatWarning, action: 'buySeats' });
  }
  list.push(...told.low);
  if (record.disputesOpen > 0) {
    const text = 'A payment is disputed at the bank. What it had bought cannot be used meanwhile.';
    list.push({ code: 'disputeOpen', text, action: null });
  }
  return list;
}

function statusBanner(told: Told): Omit<Banner, 'code'> | null {
  const toPay = 'addPaymentMethod' as const;
  switch (told.status) {
    case 'none':
    case 'free':
    case 'active':
      return null;
    case 'memberPaid':
      return { text: 'Each member pays with a plan of their own.', action: null };
    case 'incomplete':
      return { text: 'Add a payment method to start the plan.', action: toPay };
    case 'trialing': {
      const isReady = told.record.lifecycle.paymentMethodOnFile;
      return { text: countdown(told.trialDaysLeft), action: isReady ? null : toPay };
    }
    case 'trialEnded':
      return { text: 'The trial has ended. Add a payment method to go on.', action: toPay };
    case 'pastDue':
      return { text: 'A payment failed. Update the payment method.', action: toPay };
    case 'suspended': {
      const text = 'The plan is suspended because it was not paid. Update the payment method.';
      return { text, action: toPay };
    }
    case 'canceled':
      return { text: 'The plan has ended. Choose a plan to come back.', action: 'changePlan' };
  }
}

/** Days are local ones, as a person counts them. */
const countdown = (days: number): string => {
  if (days === 0) return 'The trial ends today.';
  return days === 1 ? 'The trial ends tomorrow.' : `The trial ends in ${days} days.`;
};
