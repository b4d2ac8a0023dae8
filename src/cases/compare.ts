import { isSameFigure, type Json } from './figures.ts';
import { parseMoment } from './dates.ts';

/** Whether what came out is what is expected: figures by value, moments in time, lists in order. */
export function isSame(expected: unknown, actual: Json): boolean {
  if (Array.isArray(expected)) {
    return (
      isList(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => isSame(item, actual[index] ?? null))
    );
  }
  if (isRecord(expected)) {
    return (
      isRecord(actual) &&
      Object.entries(expected).every(
        ([key, value]) => Object.hasOwn(actual, key) && isSame(value, actual[key] ?? null),
      )
    );
  }
  return expected === actual || isSameFigure(expected, actual) || isSameMoment(expected, actual);
}

/** Whether a value is a list; `Array.isArray` alone forgets that ours are read-only. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Whether a value is an object with named parts. */
export const isRecord = <T>(value: T): value is T & { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isSameMoment(expected: unknown, actual: unknown): boolean {
  // A remark in brackets may follow a moment.
  const said = typeof expected === 'string' ? expected.replace(/ \([^)]*\)$/, '') : expected;
  const moment = parseMoment(said, 'UTC');
  return moment !== undefined && moment === parseMoment(actual, 'UTC');
}
