import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { micro, minor } from '../../src/domain/values/money.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { LedgerAccount } from '../../src/ports/ledger.ts';
import { inProduct } from '../../src/store/connect.ts';
import { issueInvoice } from '../../src/store/invoices.ts';
import { lockLedger } from '../../src/store/ledger-writes.ts';
import { openDirectory, sent, start, type DirectoryBooks } from './directory-books.ts';

let books: DirectoryBooks;
let mine: LedgerAccount;
/** The other product's name on my workspace's number: what only a bug could put together. */
let forged: LedgerAccount;
let command: string;
let invoice: string;

beforeAll(async () => {
  books = await openDirectory();
  mine = await books.workspace('studio', 'mine');
  forged = { ...mine, product: 'team' };
  await books.directory.putMember(mine, {
    member: 'bob',
    role: 'editor',
    state: 'accepted',
    membersMost: null,
    peopleMost: null,
  });
  const lab = { kind: 'space', id: 's1', name: 'Lab', owner: 'ada' } as const;
  await books.directory.putResource(mine, lab, null);
  const submitted = await books.directory.submitCommand(
    mine,
    sent('seats', { kind: 'setSeats', purchased: 5 }),
  );
  command = submitted.ok ? submitted.value.id : 'refused';
  await issue();
  invoice = (await books.directory.invoices(mine, { before: null, limit: 1 }))[0]?.id ?? 'none';
  await books.sql`select feed_sequence(1000)`;
});
afterAll(() => books.close());

const issue = () =>
  inProduct(books.sql, 'studio', async (tx) => {
    await lockLedger(tx, [mine.workspaceId]);
    const period = { start, end: '2026-02-01T00:00:00.000Z' };
    const issuer = { workspaceId: mine.workspaceId, product: 'studio', at: start };
    await issueInvoice(tx, issuer, {
      key: 'renewal:1',
      reason: 'renewal',
      issuedAt: start,
      period,
      lines: [
        {
          kind: 'base',
          description: 'Pro, January',
          quantity: 1,
          unitMinor: minor(3000),
          amountMinor: minor(3000),
          period,
          days: null,
          member: null,
        },
      ],
      subtotalMinor: minor(3000),
      appliedMinor: minor(0),
      totalMinor: minor(3000),
      status: 'open',
    });
  });

const page = { before: null, limit: 50 };
type Read = (directory: Directory, of: LedgerAccount) => Promise<unknown>;
const reads: readonly (readonly [string, Read, unknown])[] = [
  ['a command', (d, of) => d.command(of, command), undefined],
  ['a member', (d, of) => d.member(of, 'bob'), undefined],
  ['members', (d, of) => d.members(of), []],
  ['resources', (d, of) => d.resources(of), []],
  ['invoices', (d, of) => d.invoices(of, page), []],
  ['an invoice', (d, of) => d.invoice(of, invoice), undefined],
  ['events', (d, of) => d.events(of.product, { after: 0n, limit: 50 }), []],
  ['a workspace', (d, of) => d.workspace({ product: of.product, workspace: 'mine' }), undefined],
];

describe('another product sees nothing', () => {
  test.each(reads)('of %s', async (_what, read, nothing) => {
    expect(await read(books.directory, mine)).not.toEqual(nothing);
    expect(await read(books.directory, forged)).toEqual(nothing);
  });

  test("under the number of a command or an invoice that is another workspace's", async () => {
    const sibling = await books.workspace('studio', 'sibling');
    expect(await books.directory.command(sibling, command)).toBeUndefined();
    expect(await books.directory.invoice(sibling, invoice)).toBeUndefined();
    expect(await books.directory.invoices(sibling, { before: invoice, limit: 50 })).toEqual([]);
  });
});

type Write = (directory: Directory, of: LedgerAccount) => Promise<unknown>;
const eve = { member: 'eve', role: 'editor', state: 'accepted' } as const;
const bobsCap = { scope: 'member', subject: 'bob', capMicro: micro(0) } as const;
const refusedWrites: readonly (readonly [string, Write])[] = [
  ['a command', (d, of) => d.submitCommand(of, sent('k', { kind: 'reactivate' }))],
  ['a member', (d, of) => d.putMember(of, { ...eve, membersMost: null, peopleMost: null })],
  ["a member's removal", (d, of) => d.removeMember(of, 'bob')],
  ['a cap', (d, of) => d.setCaps(of, { caps: [bobsCap] })],
];

describe('another product changes nothing', () => {
  test.each(refusedWrites)('by %s: it is a defect', async (_what, write) => {
    await expect(write(books.directory, forged)).rejects.toThrow('is not of product "team"');
  });

  test('by billing details or a closed resource: there is no such row', async () => {
    await books.directory.setBillingDetails(forged, {
      name: null,
      address: null,
      copies: [],
      email: 'eve@team.test',
      taxId: 'X1',
    });
    expect(
      await books.directory.closeResource(forged, { kind: 'space', id: 's1' }),
    ).toBeUndefined();
  });

  test('and so all stands as it was', async () => {
    expect(await books.directory.workspace({ product: 'studio', workspace: 'mine' })).toMatchObject(
      { billing: { email: null, taxId: null } },
    );
    expect(await books.facts(mine)).toEqual(['memberAccepted bob']);
    expect(await books.directory.resources(mine)).toEqual([
      { kind: 'space', id: 's1', name: 'Lab', owner: 'ada', closedAt: null },
    ]);
  });
});

test('two products may use the same names, and each keeps its own', async () => {
  const theirs = await books.workspace('team', 'mine');
  expect(theirs.workspaceId).not.toBe(mine.workspaceId);
  const members = await books.directory.members(theirs);
  expect(members.map(({ member }) => member)).toEqual(['ada']);
});
