import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { micro, minor } from '../../src/domain/values/money.ts';
import { fromPlain, toPlain } from '../../src/domain/values/plain.ts';

const amount = fc.bigInt(-(10n ** 30n), 10n ** 30n);
const leaf = fc.record({
  amountMinor: amount,
  shortMicro: fc.option(amount),
  name: fc.string(),
  count: fc.integer(),
  open: fc.boolean(),
});
const tree = fc.record({ lines: fc.array(leaf), nested: fc.record({ totalMinor: amount }) });

describe('amounts on their way through JSON', () => {
  test('cross as integer strings', () => {
    const invoice = { totalMinor: minor(-12), lines: [{ usedMicro: micro(7), text: '7' }] };
    expect(toPlain(invoice)).toEqual({
      totalMinor: '-12',
      lines: [{ usedMicro: '7', text: '7' }],
    });
  });

  test('come back as they were', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const crossed: unknown = JSON.parse(JSON.stringify(toPlain(value)));
        // What JSON gives back has the type of what went in; that is what this shows.
        expect(fromPlain(crossed as ReturnType<typeof toPlain<typeof value>>)).toEqual(value);
      }),
    );
  });

  test('text that looks like a number stays text under any other key', () => {
    expect(fromPlain({ id: '42', version: '1' })).toEqual({ id: '42', version: '1' });
  });

  test('an amount under a key without a unit is a defect, at any depth', () => {
    expect(() => toPlain({ total: 1n })).toThrow('"total" holds an amount but names no unit');
    expect(() => toPlain({ lines: [{ price: 1n }] })).toThrow(TypeError);
  });

  test('what is absent is left out, what is nothing stays', () => {
    expect(toPlain({ here: null, gone: undefined })).toEqual({ here: null });
  });
});
