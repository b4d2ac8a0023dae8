import type { Instant } from '../domain/values/calendar.ts';
import type { Outcome } from '../domain/values/outcome.ts';
import type { MoveForeseen } from '../domain/changes/terms-move.ts';
import type { KeyReused } from './accounts.ts';

/** A published version, and how many workspaces are pinned to it now. */
export type PublishedVersion = {
  readonly version: number;
  readonly publishedAt: Instant;
  readonly workspaces: number;
};

/** Which workspaces are to be moved to which version, and when. */
export type MoveWish = {
  readonly to: number;
  /** Only who is on this plan; null: on any. */
  readonly plan: string | null;
  /** The plan there, where it has another name; null: the same one. */
  readonly toPlan: string | null;
  readonly when: 'periodEnd' | 'now';
};

/** What became of one workspace of a move: nothing was asked of it yet, or it waits, or it is settled. */
export type MovedState = 'seen' | 'cannot' | 'waiting' | 'moved' | 'refused';

export type MoveRow = {
  readonly workspace: string;
  readonly shown: MoveForeseen;
  readonly state: MovedState;
  /** Why it cannot be moved, or was not. */
  readonly message: string | null;
};

export type MoveShown = MoveWish & {
  /** The token that applies exactly this. */
  readonly id: string;
  readonly previewedAt: Instant;
  readonly appliedAt: Instant | null;
  /** By name. */
  readonly rows: readonly MoveRow[];
};

/** Moves of a product's workspaces to another version of its terms, previewed and then applied. */
export interface TermsMoves {
  /** Newest first; empty for a product that nobody has published. */
  versions(product: string): Promise<readonly PublishedVersion[]>;
  /**
   * Lives each move through in memory and stores what it showed. The same key answers the first preview, with
   * another wish it is refused. The version must be published.
   */
  previewMove(
    product: string,
    wish: MoveWish & { readonly key: string; readonly actor: string },
  ): Promise<Outcome<MoveShown, KeyReused>>;
  /**
   * Asks every workspace of a preview to move, each once however often this is called. Refuses with
   * `previewStale`, and asks nobody, where a workspace is not as it was seen, or half an hour has passed.
   */
  applyMove(
    product: string,
    move: { readonly id: string; readonly actor: string },
  ): Promise<Outcome<MoveShown, { readonly kind: 'notFound' | 'previewStale' }>>;
  move(product: string, id: string): Promise<MoveShown | undefined>;
}
