import { describe, expect, test } from 'vitest';
import { complaintsAfter } from './support.ts';

const later = (day: string): string =>
  `{ from: ${day}, input: '1', cacheRead: '1', cacheWrite: '1', output: '1' }`;

describe('policies that contradict each other are refused', () => {
  const trial = "{ days: 14, credits: '20', oncePer: [], exits: [addPaymentMethod] }";
  test.each([
    [
      'a plan twice',
      'id: pro',
      'id: starter',
      'plans[2].id: there is plan "starter" already; expected each one once',
    ],
    [
      'a rank twice',
      'rank: 2',
      'rank: 1',
      'plans[2].rank: there is rank 1 already; expected each one once',
    ],
    [
      'a comparator twice',
      '- expiresSoonest',
      '- oldest',
      'credits.burnOrder[2]: there is oldest already; expected each one once',
    ],
    [
      'a kind of grant twice',
      'kind: [included, promo',
      'kind: [included, included',
      'credits.burnOrder[0].kind[1]: there is included already; expected each one once',
    ],
    [
      'seats without end that cost nothing and bring credits',
      'whenOver: warn, most: 3',
      'whenOver: warn',
      'plans[0].seats: expected most: each seat brings credits and costs nothing',
    ],
    [
      'a pack price twice',
      "price: '25.00'",
      "price: '10.00'",
      'topUps.packs[1].price: there is pack at this price (1000) already; expected each one once',
    ],
    [
      'a pack that is free',
      "price: '10.00'",
      "price: '0.00'",
      'topUps.packs[0].price: found zero, expected more',
    ],
    [
      'a pack of nothing',
      "credits: '10'",
      "credits: '0'",
      'topUps.packs[0].credits: found zero, expected more',
    ],
    [
      'figures of a rate that do not follow each other',
      "output: '5'\n",
      `output: '5'\n      changes: [${later('2026-03-01')}, ${later('2026-03-01')}]\n`,
      'rates.items.haiku-4.5.changes[1].from: found 2026-03-01, expected a day after 2026-03-01',
    ],
    [
      'a currency that does not exist',
      'currency: usd',
      'currency: usx',
      'currency: found "usx", expected a currency of ISO 4217, such as usd',
    ],
    [
      "credits in another currency than the catalog's",
      'kind: money, currency: usd',
      'kind: money, currency: eur',
      'credits.unit.currency: found "eur", expected the catalog\'s currency, usd',
    ],
    [
      'a product under another file name',
      'product: studio',
      'product: stud',
      'product: found "stud", expected the file\'s own name, studio',
    ],
    [
      'a checkout that charges later',
      'requiresCheckout: false',
      'requiresCheckout: true',
      'planChange.upgrade.charge: found nextInvoice, expected now: a checkout takes the money at once',
    ],
    [
      'a self-serve plan without a price',
      "prices:\n      month: { base: '0.00', perSeat: '0.00' } # [0.22]",
      'prices: {}',
      'plans[0].prices: is empty, expected a price: only a plan sold by contract has none',
    ],
    [
      'a trial without a payment method to ask for',
      'trial: null',
      `trial: ${trial}`,
      'plans[0].trial: expected null: without a payment method to ask for, a trial never ends',
    ],
    [
      'a trial whose end closes nothing',
      'deploys: [trialEnded, ',
      'deploys: [',
      'plans[1].trial: expected a gate that trialEnded closes: otherwise nothing happens at its end',
    ],
    [
      'usage of AI without a gate',
      '  ai: ',
      '  chat: ',
      'usageFeature: found "ai", expected a gate that outOfCredits closes',
    ],
  ])('%s', (_name, from, to, complaint) => {
    expect(complaintsAfter('studio', from, to)).toEqual([complaint]);
  });

  test.each([
    [
      'a gate for the end of trials that no plan has',
      'spaces: [',
      'spaces: [trialEnded, ',
      'gates.spaces: lists trialEnded, expected a plan that has a trial',
    ],
    [
      'money back for a pool that stays',
      'at: periodEnd # [2.36] usable until then\n    requires: [] # [2.38] shown, does not block\n' +
        '    loses: [members, spaces, features] # [2.36 2.37]\n    pooledCredits: forfeit',
      'at: now\n    requires: []\n    loses: []\n    pooledCredits: keep',
      'planChange.downgrade.pooledCredits: found keep, expected forfeit: ' +
        'a downgrade now gives the unused time back',
    ],
    [
      'what is lost twice',
      'loses: [members, spaces, features]',
      'loses: [members, members]',
      'planChange.downgrade.loses[1]: there is members already; expected each one once',
    ],
    [
      'seats of a plan that one user holds',
      'seats: { model: none }',
      'seats: { model: counted, count: accepted }',
      "plans[0].seats: found counted, expected none: a user's own plan has no seats",
    ],
    [
      'a price per seat where nothing counts seats',
      'seats: { model: counted, count: accepted }',
      'seats: { model: none }',
      'plans[2].seats: found none, expected purchased or counted: something here is per seat',
    ],
    [
      'fewer steps at most than at least',
      'min: 1\n',
      'min: 101\n',
      'topUps.max: found 100, expected at least min, 101',
    ],
    [
      'a cap scope twice',
      'scopes: [member, space]',
      'scopes: [member, member]',
      'caps.scopes[1]: there is member already; expected each one once',
    ],
    [
      'an alert twice',
      'alerts: # [2.29]',
      `alerts:\n  - { scope: pool, at: { percent: 20 }, to: [admin], rearm: [] }\n #`,
      'alerts[1].at: there is alert pool:20% already; expected each one once',
    ],
    [
      'an alert of a cap that nobody can set',
      '{ scope: pool, at',
      '{ scope: org, at',
      'alerts[0].scope: found org, expected pool or a scope that caps are set for',
    ],
    [
      'an alert that a top-up cannot arm again',
      '{ scope: pool, at',
      '{ scope: member, at',
      'alerts[0].rearm: found topUp, expected reset: credits that are bought change no cap',
    ],
    [
      'an alert below nothing',
      'at: { percent: 20 }',
      "at: { amount: '0' }",
      'alerts[0].at.amount: found zero, expected more; { percent: 0 } is told when nothing is left',
    ],
    [
      'an alert for nobody',
      'to: [owner], rearm',
      'to: [], rearm',
      'alerts[0].to: is empty, expected a role: nobody would be told',
    ],
    [
      'an alert for a role that is not there',
      'to: [owner], rearm',
      'to: [ovner], rearm',
      'alerts[0].to[0]: found "ovner", expected a role of the catalog; did you mean owner?',
    ],
    [
      'an exit to a free plan where there is none',
      'seats: { model: none } # [2.03]\n    trial: null',
      "seats: { model: none }\n    trial: { days: 7, credits: '1', oncePer: [], exits: [downgrade] }",
      'plans[0].trial: has the exit downgrade, expected a free plan of lower rank to go to',
    ],
  ])('%s', (_name, from, to, complaint) => {
    expect(complaintsAfter('team', from, to)).toContain(complaint);
  });
});
