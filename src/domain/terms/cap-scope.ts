/** What a cap on usage is set for [0.06 2.26 2.28]. */
export const capScopes = ['member', 'space', 'org'] as const;
export type CapScope = (typeof capScopes)[number];
