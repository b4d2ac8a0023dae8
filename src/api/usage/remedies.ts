/** What would help after a denial, and the address that does it. */
export type Remedy = { readonly action: RemedyAction | 'contactSales'; readonly url: string };

const paths = {
  buyCredits: '/top-ups',
  changePlan: '/plan-change',
  addPaymentMethod: '/payment-method',
  buySeats: '/seats',
  raiseLimit: '/limits',
  raiseSpendCap: '/limits',
  startPlan: '',
} as const;

export type RemedyAction = keyof typeof paths;

/** Whom to ask for a plan that is sold by contract [2.34 4.04]. */
export const contactSales = (contact: string): Remedy => ({
  action: 'contactSales',
  url: contact.startsWith('https:') ? contact : `mailto:${contact}`,
});

export const remedies = (
  publicUrl: string,
  workspace: string,
  actions: readonly RemedyAction[],
): Remedy[] =>
  actions.map((action) => ({
    action,
    url: `${publicUrl}/api/workspaces/${encodeURIComponent(workspace)}${paths[action]}`,
  }));
