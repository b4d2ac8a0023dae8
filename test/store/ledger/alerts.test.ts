import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/domain/news/alert.ts';
import { micro } from '../../../src/domain/values/money.ts';
import type { LedgerAccount } from '../../../src/ports/ledger.ts';
import { inProduct } from '../../../src/store/connect.ts';
import { transferTopUps } from '../../../src/store/ledger-corrections.ts';
import { lockLedger, placeOrder, setCap, setTerms } from '../../../src/store/ledger-writes.ts';
import {
  debitOf,
  give,
  holdOf,
  race,
  request,
  settleOf,
  studioOrder,
  useBooks,
  value,
} from './books.ts';

const books = useBooks();

const february = '2026-02-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';

type Scope = Alert['scope'];
const part = (scope: Scope, percent: number, rearm: Alert['rearm'] = ['reset']): Alert => ({
  ...{ scope, at: { percent }, to: ['owner'], rearm },
});
const amount = (scope: Scope, micros: number, rearm: Alert['rearm'] = ['reset']): Alert => ({
  ...{ scope, at: { amountMicro: micro(micros) }, to: ['owner'], rearm },
});

/** What was told, oldest first: each row's alerts, the subject, and what was left. */
async function told(account: LedgerAccount): Promise<string[]> {
  const rows = await books.admin<{ told: string }[]>`
    select concat_ws(' ', data ->> 'subject', data ->> 'crossed', data ->> 'availableMicro') as told
    from event_feed
    where workspace_id = ${String(account.workspaceId)} and kind = 'thresholdCrossed'
    order by seq`;
  return rows.map((row) => row.told);
}

async function spend(account: LedgerAccount, micros: number, whom: object = {}) {
  const debit = { ...debitOf(account, micros), ...whom };
  return value(await books.ledger.debit(debit)).crossed;
}

const cap = (
  account: LedgerAccount,
  scope: 'member' | 'space' | 'org',
  subject: string,
  most: number,
) =>
  books.write(account, (tx) =>
    setCap(tx, account.workspaceId, { scope, subject, capMicro: micro(most) }),
  );

async function poolWith(alerts: readonly Alert[], included: number): Promise<LedgerAccount> {
  const account = await books.workspace({ alerts });
  await give(books, account, { kind: 'included', amount: included, expiresAt: february });
  await books.write(account, (tx) =>
    placeOrder(tx, account.workspaceId, {
      startsAt: february,
      endsAt: march,
      amountMicro: micro(included),
      termsVersion: 1,
      sourceKey: 'included:2026-02',
    }),
  );
  return account;
}

const low = async (account: LedgerAccount) => (await books.ledger.balance(account))?.low;

describe('an alert of the pool [K33]', () => {
  test('by an amount is told once, when less than that is left, and shown until it is not so', async () => {
    const account = await poolWith([amount('pool', 30, ['reset', 'topUp'])], 100);
    expect(await spend(account, 70)).toEqual([]);
    expect(await low(account)).toBe(null);
    expect(await spend(account, 1)).toEqual(['pool:30']);
    expect(await spend(account, 1)).toEqual([]);
    expect(await low(account)).toBe('pool:30');
    await give(books, account, { kind: 'topUp', amount: 2 });
    expect(await low(account)).toBe(null);
    expect(await spend(account, 1)).toEqual(['pool:30']);
    expect(await told(account)).toEqual(['["pool:30"] 29', '["pool:30"] 29']);
  });

  test('and all that one debit crosses with it are one row, the lowest first', async () => {
    const account = await poolWith([part('pool', 50), amount('pool', 40), part('pool', 10)], 100);
    expect(await spend(account, 95)).toEqual(['pool:10%', 'pool:40', 'pool:50%']);
    expect(await spend(account, 5)).toEqual(['pool:0%']);
    expect(await told(account)).toEqual(['["pool:10%", "pool:40", "pool:50%"] 5', '["pool:0%"] 0']);
  });

  test.each<[Alert['rearm'], string[]]>([
    [[], []],
    [['reset'], ['reset']],
    [['topUp'], ['topUp']],
    [
      ['reset', 'topUp'],
      ['topUp', 'reset'],
    ],
  ])('is told again by %j', async (rearm, again) => {
    const account = await poolWith([part('pool', 50, rearm)], 100);
    const tells = async (micros: number) => (await spend(account, micros)).includes('pool:50%');
    expect(await tells(60)).toBe(true);
    await give(books, account, { kind: 'topUp', amount: 20, expiresAt: february });
    const byTopUp = await tells(11);
    await books.at(account, february);
    const byReset = await tells(60);
    expect([...(byTopUp ? ['topUp'] : []), ...(byReset ? ['reset'] : [])]).toEqual(again);
  });

  test('is told again by top-ups that another workspace gave', async () => {
    const account = await poolWith([part('pool', 50, ['topUp'])], 100);
    const { workspaceId: from } = await poolWith([], 100);
    await give(books, { ...account, workspaceId: from }, { kind: 'topUp', amount: 20 });
    expect(await spend(account, 60)).toEqual(['pool:50%']);
    await inProduct(books.sql, 'studio', async (tx) => {
      await lockLedger(tx, [from, account.workspaceId]);
      await transferTopUps(tx, { from, to: account.workspaceId, key: 'one' });
    });
    expect(await spend(account, 11)).toEqual(['pool:50%']);
  });

  test('is told once where many debits of several processes bring the pool down', async () => {
    const account = await poolWith([part('pool', 50), part('pool', 20), amount('pool', 7)], 400);
    const answers = await race(books, { processes: 3, calls: 400 }, (ledger) =>
      ledger.debit(debitOf(account, 1)),
    );
    expect(answers.flatMap((answer) => value(answer).crossed).toSorted()).toEqual([
      'pool:0%',
      'pool:20%',
      'pool:50%',
      'pool:7',
    ]);
    expect(await told(account)).toEqual([
      '["pool:50%"] 199',
      '["pool:20%"] 79',
      '["pool:7"] 6',
      '["pool:0%"] 0',
    ]);
  });

  test('that new terms bring waits for the next grant; one that was told stays told', async () => {
    const account = await poolWith([part('pool', 50)], 100);
    await spend(account, 60);
    const publish = (alerts: readonly Alert[]) =>
      books.write(account, (tx) =>
        setTerms(tx, account.workspaceId, {
          ...{ termsVersion: 1, rateVersion: 1, burnOrder: studioOrder, alerts },
          ...{ debtAtReset: 'carry', holdSurvivesExpiry: true, refundOfExpired: 'lost' },
        }),
      );
    await publish([part('pool', 50), part('pool', 30)]);
    expect(await spend(account, 15)).toEqual([]);
    await give(books, account, { kind: 'topUp', amount: 10 });
    expect(await spend(account, 6)).toEqual(['pool:30%']);
    await publish([part('pool', 50), part('pool', 30)]);
    expect(await spend(account, 1)).toEqual([]);
  });
});

