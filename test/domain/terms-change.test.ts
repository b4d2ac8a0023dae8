import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/domain/values/calendar.ts';
import type { EventKind, Lifecycle } from '../../src/domain/life/lifecycle.ts';
import { minor, micro, toDecimal } from '../../src/domain/values/money.ts';
import { moveBasisOf } from '../../src/domain/changes/terms-change.ts';
import { foreseeMove, type MoveForeseen } from '../../src/domain/changes/terms-move.ts';
import type { Plan, Terms } from '../../src/domain/terms/terms.ts';
import {
  announced,
  grantsIn,
  invoicesIn,
  linesOf,
  ofKind,
  openWorkspace,
  orderIn,
  termsOf,
  type Workspace,
} from './support.ts';

const opened = '2026-01-10T00:00:00.000Z';
const renewed = '2026-02-10T00:00:00.000Z';
const january = (day: string): Instant => `2026-01-${day}T00:00:00.000Z`;
const terms = termsOf('studio');

/** The next version, with one plan changed. */
const next = (id: string, change: (plan: Plan) => Plan): Terms => ({
  ...terms,
  version: terms.version + 1,
  plans: terms.plans.map((plan) => (plan.id === id ? change(plan) : plan)),
});

const dearer = next('team', (plan) => ({
  ...plan,
  prices: { ...plan.prices, month: { baseMinor: minor(0), perSeatMinor: minor(7_200) } },
  included: { ...plan.included, perSeatMicro: micro(130_000_000) },
  features: { ...plan.features, sso: true },
}));

const move = (to: Terms, change: Partial<Extract<EventKind, { to: Terms }>> = {}): EventKind => ({
  kind: 'termsChangeRequested',
  to,
  plan: null,
  when: 'periodEnd',
  preview: null,
  ...change,
});

function onTeam(seats = 2): Workspace {
  const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
  workspace.happens(opened, { kind: 'paymentMethodAttached' });
  workspace.happens(opened, { kind: 'started', plan: 'team', interval: 'month' });
  workspace.happens(opened, { kind: 'seatsRequested', purchased: seats });
  return workspace;
}

describe('a move at the period’s end', () => {
  test('changes nothing before, and renews at the new price', () => {
    const workspace = onTeam();
    const effects = workspace.happens(january('20'), move(dearer));
    expect(invoicesIn(effects)).toEqual([]);
    expect(announced(effects)).toEqual([`termsChangeScheduled 2 ${renewed}`]);
    expect(workspace.life).toMatchObject({ termsVersion: 1, comingTerms: { version: 2 } });
    const renewal = workspace.until('2026-02-11T00:00:00.000Z');
    expect(announced(renewal)).toContain('termsChanged 1 2');
    expect(workspace.life.termsVersion).toBe(2);
    expect(workspace.life).not.toHaveProperty('comingTerms');
    const renewals = invoicesIn(renewal).filter((invoice) => 'key' in invoice);
    expect(renewals.at(-1)).toMatchObject({ key: `renewal:${renewed}` });
    expect(JSON.stringify(renewals)).toContain('Team, seats: 144.00');
  });

  test('orders the credits of the window after it by the new version', () => {
    const workspace = onTeam();
    const effects = workspace.happens(january('20'), move(dearer));
    // The window of February begins before the term is over, so it is still the old version's.
    expect(orderIn(effects)).toContain('included:2026-02: ');
    const february = workspace.until('2026-02-02T00:00:00.000Z');
    expect(orderIn(february)).toBe(
      'included:2026-03: 260 from 2026-03-01T00:00:00.000Z to 2026-04-01T00:00:00.000Z',
    );
  });

  test('is taken back by choosing the version that runs', () => {
    const workspace = onTeam();
    workspace.happens(january('20'), move(dearer));
    const effects = workspace.happens(january('21'), move(terms));
    expect(announced(effects)).toEqual(['termsChangeCanceled 1']);
    const renewal = workspace.until('2026-02-11T00:00:00.000Z');
    expect(workspace.life.termsVersion).toBe(1);
    expect(announced(renewal)).not.toContain('termsChanged 1 2');
  });

  test('happens together with a plan change that is scheduled for the same instant', () => {
    const workspace = onTeam();
    workspace.happens(january('12'), {
      ...{ kind: 'planChangeRequested', plan: 'pro', interval: 'month' },
      ...{ payment: 'p1', returnTo: null, preview: null },
    });
    workspace.happens(january('20'), move(dearer));
    workspace.until('2026-02-11T00:00:00.000Z');
    expect(workspace.life).toMatchObject({ termsVersion: 2, subscription: { plan: 'pro' } });
  });
});

