import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/domain/news/alert.ts';
import type { Effect, EventKind } from '../../src/domain/life/lifecycle.ts';
import { micro, minor } from '../../src/domain/values/money.ts';
import { noticeKey, type Notice } from '../../src/domain/news/notice.ts';
import { ofKind, openWorkspace, termsOf, type Card, type Workspace } from './support.ts';

const terms = termsOf('studio');
const opened = '2026-01-10T00:00:00.000Z';
const renewed = '2026-02-10T00:00:00.000Z';
const renewal = `renewal:${renewed}`;
const february = (day: string) => `2026-02-${day}T00:00:00.000Z`;

const noticesIn = (effects: readonly Effect[]): Notice[] =>
  ofKind(effects, 'notify').map(({ notice }) => notice);

/** On pro since January; its bank answers like this from the renewal in February on. */
function billed(card: Card): Workspace {
  const workspace = openWorkspace(terms, { at: opened, clock: 'test', timeZone: 'Europe/Warsaw' });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
  workspace.card = card;
  return workspace;
}

const closing = {
  at: february('24'),
  planName: 'Pro',
  features: ['ai', 'deploys'],
  becomes: 'suspended',
};

const refund = {
  kind: 'refundBooked',
  payment: 'p1',
  invoice: null,
  mustAct: 'nobody',
  paidInvoice: 'purchase:p1',
  creditNote: 'n1',
  backMinor: minor(400),
  refundedMinor: minor(1_000),
  creditsMicro: micro(4_000_000),
} as const satisfies EventKind;

describe('whoever pays is told', () => {
  test('that money went back, each time that it does, with what it had bought [3.28]', () => {
    const notice = {
      ...{ kind: 'refunded', invoice: 'purchase:p1', refundedAt: renewed },
      ...{ backMinor: 400n, refundedMinor: 1_000n, creditsMicro: 4_000_000n },
      unit: { kind: 'money', currency: 'usd' },
      creditNote: 'n1',
    };
    const workspace = billed('works');
    workspace.until(renewed);
    expect(noticesIn(workspace.happens(renewed, refund))).toEqual([notice]);
    const key = `notice:refunded:purchase:p1:1000:${renewed}`;
    expect(noticesIn(workspace.happens(renewed, refund)).map(noticeKey)).toEqual([key]);
  });

  test('nothing of money that had paid none of our invoices', () => {
    const workspace = billed('works');
    workspace.until(renewed);
    expect(noticesIn(workspace.happens(renewed, { ...refund, paidInvoice: null }))).toEqual([]);
  });

  test('that an invoice is paid, once, in the words of the product and its time zone', () => {
    expect(ofKind(billed('works').until(renewed), 'notify')).toEqual([
      {
        kind: 'notify',
        notice: { kind: 'receipt', invoice: renewal },
        productName: 'Studio',
        timeZone: 'Europe/Warsaw',
      },
    ]);
  });

  test('that a plan and credits that were bought are paid', () => {
    const workspace = billed('works');
    const bought: EventKind = { kind: 'toppedUp', payment: 'p1', creditsMicro: micro(1) };
    const plan: EventKind = { kind: 'planPurchasePaid', payment: 'p2', totalMinor: minor(100) };
    expect(noticesIn(workspace.happens(february('01'), bought))).toEqual([
      { kind: 'receipt', invoice: 'purchase:p1' },
    ]);
    expect(noticesIn(workspace.happens(february('02'), plan))).toEqual([
      { kind: 'receipt', invoice: 'purchase:p2' },
    ]);
  });

  test('that credits were bought, and nothing else changes', () => {
    const workspace = billed('works');
    const { version: _counted, at: _lived, ...before } = workspace.life;
    workspace.happens(opened, { kind: 'toppedUp', payment: 'p1', creditsMicro: micro(1) });
    expect(workspace.life).toMatchObject(before);
  });

  test('of each failed try with the date of the next, and when what closes', () => {
    const failed = { kind: 'paymentFailed', invoice: renewal, newMethodPays: 'now', closing };
    expect(noticesIn(billed('declines').until(february('18')))).toEqual([
      { ...failed, try: 1, nextTryAt: february('13') },
      { ...failed, try: 2, nextTryAt: february('18') },
      { ...failed, try: 3, nextTryAt: february('24') },
    ]);
  });

  test('by the last failed try that no other follows', () => {
    const notices = noticesIn(billed('declines').until('2026-06-01T00:00:00.000Z'));
    const failed = notices.filter(({ kind }) => kind === 'paymentFailed');
    expect(failed).toHaveLength(4);
    expect(failed.at(-1)).toMatchObject({ try: 4, nextTryAt: null, closing });
  });

  test('that the grace is over, where a card can never pay', () => {
    expect(noticesIn(billed('isStolen').until(february('24')))).toEqual([
      {
        kind: 'paymentFailed',
        invoice: renewal,
        try: 1,
        nextTryAt: null,
        newMethodPays: 'now',
        closing,
      },
      { kind: 'suspended', invoice: renewal, closing },
    ]);
  });

  test('of a second invoice that fails, with the date on which both are tried', () => {
    const workspace = billed('declines');
    workspace.until(renewed);
    const second: EventKind = { kind: 'invoicePaymentFailed', invoice: 'seats:x', hard: false };
    expect(noticesIn(workspace.happens(february('11'), second))).toEqual([
      expect.objectContaining({ invoice: 'seats:x', try: 1, nextTryAt: february('13') }),
    ]);
    expect(noticesIn(workspace.happens(february('12'), second))).toEqual([]);
  });
});

