/** What becomes of one person's membership; each is told once, when it is so [2.19 3.22]. */
export type MembershipFact =
  | { readonly kind: 'memberInvited'; readonly member: string }
  | { readonly kind: 'invitationWithdrawn'; readonly member: string }
  | { readonly kind: 'memberAccepted'; readonly member: string }
  | { readonly kind: 'memberRemoved'; readonly member: string }
  /** The workspace has another owner, whose personal workspace takes over when a pool ends [2.38]. */
  | { readonly kind: 'ownershipTransferred'; readonly owner: string };