describe('a plan that is chosen while a move is scheduled', () => {
  const choose = (plan: string): EventKind => ({
    ...{ kind: 'planChangeRequested', plan, interval: 'month', payment: 'p1' },
    ...{ returnTo: null, preview: null },
  });
  const withoutPro: Terms = {
    ...dearer,
    plans: dearer.plans.filter(({ id }) => id !== 'pro'),
  };

  test('stands: where the version does not sell it, the move does not happen', () => {
    const workspace = onTeam();
    workspace.happens(january('12'), move(withoutPro));
    workspace.happens(january('13'), choose('pro'));
    const effects = workspace.until('2026-02-11T00:00:00.000Z');
    expect(announced(effects)).toContain('termsChangeCanceled 1');
    expect(workspace.life).toMatchObject({ termsVersion: 1, subscription: { plan: 'pro' } });
    expect(workspace.life).not.toHaveProperty('comingTerms');
  });

  test('stands: the other name was meant for the plan before', () => {
    const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'paymentMethodAttached' });
    workspace.happens(opened, { kind: 'started', plan: 'pro', interval: 'month' });
    workspace.happens(january('12'), move(dearer, { plan: 'starter' }));
    workspace.happens(january('13'), choose('team'));
    workspace.until('2026-02-11T00:00:00.000Z');
    expect(workspace.life).toMatchObject({ termsVersion: 2, subscription: { plan: 'team' } });
  });
});

describe('a move now', () => {
  test('charges what is left of the term at the new price, and credits it at the old one', () => {
    const workspace = onTeam();
    const effects = workspace.happens(january('25'), move(dearer, { when: 'now' }));
    expect(announced(effects)).toEqual(['termsChanged 1 2']);
    expect(workspace.life).toMatchObject({ termsVersion: 2, subscription: { plan: 'team' } });
    const [mirrored] = ofKind(effects, 'mirrorUpcoming');
    expect(linesOf(mirrored?.lines ?? []).slice(-2)).toEqual([
      'Remaining time: Team, seats, 16 of 31 days: 74.32',
      'Unused time: Team, seats, 16 of 31 days: -61.94',
    ]);
  });

  test('makes no line where no price differs', () => {
    const workspace = onTeam();
    const free = next('free', (plan) => ({ ...plan, name: 'Gratis' }));
    const effects = workspace.happens(january('25'), move(free, { when: 'now' }));
    expect(ofKind(effects, 'mirrorUpcoming')).toEqual([]);
    expect(workspace.life.termsVersion).toBe(2);
  });

  test('is what happens at once to who has paid for no term; what was granted stays', () => {
    const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
    workspace.happens(opened, { kind: 'started', plan: 'free', interval: 'month' });
    const richer = next('free', (plan) => ({
      ...plan,
      included: { ...plan.included, baseMicro: micro(7_000_000), perSeatMicro: micro(0) },
    }));
    const effects = workspace.happens(january('20'), move(richer));
    expect(workspace.life.termsVersion).toBe(2);
    expect(grantsIn(effects)).toEqual([]);
    expect(orderIn(effects)).toContain('included:2026-02: 7 from');
  });
});

describe('is refused', () => {
  const without = (id: string): Terms => ({
    ...terms,
    version: 2,
    plans: terms.plans.filter((plan) => plan.id !== id),
  });

  const onlyByTheYear = (plan: Plan): Plan => ({
    ...plan,
    prices: { year: { baseMinor: minor(1), perSeatMinor: minor(0) } },
  });
  const costless = (plan: Plan): Plan => ({
    ...plan,
    prices: { month: { baseMinor: minor(0), perSeatMinor: minor(0) } },
  });

  test.each<readonly [string, Terms, string]>([
    ['a plan that is gone', without('team'), 'planGone'],
    ['a plan by contract', next('team', (plan) => ({ ...plan, selfServe: false })), 'byContract'],
    ['another holder', next('team', (plan) => ({ ...plan, holder: 'user' })), 'holderChanged'],
    ['another currency', { ...terms, version: 2, currency: 'eur' }, 'currencyChanged'],
    ['an interval that is gone', next('team', onlyByTheYear), 'intervalGone'],
    ['a plan that costs nothing there', next('team', costless), 'costEnds'],
  ])('%s', (_name, to, why) => {
    const workspace = onTeam();
    expect(workspace.refuses(january('20'), move(to))).toEqual({ kind: 'cannotMove', why });
  });

  test('what was seen before something changed: previewStale', () => {
    const workspace = onTeam();
    const basis = moveBasisOf(workspace.life);
    workspace.happens(january('12'), { kind: 'seatsRequested', purchased: 3 });
    const stale = move(dearer, { preview: { at: january('11'), basis } });
    expect(workspace.refuses(january('20'), stale)).toEqual({ kind: 'previewStale' });
  });

  test('not a plan that is gone, where another is named for it', () => {
    const workspace = onTeam();
    workspace.happens(january('20'), move(without('team'), { plan: 'pro' }));
    workspace.until('2026-02-11T00:00:00.000Z');
    expect(workspace.life).toMatchObject({ termsVersion: 2, subscription: { plan: 'pro' } });
  });
});

