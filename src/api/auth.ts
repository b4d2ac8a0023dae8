import { hash } from 'node:crypto';
import type { ApiKeys, Caller, Scope } from '../ports/directory.ts';

const rememberedMs = 5_000;
const rememberedMost = 10_000;

/**
 * Finds the caller of a key, and remembers it by the key's hash for at most five seconds: a revoked key
 * works that long at most.
 */
export function callerFinder(
  apiKeys: ApiKeys,
  clock: () => number,
): (authorization: string | undefined) => Promise<Caller | undefined> {
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return async (authorization) => {
    const presented = /^Bearer (tg_[a-z0-9_]{10,80})$/i.exec(authorization ?? '')?.[1];
    if (presented === undefined) return undefined;
    const name = hash('sha256', presented, 'hex');
    const remembered = known.get(name);
    if (remembered !== undefined && clock() < remembered.until) return remembered.caller;
    known.delete(name);
    const caller = await apiKeys.find(presented);
    if (caller === undefined) return undefined;
    if (known.size >= rememberedMost) known.clear();
    known.set(name, { caller, until: clock() + rememberedMs });
    return caller;
  };
}

/** `admin` may do everything in its product. */
export const mayCall = (caller: Caller, scopes: readonly Scope[]): boolean =>
  caller.scopes.some((scope) => scope === 'admin' || scopes.includes(scope));
