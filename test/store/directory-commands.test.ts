import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/domain/life/commands.ts';
import {
  atOnce,
  fresh,
  kindOf,
  openDirectory,
  sent,
  start,
  startFree,
  type DirectoryBooks,
} from './directory-books.ts';

let books: DirectoryBooks;
beforeAll(async () => {
  books = await openDirectory();
});
afterAll(() => books.close());

const fiveSeats: Command = { kind: 'setSeats', purchased: 5 };
const sixSeats: Command = { kind: 'setSeats', purchased: 6 };
const upgrade: Command = {
  kind: 'changePlan',
  plan: 'pro',
  interval: 'month',
  returnTo: null,
  preview: null,
};

describe('a workspace', () => {
  const of = { product: 'studio', workspace: 'twins' };

  test('that is asked for eight times at once is made once, with one command', async () => {
    const made = await atOnce(8, () =>
      books.directory.createWorkspace(of, fresh, sent('any', startFree)),
    );
    expect(made.map(kindOf)).toEqual(Array.from({ length: 8 }, () => 'ok'));
    const values = made.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
    expect(values.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(values.map(({ id }) => id)).size).toBe(1);
    const members = await books.owner<{ members: number }[]>`
      select count(*)::int as members from membership m join workspace w on w.id = m.workspace_id
      where w.external_id = 'twins'`;
    expect(members).toEqual([{ members: 1 }]);
  });

  test('that exists is not made again from another body', async () => {
    const other: Command = { kind: 'start', plan: 'starter', interval: 'month' };
    const again = await books.directory.createWorkspace(of, fresh, sent('any', other));
    expect(again).toEqual({ ok: false, refusal: { kind: 'exists' } });
  });

  test('waits for its workflow as soon as it is there', async () => {
    const waiting = await books.owner`select 1 from workspace
      where external_id = 'twins' and rung_at is not null`;
    expect(waiting).toHaveLength(1);
  });

  test('is shown with its owner, its clock and its lifecycle', async () => {
    expect(await books.directory.workspace(of)).toMatchObject({
      of,
      account: { product: 'studio' },
      owner: 'ada',
      personal: false,
      currency: 'usd',
      timeZone: 'Europe/Berlin',
      termsVersion: 1,
      testClock: true,
      at: start,
      clockAt: start,
      lifecycle: { version: 0, members: 1, subscription: { status: 'none' } },
      paymentMethod: null,
      billing: { name: null, address: null, email: null, taxId: null, copies: [] },
    });
  });
});

describe('a command', () => {
  test('that is sent eight times at once under one key is one row', async () => {
    const account = await books.workspace('studio', 'one-row');
    const answers = await atOnce(8, () =>
      books.directory.submitCommand(account, sent('seats', fiveSeats)),
    );
    const ids = answers.map((answer) => (answer.ok ? answer.value.id : 'refused'));
    expect(new Set(ids).size).toBe(1);
    const rows = await books.owner`select id, state, kind from command
      where workspace_id = ${account.workspaceId.toString()} and kind = 'setSeats'`;
    expect(rows).toEqual([{ id: ids[0], state: 'pending', kind: 'setSeats' }]);
  });

  test('of two bodies at once under one key stands once, and the other is refused', async () => {
    const account = await books.workspace('studio', 'two-bodies');
    const answers = await Promise.all([
      books.directory.submitCommand(account, sent('seats', fiveSeats)),
      books.directory.submitCommand(account, sent('seats', sixSeats)),
    ]);
    expect(answers.map(kindOf).toSorted()).toEqual(['idempotencyKeyReused', 'ok']);
    const rows = await books.owner`select 1 from command
      where workspace_id = ${account.workspaceId.toString()} and kind = 'setSeats'`;
    expect(rows).toHaveLength(1);
  });

  test('may have a key that another workspace used', async () => {
    const first = await books.workspace('studio', 'key-here');
    const second = await books.workspace('studio', 'key-there');
    const here = await books.directory.submitCommand(first, sent('seats', fiveSeats));
    const there = await books.directory.submitCommand(second, sent('seats', sixSeats));
    expect([kindOf(here), kindOf(there)]).toEqual(['ok', 'ok']);
  });

  test('never meets the key that its workspace was started under', async () => {
    const account = await books.workspace('studio', 'start-key');
    const answer = await books.directory.submitCommand(account, sent('workspace:start', fiveSeats));
    expect(kindOf(answer)).toBe('ok');
  });

  test("is asked for at the workspace's time, and waits for its workflow", async () => {
    const account = await books.workspace('studio', 'waits');
    const answer = await books.directory.submitCommand(account, sent('seats', fiveSeats));
    expect(answer).toMatchObject({
      ok: true,
      value: {
        command: fiveSeats,
        state: 'pending',
        result: null,
        requestedAt: start,
        settledAt: null,
      },
    });
    expect(await books.isRung(account)).toBe(true);
  });

  test('that was answered before rings nobody when it is sent again', async () => {
    const account = await books.workspace('studio', 'answered');
    await books.directory.submitCommand(account, sent('seats', fiveSeats));
    await books.owner`update workspace set rung_at = null
      where id = ${account.workspaceId.toString()}`;
    await books.directory.submitCommand(account, sent('seats', fiveSeats));
    expect(await books.isRung(account)).toBe(false);
  });
});

describe('a preview', () => {
  const preview = (shown: { readonly total: string }) => ({
    ...sent('preview', upgrade),
    at: '2026-01-10T00:00:00.000Z',
    basis: 'basis',
    shown,
  });

  test('is answered again as it was shown first, under the id that confirms it', async () => {
    const account = await books.workspace('studio', 'previewed');
    const first = await books.directory.storePreview(account, preview({ total: '20.00' }));
    const again = await books.directory.storePreview(account, preview({ total: '19.00' }));
    expect(first).toMatchObject({
      ok: true,
      value: { at: '2026-01-10T00:00:00.000Z', shown: { total: '20.00' } },
    });
    expect(again).toEqual(first);
  });

  test('of another body under its key is refused', async () => {
    const account = await books.workspace('studio', 'previewed-otherwise');
    await books.directory.storePreview(account, preview({ total: '20.00' }));
    const other = { ...preview({ total: '20.00' }), ...sent('preview', fiveSeats) };
    expect(kindOf(await books.directory.storePreview(account, other))).toBe('idempotencyKeyReused');
  });

  test('is no command: it is not shown as one, and rings nobody', async () => {
    const account = await books.workspace('studio', 'only-previewed');
    const stored = await books.directory.storePreview(account, preview({ total: '20.00' }));
    if (!stored.ok) throw new Error('the preview was refused');
    expect(await books.directory.command(account, stored.value.id)).toBeUndefined();
    expect(await books.isRung(account)).toBe(false);
  });
});