test('a preview says what is paid, gained and lost', () => {
  const workspace = onTeam();
  workspace.until(january('20'));
  const seen = foreseeMove(
    workspace.life,
    terms,
    { to: dearer, plan: null, when: 'periodEnd' },
    january('20'),
  );
  expect(seen).toMatchObject({
    refusal: null,
    plan: { from: 'team', to: 'team' },
    at: renewed,
    nextInvoice: {
      before: { at: renewed, totalMinor: 18_000n },
      after: { at: renewed, totalMinor: 20_400n },
    },
    pays: 'more',
    seats: { before: 2, after: 2 },
    included: { beforeMicro: 200_000_000n, afterMicro: 260_000_000n },
    features: { lost: [], gained: ['sso'] },
    limits: [],
  });
});

/** What the preview shows is what the lifecycle then does, with a bank that answers, whatever came before. */
describe('law: the next invoice is the one that was shown', () => {
  const prices = fc.record({
    base: fc.integer({ min: 0, max: 9_999 }),
    seat: fc.integer({ min: 1, max: 9_999 }),
  });
  const deeds = fc.array(
    fc.record({ day: fc.integer({ min: 11, max: 30 }), seats: fc.integer({ min: 1, max: 9 }) }),
    { maxLength: 4 },
  );
  test('for any price, seats bought before, and either time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('periodEnd' as const, 'now' as const),
        fc.constantFrom('month' as const, 'year' as const),
        prices,
        deeds,
        (when, interval, { base, seat }, bought) => {
          const workspace = openWorkspace(terms, { at: opened, clock: 'test' });
          workspace.happens(opened, { kind: 'paymentMethodAttached' });
          workspace.happens(opened, { kind: 'started', plan: 'team', interval });
          for (const { day, seats } of bought.toSorted((a, b) => a.day - b.day)) {
            workspace.happens(january(String(day)), { kind: 'seatsRequested', purchased: seats });
          }
          const to = next('team', (plan) => {
            const price = { baseMinor: minor(base), perSeatMinor: minor(seat) };
            return { ...plan, prices: { month: price, year: price } };
          });
          const at = january('31');
          workspace.until(at);
          const seen = foreseeMove(workspace.life, terms, { to, plan: null, when }, at);
          const preview = { at, basis: moveBasisOf(workspace.life) };
          workspace.happens(at, move(to, { when, preview }));
          expect(seen.nextInvoice.after).toEqual(renewalAfter(workspace));
        },
      ),
      { numRuns: 60 },
    );
  });

  function renewalAfter(workspace: Workspace): MoveForeseen['nextInvoice']['after'] {
    const effects = workspace.until('2027-03-01T00:00:00.000Z');
    const [first] = ofKind(effects, 'issueInvoice');
    if (first === undefined) return null;
    return { at: first.invoice.issuedAt, totalMinor: first.invoice.totalMinor };
  }
});

test('a lifecycle of before knows nothing of moves, and its preview is as of it', () => {
  const { comingTerms, ...old }: Lifecycle = onTeam().life;
  expect(comingTerms).toBeUndefined();
  const seen = foreseeMove(old, terms, { to: terms, plan: null, when: 'now' }, opened);
  expect(seen.pays).toBe('the same');
  expect(toDecimal(seen.nextInvoice.after?.totalMinor ?? 0n, 2)).toBe(
    toDecimal(seen.nextInvoice.before?.totalMinor ?? 0n, 2),
  );
});
