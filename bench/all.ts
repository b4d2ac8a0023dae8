import type { Benchmark } from './benchmark.ts';
import { debit } from './debit.ts';
import { domain } from './domain.ts';
import { explain } from './explain.ts';
import { million } from './million.ts';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [domain, explain, debit, million];
