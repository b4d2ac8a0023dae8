import type { World } from '../world.ts';

/** A person's request to a page, and its answer. */
export interface PageRequest {
  readonly world: World;
  readonly method: string;
  readonly id: string;
  readonly fields: URLSearchParams;
}

export type PageAnswer =
  | { readonly kind: 'page'; readonly status: number; readonly html: string }
  | { readonly kind: 'redirect'; readonly to: string };
