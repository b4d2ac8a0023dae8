export type CountPer = 'window' | 'day' | 'hour' | 'minute';

/**
 * A limit on how often calls may be made: a debit or hold takes one of each, together with its credits. `window`
 * is the credits' window; `day` is the workspace's local one; the others are cut by UTC. A settle takes none,
 * and a refund gives none back.
 */
export interface CallCount {
  readonly limit: 'runs' | 'tool';
  readonly subject: string;
  readonly cap: number;
  readonly per: CountPer;
}

export interface Counted {
  readonly counts?: readonly CallCount[];
}

/** What is left below a limit on calls after the operation. */
export interface CountLeft {
  readonly limit: CallCount['limit'];
  readonly subject: string;
  readonly per: CountPer;
  readonly left: number;
}
