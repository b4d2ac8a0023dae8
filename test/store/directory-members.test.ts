import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerAccount } from '../../src/ports/ledger.ts';
import { atOnce, kindOf, openDirectory, start, type DirectoryBooks } from './directory-books.ts';

let books: DirectoryBooks;
beforeAll(async () => {
  books = await openDirectory();
});
afterAll(() => books.close());

const put = (account: LedgerAccount, state: 'invited' | 'accepted', role = 'editor') =>
  books.directory.putMember(account, {
    member: 'bob',
    role,
    state,
    membersMost: null,
    peopleMost: null,
  });

test('an invitation and its acceptance are facts for the lifecycle [2.19 3.22]', async () => {
  const account = await books.workspace('team', 'invite-accept');
  expect(await put(account, 'invited')).toEqual({
    ok: true,
    value: {
      member: 'bob',
      role: 'editor',
      state: 'invited',
      invitedAt: start,
      acceptedAt: null,
      removedAt: null,
    },
  });
  expect(await books.facts(account)).toEqual(['memberInvited bob']);
  expect(await put(account, 'accepted')).toMatchObject({
    ok: true,
    value: { state: 'accepted', invitedAt: start, acceptedAt: start },
  });
  expect(await books.facts(account)).toEqual(['memberInvited bob', 'memberAccepted bob']);
  expect(await books.isRung(account)).toBe(true);
});

test('eight acceptances at once are one fact', async () => {
  const account = await books.workspace('team', 'accepted-at-once');
  const answers = await atOnce(8, () => put(account, 'accepted'));
  expect(answers.map(kindOf)).toEqual(Array.from({ length: 8 }, () => 'ok'));
  expect(await books.facts(account)).toEqual(['memberAccepted bob']);
});

test('eight removals at once are one fact, and all answer the first removal', async () => {
  const account = await books.workspace('team', 'removed-at-once');
  await put(account, 'accepted');
  const answers = await atOnce(8, () => books.directory.removeMember(account, 'bob'));
  expect(answers).toEqual(
    Array.from({ length: 8 }, () => ({
      ok: true,
      value: {
        member: 'bob',
        role: 'editor',
        state: 'removed',
        invitedAt: start,
        acceptedAt: start,
        removedAt: start,
      },
    })),
  );
  expect(await books.facts(account)).toEqual(['memberAccepted bob', 'memberRemoved bob']);
});

test('acceptances and removals that race are told in turns', async () => {
  const account = await books.workspace('team', 'raced');
  await Promise.all([
    ...Array.from({ length: 4 }, () => put(account, 'accepted')),
    ...Array.from({ length: 4 }, () => books.directory.removeMember(account, 'bob')),
  ]);
  await put(account, 'accepted');
  const facts = await books.facts(account);
  expect(facts.length % 2).toBe(1);
  expect(facts).toEqual(
    facts.map((_, i) => (i % 2 === 0 ? 'memberAccepted bob' : 'memberRemoved bob')),
  );
});

test('a removed member who comes back is accepted anew', async () => {
  const account = await books.workspace('team', 'came-back');
  await put(account, 'accepted');
  await books.directory.removeMember(account, 'bob');
  expect(await put(account, 'accepted')).toMatchObject({
    value: { state: 'accepted', removedAt: null },
  });
  expect(await books.facts(account)).toEqual([
    'memberAccepted bob',
    'memberRemoved bob',
    'memberAccepted bob',
  ]);
});

test('an invitation that is taken back was a fact, and its end is one', async () => {
  const account = await books.workspace('team', 'taken-back');
  await put(account, 'invited');
  expect(await books.directory.removeMember(account, 'bob')).toMatchObject({
    value: { state: 'removed', acceptedAt: null },
  });
  expect(await books.facts(account)).toEqual(['memberInvited bob']);
  expect(await books.isRung(account)).toBe(true);
});

test('another role is no fact, and an invitation takes no membership away', async () => {
  const account = await books.workspace('team', 'another-role');
  await put(account, 'accepted');
  expect(await put(account, 'invited', 'admin')).toMatchObject({
    value: { role: 'admin', state: 'accepted', acceptedAt: start },
  });
  expect(await books.facts(account)).toEqual(['memberAccepted bob']);
});

test('lists who is invited or a member, by name; who was removed is still known', async () => {
  const account = await books.workspace('team', 'listed');
  const invite = (member: string) =>
    books.directory.putMember(account, {
      member,
      role: 'editor',
      state: 'invited',
      membersMost: null,
      peopleMost: null,
    });
  await invite('zoe');
  await invite('carl');
  await put(account, 'accepted');
  await books.directory.removeMember(account, 'bob');
  const listed = await books.directory.members(account);
  expect(listed.map(({ member, state }) => `${member} ${state}`)).toEqual([
    'ada accepted',
    'carl invited',
    'zoe invited',
  ]);
  expect(await books.directory.member(account, 'bob')).toMatchObject({ state: 'removed' });
  expect(await books.directory.member(account, 'nobody')).toBeUndefined();
});

describe('is refused, and told to nobody', () => {
  test('ownerStays: another role for the owner, or the owner removed', async () => {
    const account = await books.workspace('team', 'owner-stays');
    const ada = {
      member: 'ada',
      role: 'editor',
      state: 'accepted',
      membersMost: null,
      peopleMost: null,
    } as const;
    expect(kindOf(await books.directory.putMember(account, ada))).toBe('ownerStays');
    expect(kindOf(await books.directory.removeMember(account, 'ada'))).toBe('ownerStays');
    expect(await books.directory.member(account, 'ada')).toMatchObject({
      role: 'owner',
      state: 'accepted',
    });
    expect(await books.facts(account)).toEqual([]);
  });

  test('notFound: the removal of somebody who never was a member', async () => {
    const account = await books.workspace('team', 'stranger');
    expect(kindOf(await books.directory.removeMember(account, 'eve'))).toBe('notFound');
    expect(await books.facts(account)).toEqual([]);
  });
});

test('one user joins a workspace while they make their own: neither waits for ever', async () => {
  const joined = await books.workspace('team', 'joined');
  const fresh = {
    owner: 'bob',
    currency: 'usd',
    timeZone: 'UTC',
    termsVersion: 1,
    testClockAt: start,
  };
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => [
      put(joined, i % 2 === 0 ? 'accepted' : 'invited'),
      books.directory.createWorkspace({ product: 'team', workspace: `own-${i}` }, fresh, {
        key: 'start',
        bodyHash: Buffer.alloc(32),
        actor: 'key:test',
        command: { kind: 'start', plan: 'free', interval: 'month' },
      }),
    ]).flat(),
  );
  expect(answers.map(kindOf)).toEqual(Array.from({ length: 24 }, () => 'ok'));
});
