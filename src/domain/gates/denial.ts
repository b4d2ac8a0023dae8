/** Every kind of limit that can refuse something [3.25]; each is also a stable code. */
export const denialKinds = [
  'outOfCredits',
  'memberCapReached',
  'spaceCapReached',
  'orgCapReached',
  'overageReached',
  'spendCapReached',
  'runQuotaReached',
  'toolLimitReached',
  'ownedOrgLimitReached',
  'joinedOrgLimitReached',
  'workspaceLimitReached',
  'projectLimitReached',
  'seatLimitReached',
  'trialEnded',
  'pastDue',
  'suspended',
  'canceled',
] as const;
export type DenialKind = (typeof denialKinds)[number];

export const denialStatuses = [402, 403, 409, 429] as const;

/** How a product tells a denial: by which HTTP status and which code of its own [K13]. */
export type DenialAnswer = {
  readonly status: (typeof denialStatuses)[number];
  readonly code: string;
};

/** What a catalog says of denials; of what it does not name the default holds. */
export type Denials = Readonly<
  Partial<
    Record<
      DenialKind,
      { readonly status?: DenialAnswer['status'] | undefined; readonly code?: string | undefined }
    >
  >
>;

/**
 * How a denial is told [0.39 1.06 2.27 K13]: as the catalog says, else 402 with the kind as its code: every
 * limit ends where somebody pays more, waits, or gives a place back.
 */
export function denialAnswer(denials: Denials, kind: DenialKind): DenialAnswer {
  const said = denials[kind];
  return { status: said?.status ?? 402, code: said?.code ?? kind };
}
