import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'foresight-'));
});

afterAll(() => rm(directory, { recursive: true }));

type Said = { readonly status: number | null; readonly out: string; readonly err: string };

function run(command: 'simulate' | 'backtest', ...args: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const program = [`--import`, 'tsx', `src/cli/${command}.ts`, ...args];
    const child = spawn(process.execPath, program, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...said }));
  });
}

async function file(name: string, ...lines: readonly string[]): Promise<string> {
  const place = path.join(directory, name);
  await writeFile(place, `${lines.join('\n')}\n`);
  return place;
}

const aYear = ['--catalog', 'studio', '--plan', 'pro', '--months', '2', '--from', '2026-01-10'];

describe('npm run simulate', () => {
  test('prints a timeline of events, grants and invoices, and what it came to', async () => {
    const usage = await file('calls.csv', 'day,credits', '2026-01-20,5', '2026-02-20,50');
    const { status, out } = await run('simulate', ...aYear, '--usage', usage);
    expect(status).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        '2026-01-10 00:00  event     started on pro',
        '2026-01-10 00:00  grant     45 credits, included:2026-01, until 2026-02-01T00:00:00.000Z',
        '2026-02-01 00:00  usage     1 calls used 5 credits',
        '2026-02-20 12:00  denied    the first call that is refused by outOfCredits',
        'calls     1 charged, refused: 1 by outOfCredits',
        'credits   135 granted = 5 used, 85 expired, 0 voided, 45 left',
        'invoices  2, together 60.00 USD; paid: 60.00 USD',
      ]),
    );
  });

  test('answers machines in JSON, amounts as integer strings', async () => {
    const { out } = await run('simulate', ...aYear, '--json', '--act', '2026-01-15 topUp 25.00');
    expect(JSON.parse(out)).toMatchObject({
      product: 'studio',
      plan: 'pro',
      until: '2026-03-10T00:00:00.000Z',
      totals: { grantedMicro: '160000000', invoicedMinor: '8500', invoices: 3 },
    });
  });

  test('lives under a contract by its figures, and on by what follows it [4.04 4.35]', async () => {
    const agreed =
      '2026-01-20 contract enterprise base=900.00 seat=20.00 credits=500 months=1 follows=pro:month';
    const { status, out } = await run('simulate', ...aYear, '--act', agreed);
    expect(status).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        '2026-01-20 00:00  event     contract for enterprise by the month',
        '2026-01-20 00:00              900.00 USD  Enterprise, by the month',
        '2026-02-20 00:00  announce  planChanged enterprise pro',
        '2026-02-20 00:00  announce  contractEnded payment-1 enterprise',
      ]),
    );
  });

  test('names the line of every row that it cannot read, and lives nothing', async () => {
    const usage = await file('bad.csv', 'day,credits', '2026-01-20,5', '2026-02-30,5', 'x,5');
    const { status, out, err } = await run('simulate', ...aYear, '--usage', usage);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`${usage}:3: "2026-02-30" is no day or instant`);
    expect(err).toContain(`${usage}:4: "x" is no day or instant`);
  });

  test.each([
    [['--catalog', 'studio'], '--plan is missing'],
    [['--catalog', 'nothing'], 'there is no product "nothing"'],
    [['--catalog', 'studio', '--plan', 'gold', '--months', '1'], 'choose one of free, starter'],
    [['--catalog', 'studio', '--plan', 'pro', '--months', '0'], 'a whole number from 1 to 120'],
    [[...aYear, '--act', '2026-01-15 dance'], 'is no act'],
    [[...aYear, '--act', '2026-01-15 contract pro'], 'is no plan that is sold by contract'],
    [[...aYear, '--act', '2026-01-15 contract enterprise base=9'], 'the contract has no credits'],
    [[...aYear, '--act', '2026-01-15 contract enterprise bass=9'], '"bass=9"?'],
  ])('says what to do about %j', async (args, words) => {
    const { status, err } = await run('simulate', ...args);
    expect(status).toBe(2);
    expect(err).toContain(words);
  });
});

describe('npm run backtest', () => {
  test('prints what each workspace’s invoices, denials and credits would be', async () => {
    const rows = ['2026-01-20,acme,25', '2026-01-21,acme,15', '2026-01-22,other,1'];
    const usage = await file('recorded.csv', 'day,workspace,credits', ...rows);
    const sides = ['--from', 'studio', '--to', 'studio', '--to-plan', 'pro', '--usage', usage];
    const { status, out } = await run('backtest', ...sides);
    expect(status).toBe(0);
    expect(out.replaceAll(/ {2,}/g, '  ').trimEnd().split('\n')).toEqual([
      '3 calls: studio version 1, starter by the month -> studio version 1, pro by the month',
      '',
      'workspace  invoices  usd  credits used  refused  changes by',
      'acme  1  15.00 -> 30.00  15 -> 40  1 -> 0  +15.00 usd, +25 credits, -1 refused',
      'other  1  15.00 -> 30.00  1  0  +15.00 usd, +0 credits, +0 refused',
      'all 2  2  30.00 -> 60.00  16 -> 41  1 -> 0  +30.00 usd, +25 credits, -1 refused',
    ]);
  });

  test('answers machines in JSON', async () => {
    const usage = await file('one.jsonl', '{"day":"2026-01-20","credits":1}');
    const sides = ['--from', 'studio', '--to', 'team', '--to-plan', 'team', '--usage', usage];
    const { out } = await run('backtest', ...sides, '--json');
    expect(JSON.parse(out)).toMatchObject({
      rows: 1,
      to: { product: 'team', plan: 'team' },
      workspaces: [{ workspace: 'workspace', difference: { invoicedMinor: '4600' } }],
      totals: { difference: { grantedMicro: '8980000000' } },
    });
  });
});
