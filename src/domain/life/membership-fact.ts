/** What becomes of one person's membership; each is told once, when it is so [2.19 3.22]. */
export type MembershipFact =
  | { readonly kind: 'memberInvited'; readonly member: string }
  | { readonly kind: 'invitationWithdrawn'; readonly member: string }
  | { readonly kind: 'memberAccepted'; readonly member: string }
  | { readonly kind: 'memberRemoved'; readonly member: string }
  /** The workspace has another owner, whose personal workspace takes over when a pool ends [2.38]. */
  | { readonly kind: 'ownershipTransferred'; readonly owner: string };

/** A change of who belongs to a workspace, in a few words. */
export function describeMembership(fact: MembershipFact): string {
  switch (fact.kind) {
    case 'memberInvited':
      return `${fact.member} was invited`;
    case 'invitationWithdrawn':
      return `${fact.member} is no longer invited`;
    case 'memberAccepted':
      return `${fact.member} joined`;
    case 'memberRemoved':
      return `${fact.member} left`;
    case 'ownershipTransferred':
      return `${fact.owner} owns it now`;
  }
}
