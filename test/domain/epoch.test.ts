import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMilliseconds, instantFromEpoch } from '../../src/domain/values/epoch.ts';

describe('an instant and its milliseconds since 1970', () => {
  test.each([
    ['1970-01-01T00:00:00.000Z', 0],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2000-02-29T12:00:00.000Z', 951_825_600_000],
    ['2026-02-28T09:30:15.250Z', 1_772_271_015_250],
    ['2100-03-01T00:00:00.000Z', 4_107_542_400_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
    ['0000-01-01T00:00:00.000Z', -62_167_219_200_000],
  ])('%s is %d', (at, ms) => {
    expect(epochMilliseconds(at)).toBe(ms);
    expect(instantFromEpoch(ms)).toBe(at);
  });

  test('are the host’s own, both ways, at any moment of ten thousand years', () => {
    const moment = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(moment, (ms) => {
        const at = new Date(ms).toISOString();
        expect(instantFromEpoch(ms)).toBe(at);
        expect(epochMilliseconds(at)).toBe(ms);
      }),
      { numRuns: 5_000 },
    );
  });

  test('are the host’s own on every day around leap years', () => {
    for (const year of [1899, 1900, 1999, 2000, 2023, 2024, 2099, 2100]) {
      for (let day = 0; day < 800; day += 1) {
        const ms = Date.UTC(year, 0, 1) + day * 86_400_000;
        expect(instantFromEpoch(ms)).toBe(new Date(ms).toISOString());
      }
    }
  });
});

test.each([
  '2026-02-29T00:00:00.000Z',
  '2100-02-29T00:00:00.000Z',
  '2026-04-31T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-00-01T00:00:00.000Z',
  '2026-01-00T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T00:60:00.000Z',
  '2026-01-01T00:00:60.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01',
])('%s is no instant, which is a defect', (text) => {
  expect(() => epochMilliseconds(text)).toThrow(RangeError);
});

test.each([253_402_300_800_000, -62_167_219_200_001, Number.NaN])(
  '%d milliseconds are beyond the calendar',
  (ms) => {
    expect(() => instantFromEpoch(ms)).toThrow(RangeError);
  },
);
