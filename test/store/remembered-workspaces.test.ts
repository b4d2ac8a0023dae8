import { expect, test } from 'vitest';
import type { ChargedWorkspace } from '../../src/ports/directory.ts';
import { rememberedWorkspaces } from '../../src/store/remembered-workspaces.ts';

const acme = { product: 'studio', workspace: 'acme' };

const read = (roster: number, of = acme): ChargedWorkspace => ({
  of,
  account: { product: 'studio', workspaceId: 1n, lane: 0 },
  termsVersion: 1,
  testClock: false,
  at: '2026-01-01T00:00:00.000Z',
  roster,
  lifecycle: { subscription: { status: 'none' }, version: 1 },
});

test('members are remembered as long as their roster is', () => {
  const { remember, recall, rememberMember } = rememberedWorkspaces();
  remember(read(1));
  rememberMember(acme, 1, 'ada');
  remember(read(1));
  expect([...(recall(acme)?.members ?? [])]).toEqual(['ada']);
  remember(read(2));
  expect([...(recall(acme)?.members ?? [])]).toEqual([]);
});

test('who was found in a roster that has changed meanwhile is not remembered', () => {
  const { remember, recall, rememberMember } = rememberedWorkspaces();
  remember(read(2));
  rememberMember(acme, 1, 'ada');
  rememberMember({ product: 'studio', workspace: 'unknown' }, 1, 'ada');
  expect([...(recall(acme)?.members ?? [])]).toEqual([]);
});

test('so many members are remembered that memory has a bound', () => {
  const { remember, recall, rememberMember } = rememberedWorkspaces();
  remember(read(1));
  for (let n = 0; n <= 500_000; n += 1) rememberMember(acme, 1, `m${n}`);
  expect([...(recall(acme)?.members ?? [])]).toEqual(['m500000']);
});
