import { describe, expect, test } from 'vitest';
import { grantsIn, invoicesIn, ofKind } from './support.ts';
import { january, join, onTeam, opened, renewed } from './team-support.ts';

describe('seats that are counted', () => {
  test('five accepted in a day make one invoice at its local end, one line each [2.17]', () => {
    const workspace = onTeam();
    const joined = join(workspace, january('20'), 'bob', 'eve', 'joe', 'kim', 'lee');
    expect(invoicesIn(joined)).toEqual([]);
    expect(grantsIn(joined)).toEqual(
      [2, 3, 4, 5, 6].map((n) => `included:${opened}:seats:${n}: 1000 until ${renewed}`),
    );
    expect(invoicesIn(workspace.until(january('20', '22:59')))).toEqual([]);
    expect(invoicesIn(workspace.until(january('20', '23:00')))).toEqual([
      {
        key: `seats:${january('20')}`,
        lines: [
          'Seat of bob, Team, 21 of 31 days: 8.13',
          'Seat of eve, Team, 21 of 31 days: 8.13',
          'Seat of joe, Team, 21 of 31 days: 8.13',
          'Seat of kim, Team, 21 of 31 days: 8.13',
          'Seat of lee, Team, 21 of 31 days: 8.13',
        ],
        total: '40.65 open',
      },
    ]);
  });

  test('accepted and removed on one day are charged nothing', () => {
    const workspace = onTeam();
    join(workspace, january('20'), 'bob');
    const left = workspace.happens(january('20', '15:00'), {
      kind: 'memberRemoved',
      member: 'bob',
    });
    expect(ofKind(left, 'mirrorUpcoming')).toEqual([]);
    expect(invoicesIn(workspace.until('2026-01-22T00:00:00.000Z'))).toEqual([]);
    expect(workspace.life.upcoming).toEqual([]);
  });

  test('two removed are two credits: shown at once, netted on the next invoice [2.15 2.18]', () => {
    const workspace = onTeam();
    join(workspace, january('12'), 'bob', 'eve', 'joe');
    const left = ['bob', 'eve'].flatMap((member) =>
      workspace.happens(january('27'), { kind: 'memberRemoved', member }),
    );
    expect(invoicesIn(left)).toEqual([]);
    expect(ofKind(left, 'mirrorUpcoming').map(({ lines }) => lines.length)).toEqual([1, 2]);
    expect(invoicesIn(workspace.until(renewed))).toEqual([
      {
        key: `renewal:${renewed}`,
        lines: [
          'Team, by the month: 49.00',
          'Team, seats: 24.00',
          'Credit: Seat of bob, Team, 14 of 31 days: -5.42',
          'Credit: Seat of eve, Team, 14 of 31 days: -5.42',
        ],
        total: '62.16 open',
      },
    ]);
  });

  test('accepted in the period’s last hours stand on the renewal, with no day to charge', () => {
    const workspace = onTeam();
    join(workspace, '2026-02-10T07:00:00.000Z', 'bob');
    expect(invoicesIn(workspace.until('2026-02-12T00:00:00.000Z'))).toEqual([
      {
        key: `renewal:${renewed}`,
        lines: [
          'Team, by the month: 49.00',
          'Team, seats: 24.00',
          'Seat of bob, Team, 0 of 31 days: 0.00',
        ],
        total: '73.00 open',
      },
    ]);
  });
});
