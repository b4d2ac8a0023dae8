import { expect } from 'vitest';
import { lifeOf, returnTo, type Life } from '../support/life.ts';
import type { World } from '../support/world.ts';

/** One thing that somebody does; whatever is killed meanwhile, it is done once when it resolves. */
export type Act = { readonly name: string; readonly run: () => Promise<void> };

/** A year of a studio workspace with everything that moves credits or money. */
export function studioYear(world: World, workspace: string): readonly Act[] {
  const of = { product: 'studio', workspace };
  const life = lifeOf(world, world.api('studio'), `/api/workspaces/${workspace}`);
  const act = (name: string, run: () => Promise<unknown>): Act => ({
    name,
    run: async () => void (await run()),
  });
  const on = (day: string): Act => act(`until ${day}`, () => life.advance(`${day}T09:00:00.000Z`));
  const post = (path: string, body: object) => () => good(life.api.post(life.path + path, body));
  const spend = (credits: string): Act =>
    act(`use ${credits}`, () => good(life.use(credits, { member: 'ada' })));
  return [
    act('open', () => life.api.put(life.path, beginning)),
    act('card', () => life.addCard()),
    spend('12.5'),
    on('2026-01-26'),
    act('top-up by Checkout', () => topUp(life)),
    on('2026-02-11'),
    act('seats', () => good(life.api.put(`${life.path}/seats`, { purchased: 3 }))),
    act('upgrade', post('/plan-change', { plan: 'team' })),
    spend('99.999999'),
    act('hold and settle above it', () => holdAndSettle(life)),
    on('2026-03-20'),
    act('downgrade', post('/plan-change', { plan: 'starter' })),
    on('2026-05-20'),
    act('the card is spoiled', () => spoilCard(world, of)),
    on('2026-05-26'),
    act('past due', () => life.becomes('pastDue')),
    act('a new card', () => life.addCard()),
    act('recovered', () => life.becomes('active')),
    spend('3'),
    on('2026-11-30'),
    act('cancel', post('/cancel', { when: 'periodEnd' })),
    on('2027-01-10'),
    act('canceled', () => life.becomes('canceled')),
  ];
}

const beginning = {
  owner: 'ada',
  plan: 'pro',
  timeZone: 'Europe/Berlin',
  testClock: '2026-01-10T12:00:00.000Z',
};

async function good(asked: ReturnType<Life['use']>) {
  const answer = await asked;
  expect(answer).toMatchObject({ status: 200 });
  return answer;
}

async function topUp(life: Life): Promise<void> {
  const price = { amount: '25.00', currency: 'usd' };
  const wish = { price, pay: 'checkout', returnTo };
  const { body } = await good(life.api.post(`${life.path}/top-ups`, wish));
  await life.pay(body['checkoutUrl']);
}

async function holdAndSettle(life: Life): Promise<void> {
  const lines = (credits: string) => ({ lines: [{ line: 'llm', credits }] });
  const { body } = await good(life.api.post(`${life.path}/holds`, lines('5')));
  await good(life.api.post(`${life.path}/holds/${String(body['id'])}/settle`, lines('7.25')));
}

async function spoilCard(
  world: World,
  of: { readonly product: string; readonly workspace: string },
): Promise<void> {
  const customer = await world.customerOf(of);
  const path = `/_control/customers/${customer}/card`;
  await good(world.stripe.post(path, { card: 'declines' }));
}