describe('low credits [2.29 K33]', () => {
  const crossed = (...percents: number[]): EventKind => ({
    kind: 'thresholdCrossed',
    scope: 'pool',
    subject: null,
    crossed: percents.map((percent) => `pool:${percent}%`),
    availableMicro: micro(199_000_000),
  });

  function onTeam(alerts: readonly Alert[] = termsOf('team').alerts): Workspace {
    const team = termsOf('team', (each) => ({ ...each, alerts }));
    const workspace = openWorkspace(team, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    return workspace;
  }

  test('are warned of where the catalog says so', () => {
    expect(noticesIn(onTeam().happens(renewed, crossed(20)))).toEqual([
      {
        kind: 'creditsLow',
        scope: 'pool',
        subject: null,
        at: { percent: 20 },
        availableMicro: 199_000_000n,
        unit: termsOf('team').credits.unit,
        crossedAt: renewed,
        readers: { roles: ['owner'], except: null },
      },
    ]);
  });

  const poolAlert = (percent: number, to: readonly string[]): Alert => ({
    ...{ scope: 'pool', at: { percent }, to },
    rearm: ['reset', 'topUp'],
  });

  test('that one big call crosses are told by the lowest alone, to whom any of them is for', () => {
    const workspace = onTeam([poolAlert(50, ['admin']), poolAlert(20, ['owner'])]);
    expect(noticesIn(workspace.happens(renewed, crossed(0, 20, 50)))).toEqual([
      expect.objectContaining({
        at: { percent: 20 },
        readers: { roles: ['owner', 'admin'], except: null },
      }),
    ]);
  });

  test('are told as used up where the catalog asks for that', () => {
    const workspace = onTeam([poolAlert(20, ['owner']), poolAlert(0, ['admin'])]);
    expect(noticesIn(workspace.happens(renewed, crossed(0, 20)))).toEqual([
      expect.objectContaining({ at: { percent: 0 } }),
    ]);
  });

  test('of a cap are told to the member whose it is, and to the roles beside them', () => {
    const at = { amountMicro: micro(5_000_000) };
    const own: Alert = { scope: 'member', at, to: ['owner'], rearm: ['reset'] };
    const low: EventKind = {
      kind: 'thresholdCrossed',
      scope: 'member',
      subject: 'bea',
      crossed: ['member:5000000'],
      availableMicro: micro(4_000_000),
    };
    const [roles, member, ...more] = noticesIn(onTeam([own]).happens(renewed, low));
    expect(more).toEqual([]);
    expect(roles).toMatchObject({ at, readers: { roles: ['owner'], except: 'bea' } });
    expect(member).toMatchObject({ at, subject: 'bea', readers: { member: 'bea' } });
    expect(noticesIn(onTeam([{ ...own, to: [] }]).happens(renewed, low))).toEqual([member]);
  });

  test('are not warned of at any other part, nor when they are used up', () => {
    expect(noticesIn(onTeam().happens(renewed, crossed(10)))).toEqual([]);
    expect(noticesIn(onTeam().happens(renewed, crossed(0)))).toEqual([]);
    expect(noticesIn(billed('works').happens(february('01'), crossed(20)))).toEqual([]);
  });

  test('are warned of each time they are crossed', () => {
    const workspace = onTeam();
    const notices = [renewed, february('20')].flatMap((at) =>
      noticesIn(workspace.happens(at, crossed(20))),
    );
    expect(notices.map(noticeKey)).toEqual([
      `notice:creditsLow:pool:20%::roles:${renewed}:199000000`,
      `notice:creditsLow:pool:20%::roles:${february('20')}:199000000`,
    ]);
  });
});

test('no two notices of a life tell the same fact', () => {
  const workspace = billed('declines');
  const notices = noticesIn(workspace.until('2026-04-01T00:00:00.000Z'));
  workspace.card = 'works';
  const paid: EventKind = { kind: 'paymentMethodAttached' };
  notices.push(...noticesIn(workspace.happens('2026-04-02T00:00:00.000Z', paid)));
  notices.push(...noticesIn(workspace.until('2026-07-01T00:00:00.000Z')));
  const keys = notices.map(noticeKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toContain(`notice:failed:${renewal}:try:4`);
  expect(keys).toContain(`notice:receipt:${renewal}`);
});
