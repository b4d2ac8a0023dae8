import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LedgerAccount } from '../../src/ports/ledger.ts';
import { startSequencer } from '../../src/store/sequencer.ts';
import { openDirectory, type DirectoryBooks } from './directory-books.ts';

let books: DirectoryBooks;
let first: LedgerAccount;
let second: LedgerAccount;
const problems: unknown[] = [];

beforeAll(async () => {
  books = await openDirectory();
  first = await books.workspace('team', 'first');
  second = await books.workspace('team', 'second');
});
afterAll(() => books.close());

const join = (account: LedgerAccount, member: string) =>
  books.directory.putMember(account, {
    member,
    role: 'editor',
    state: 'accepted',
    membersMost: null,
    peopleMost: null,
  });
const eventsAfter = async (after: bigint, limit = 50) => {
  const events = await books.directory.events('team', { after, limit });
  return events.map(({ cursor, workspace, data }) => [cursor, workspace, data['member']]);
};

test('two sequencers at once number each change once, as soon as it is there', async () => {
  const report = (problem: unknown): void => void problems.push(problem);
  const running = [startSequencer(books.sql, report), startSequencer(books.sql, report)];
  await join(first, 'bob');
  await vi.waitFor(async () => expect(await eventsAfter(0n)).toHaveLength(1), 10_000);
  await join(second, 'carl');
  await vi.waitFor(async () => expect(await eventsAfter(0n)).toHaveLength(2), 10_000);
  await join(first, 'dora');
  await vi.waitFor(async () => expect(await eventsAfter(0n)).toHaveLength(3), 10_000);
  await Promise.all(running.map((sequencer) => sequencer.stop()));
  expect(problems).toEqual([]);
  expect(await eventsAfter(0n)).toEqual([
    [1n, 'first', 'bob'],
    [2n, 'second', 'carl'],
    [3n, 'first', 'dora'],
  ]);
});

test('a reader goes on after the cursor that it remembered, a page at a time', async () => {
  expect(await eventsAfter(0n, 2)).toEqual([
    [1n, 'first', 'bob'],
    [2n, 'second', 'carl'],
  ]);
  expect(await eventsAfter(2n, 2)).toEqual([[3n, 'first', 'dora']]);
  expect(await eventsAfter(3n, 2)).toEqual([]);
});

test('a sequencer that was stopped numbers nothing more', async () => {
  const sequencer = startSequencer(books.sql, (problem) => void problems.push(problem));
  await sequencer.stop();
  await join(second, 'erin');
  expect(await eventsAfter(3n)).toEqual([]);
  await books.sql`select feed_sequence(1000)`;
  expect(await eventsAfter(3n)).toEqual([[4n, 'second', 'erin']]);
});

test('books are ready with every migration, and not without the last of them', async () => {
  expect(await books.directory.isReady()).toBe(true);
  await books.owner`alter table credit_note rename to credit_note_of_old`;
  expect(await books.directory.isReady()).toBe(false);
});

test('who polls while many write misses no event, and hears each workspace in its order', async () => {
  const running = [1, 2].map(() => startSequencer(books.sql, (problem) => problems.push(problem)));
  let cursor = 4n;
  const heard: { readonly workspace: string; readonly seq: bigint }[] = [];
  const writes = 40;
  const poll = async (): Promise<void> => {
    while (heard.length < writes) {
      const page = await books.directory.events('team', { after: cursor, limit: 3 });
      heard.push(...page.map(({ workspace, seq }) => ({ workspace, seq })));
      cursor = page.at(-1)?.cursor ?? cursor;
    }
  };
  const writing = Array.from({ length: writes }, (_, number) =>
    join(number % 2 === 0 ? first : second, `member-${number}`),
  );
  await Promise.all([poll(), ...writing]);
  await Promise.all(running.map((sequencer) => sequencer.stop()));
  expect(await eventsAfter(cursor)).toEqual([]);
  for (const [workspace, before] of [
    ['first', 2],
    ['second', 2],
  ] as const) {
    const seqs = heard
      .filter((event) => event.workspace === workspace)
      .map(({ seq }) => Number(seq));
    expect(seqs).toEqual(Array.from({ length: writes / 2 }, (_, place) => before + place + 1));
  }
});
