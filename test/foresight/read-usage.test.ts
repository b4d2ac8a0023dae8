import { describe, expect, test } from 'vitest';
import { usageReader } from '../../src/foresight/read-usage.ts';

/** Reads lines as a file has them; a line that is no row answers why. */
function read(lines: readonly string[], model: string | null = null): unknown[] {
  const [first = '', ...rest] = lines;
  const begun = usageReader(first, model);
  if (!begun.ok) return [begun.refusal];
  const rows = begun.value.firstIsRow ? lines : rest;
  return rows.map((line) => {
    const row = begun.value.read(line);
    return row.ok ? row.value : row.refusal;
  });
}

describe('a CSV of usage', () => {
  test('names its columns in any order; a day counts at its noon', () => {
    expect(read(['member,credits,at', 'ana,1.25,2026-02-28'])).toEqual([
      {
        at: '2026-02-28T12:00:00.000Z',
        workspace: null,
        member: 'ana',
        use: { kind: 'credits', amountMicro: 1_250_000n },
      },
    ]);
  });

  test('is read as public traces are, with the model that is told for rows without one', () => {
    const lines = [
      'timestamp,model,input_tokens,output_tokens',
      '2023-11-16T18:17:03.979960Z,,4808,10',
    ];
    expect(read(lines, 'sonnet-4.6')).toEqual([
      {
        at: '2023-11-16T18:17:03.979Z',
        workspace: null,
        member: null,
        use: { kind: 'tokens', model: 'sonnet-4.6', tokens: { input: 4808, output: 10 } },
      },
    ]);
  });

  test('may name units of a rate, and a workspace; quoted cells may hold commas and quotes', () => {
    expect(
      read(['at,workspace,rate,quantity', '2026-03-01T09:30:00Z,"Acme, ""Inc""",search,3']),
    ).toEqual([
      {
        at: '2026-03-01T09:30:00.000Z',
        workspace: 'Acme, "Inc"',
        member: null,
        use: { kind: 'units', rate: 'search', quantity: 3 },
      },
    ]);
  });

  test.each([
    ['at,credits', '2026-02-30,1', '"2026-02-30" is no day or instant'],
    ['at,credits', '2026-02-28T25:00:00Z,1', 'is no day or instant'],
    ['at,credits', '2026-02-28T09:30:00+01:00,1', 'is no day or instant'],
    ['at,credits', '2026-02-28,-1', '"-1" is no amount of credits'],
    ['at,credits', '2026-02-28,0.0000001', 'is no amount of credits'],
    ['at,credits', '2026-02-28,1,2', '3 cells, but the first line names 2 columns'],
    ['at,model,input', '2026-02-28,haiku-4.5,1.5', '"1.5" is no whole number of input tokens'],
    ['at,input', '2026-02-28,12', 'says neither credits, nor a rate, nor a model'],
    ['at,rate,quantity', '2026-02-28,search,', '"" is no whole number of units of search'],
  ])('says why a row is none: %s / %s', (header, line, why) => {
    expect(read([header, line])).toEqual([expect.stringContaining(why)]);
  });

  test('needs a column for the time', () => {
    expect(read(['member,credits', 'ana,1'])).toEqual([
      'the first line has to name the columns, one of them at or day or timestamp',
    ]);
  });
});

describe('JSON lines of usage', () => {
  test('have the same names; numbers and texts both do', () => {
    expect(
      read([
        '{"day":"2026-02-28","credits":"2"}',
        '{"at":"2026-03-01","model":"haiku-4.5","input":1200,"cacheRead":"300"}',
      ]),
    ).toMatchObject([
      { at: '2026-02-28T12:00:00.000Z', use: { amountMicro: 2_000_000n } },
      { use: { model: 'haiku-4.5', tokens: { input: 1200, cacheRead: 300 } } },
    ]);
  });

  test.each(['{"at":', '[1]', 'null'])('say why a line is none: %s', (line) => {
    expect(read(['{"at":"2026-02-28","credits":1}', line])[1]).toBe('not a JSON object');
  });
});
