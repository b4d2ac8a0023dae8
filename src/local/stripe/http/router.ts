import type { z } from 'zod';
import type { World } from '../world.ts';
import type { FormTree } from './form.ts';
import { readParams } from './params.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** One request on its way through a route: `ids` are the `:…` segments of the path, in order. */
export interface Call<Params> {
  readonly world: World;
  readonly ids: readonly string[];
  readonly params: Params;
}

export interface Route {
  readonly method: Method;
  readonly segments: readonly string[];
  readonly answer: (world: World, ids: readonly string[], form: FormTree) => object;
}

/** Declares a route: what it accepts, and what it does. Everything else is refused. */
export function route<Shape extends z.ZodType>(
  method: Method,
  path: string,
  params: Shape,
  perform: (call: Call<z.output<Shape>>) => object,
): Route {
  return {
    method,
    segments: path.split('/'),
    answer: (world, ids, form) => perform({ world, ids, params: readParams(params, form) }),
  };
}

export function findRoute(
  routes: readonly Route[],
  request: { readonly method: string; readonly path: string },
): { readonly route: Route; readonly ids: readonly string[] } | undefined {
  const asked = request.path.split('/').map(decodeURIComponent);
  for (const candidate of routes) {
    if (candidate.method !== request.method) continue;
    if (candidate.segments.length !== asked.length) continue;
    const ids: string[] = [];
    const matches = candidate.segments.every((segment, index) => {
      const given = asked[index] ?? '';
      if (segment.startsWith(':')) ids.push(given);
      return segment.startsWith(':') ? given !== '' : segment === given;
    });
    if (matches) return { route: candidate, ids };
  }
  return undefined;
}
