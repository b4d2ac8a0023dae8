import type { GrantComparator } from '../../domain/credits/burn-down.ts';
import type { GrantKind } from '../../domain/terms/terms.ts';
import { inexpressible } from '../unsupported.ts';

/** In which order grants burn: by comparators, or by names in a row. */
export type BurnOrder = {
  readonly comparators: readonly GrantComparator[];
  /** The first name burns first; empty where the comparators alone decide. */
  readonly names: readonly string[];
};

/** Priority, what ends sooner, what was granted earlier. */
const usual: readonly GrantComparator[] = ['priority', 'expiresSoonest', 'grantedFirst'];

const ascending: Readonly<Record<string, GrantComparator>> = {
  priority: 'priority',
  credit_priority: 'priority',
  expiry: 'expiresSoonest',
  expires: 'expiresSoonest',
  expires_at: 'expiresSoonest',
  expiration: 'expiresSoonest',
  effective_at: 'oldest',
  created_at: 'grantedFirst',
  // What decides when nothing else does: the number of the grant.
  id: 'grantedFirst',
  amount: { reversed: 'largest' },
  balance: { reversed: 'largest' },
};

const phrases: Readonly<Record<string, GrantComparator>> = {
  'feature-restricted before unrestricted': 'earmarkedFirst',
  'unrestricted before feature-restricted': { reversed: 'earmarkedFirst' },
  'granted before purchased': { kind: ['promo', 'topUp'] },
  'purchased before granted': { kind: ['topUp', 'promo'] },
  'stable cursor': 'grantedFirst',
  fifo: 'grantedFirst',
  lifo: { reversed: 'grantedFirst' },
};

/** A list of comparators in words, or one text with names in a row; the usual order without either. */
export function parseOrder(words: unknown): BurnOrder {
  if (words === undefined) return { comparators: usual, names: [] };
  if (typeof words === 'string') {
    return { comparators: usual, names: words.split(',').map((name) => name.trim()) };
  }
  if (!Array.isArray(words)) throw inexpressible(`an order "${JSON.stringify(words)}"`);
  return { comparators: words.map((phrase: unknown) => comparatorOf(String(phrase))), names: [] };
}

function comparatorOf(phrase: string): GrantComparator {
  const words = phrase
    .toLowerCase()
    .replace(/\s*\((nil|null|none) last\)/, '')
    .trim();
  if (Object.hasOwn(phrases, words)) return phrases[words] ?? 'grantedFirst';
  const [name = '', direction = 'asc', ...rest] = words.split(/\s+/);
  const comparator = Object.hasOwn(ascending, name) ? ascending[name] : undefined;
  if (comparator === undefined || rest.length > 0 || !/^(asc|desc)$/.test(direction)) {
    throw inexpressible(`grants cannot burn by "${phrase}"`);
  }
  return direction === 'asc' ? comparator : { reversed: comparator };
}

const kinds: Readonly<Record<string, GrantKind>> = {
  granted: 'promo',
  promo: 'promo',
  promotional: 'promo',
  free: 'promo',
  purchased: 'topUp',
  paid: 'topUp',
  prepaid: 'topUp',
  topup: 'topUp',
  included: 'included',
  plan: 'included',
  adjustment: 'adjustment',
};

/** The kind of a grant by a peer's word for it; an included one without a word. */
export function parseKind(word: string | undefined): GrantKind {
  const name = (word ?? 'included').toLowerCase().replaceAll(/[\s_-]/g, '');
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) throw inexpressible(`there is no kind of grant "${word}"`);
  return kind;
}

/**
 * The place of a grant in an order of names. A name that no grant bears stands for the grants that
 * bear none of the names; a grant without a place burns after those that have one.
 */
export function placeByName(names: readonly string[], id: string, ids: readonly string[]): number {
  const own = names.indexOf(id);
  if (own >= 0) return own;
  const free = names.findIndex((name) => !ids.includes(name));
  return free >= 0 ? free : names.length;
}