describe('an alert of a cap [K33]', () => {
  test('is told of whom it is about, once, until the next window', async () => {
    const account = await poolWith([part('member', 20), amount('space', 5), part('org', 50)], 100);
    await cap(account, 'member', 'ada', 20);
    await cap(account, 'member', 'bea', 20);
    await cap(account, 'space', 'lab', 20);
    await cap(account, 'org', '', 40);
    const ada = { member: 'ada', space: 'lab' };
    expect(await spend(account, 15, ada)).toEqual([]);
    expect(await spend(account, 1, ada)).toEqual(['space:5']);
    expect(await spend(account, 1, ada)).toEqual(['member:20%']);
    expect(await spend(account, 4, { member: 'bea' })).toEqual(['org:50%']);
    expect(await told(account)).toEqual([
      'lab ["space:5"] 4',
      'ada ["member:20%"] 3',
      '["org:50%"] 19',
    ]);
    expect(
      (await books.ledger.balance(account))?.caps.map(({ subject, low: is }) => [subject, is]),
    ).toEqual([
      ['ada', 'member:20%'],
      ['bea', null],
      ['', 'org:50%'],
      ['lab', 'space:5'],
    ]);
    await books.at(account, february);
    expect(await spend(account, 17, { member: 'ada' })).toEqual(['member:20%']);
  });

  test('is told anew of another cap, not of the same one told again', async () => {
    const account = await poolWith([part('member', 20)], 100);
    await cap(account, 'member', 'ada', 10);
    const ada = { member: 'ada' };
    expect(await spend(account, 9, ada)).toEqual(['member:20%']);
    await cap(account, 'member', 'ada', 10);
    expect(await spend(account, 1, ada)).toEqual([]);
    await cap(account, 'member', 'ada', 20);
    expect(await spend(account, 7, ada)).toEqual(['member:20%']);
  });

  test('is told when a hold takes the rest, or a settle goes beyond', async () => {
    const account = await poolWith([part('member', 50)], 100);
    await cap(account, 'member', 'ada', 10);
    await cap(account, 'member', 'bea', 10);
    const hold = async (member: string, micros: number) =>
      value(await books.ledger.hold({ ...holdOf(account, micros), member }));
    expect((await hold('ada', 6)).crossed).toEqual(['member:50%']);
    const { holdId } = await hold('bea', 5);
    const settled = await books.ledger.settle(settleOf(account, holdId, 6));
    expect(value(settled).crossed).toEqual(['member:50%']);
  });

  test('at nothing left is told where the cap is used up', async () => {
    const account = await poolWith([part('member', 0)], 100);
    await cap(account, 'member', 'ada', 10);
    expect(await spend(account, 9, { member: 'ada' })).toEqual([]);
    expect(await spend(account, 1, { member: 'ada' })).toEqual(['member:0%']);
  });

  test('is told once where several processes use it up', async () => {
    const account = await poolWith([part('member', 50), part('member', 10)], 1_000);
    await cap(account, 'member', 'ada', 200);
    const answers = await race(books, { processes: 3, calls: 250 }, (ledger) =>
      ledger.debit({ ...debitOf(account, 1), request: request(), member: 'ada' }),
    );
    const crossed = answers.flatMap((answer) => (answer.ok ? answer.value.crossed : []));
    expect(crossed.toSorted()).toEqual(['member:10%', 'member:50%']);
    expect(await told(account)).toEqual(['ada ["member:50%"] 99', 'ada ["member:10%"] 19']);
  });
});
