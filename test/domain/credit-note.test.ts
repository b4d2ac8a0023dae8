import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { giveBackLines, type Charged } from '../../src/domain/invoices/credit-note.ts';
import { minor, minus, plus, sum } from '../../src/domain/values/money.ts';

const charged = (appliedMinor: number, ...lines: number[]): Charged => ({
  lineMinors: lines.map((line) => minor(line)),
  appliedMinor: minor(appliedMinor),
});

const totalOf = ({ lineMinors, appliedMinor }: Charged) => plus(sum(lineMinors), appliedMinor);

const without = (left: Charged, back: Charged): Charged => ({
  lineMinors: left.lineMinors.map((line, index) => minus(line, back.lineMinors[index] ?? minor(0))),
  appliedMinor: minus(left.appliedMinor, back.appliedMinor),
});

describe('what a refund gives back of an invoice [3.28]', () => {
  test.each<[string, Charged, number, Charged]>([
    [
      'each line, where all of it went back',
      charged(0, 9000, 1286),
      10_286,
      charged(0, 9000, 1286),
    ],
    ['lines by their amounts', charged(0, 9000, 1000), 1000, charged(0, 900, 100)],
    ['the odd cent to the larger rest', charged(0, 100, 100, 101), 100, charged(0, 33, 33, 34)],
    ['what the account had settled with them', charged(-500, 2000), 750, charged(-250, 1000)],
    [
      'what one line had credited of another',
      charged(0, 3000, -1000),
      1000,
      charged(0, 1500, -500),
    ],
    ['nothing of a line of nothing', charged(0, 0, 500), 499, charged(0, 0, 499)],
  ])('is %s', (_what, left, backMinor, back) => {
    expect(giveBackLines(left, minor(backMinor))).toEqual(back);
  });

  test.each([0, -1, 501])('is a defect where %d of 500 went back', (backMinor) => {
    expect(() => giveBackLines(charged(0, 500), minor(backMinor))).toThrow(RangeError);
  });

  test('sums to the refund, never exceeds a line, and all refunds of an invoice give back all of it', () => {
    const lines = fc.array(fc.integer({ min: -5000, max: 100_000 }), {
      minLength: 1,
      maxLength: 8,
    });
    const invoices = fc
      .tuple(lines, fc.integer({ min: -3000, max: 3000 }))
      .map(([each, applied]) => charged(applied, ...each))
      .filter((invoice) => totalOf(invoice) > 0n);
    const cuts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(invoices, cuts, (invoice, parts) => {
        let left = invoice;
        for (const part of [...parts, 1000]) {
          const most = totalOf(left);
          if (most === 0n) break;
          const backMinor = minor((most * BigInt(part) + 999n) / 1000n);
          const back = giveBackLines(left, backMinor);
          expect(totalOf(back)).toBe(backMinor);
          for (const [index, line] of left.lineMinors.entries()) {
            const of = back.lineMinors[index] ?? minor(0);
            expect(line < 0n ? of <= 0n && of >= line : of >= 0n && of <= line).toBe(true);
          }
          left = without(left, back);
        }
        expect([...left.lineMinors, left.appliedMinor].every((each) => each === 0n)).toBe(true);
      }),
    );
  });
});
