import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { returnTo, startLife } from '../support/life.ts';
import type { World } from '../support/world.ts';

/**
 * Workspaces with everything that an audit looks at: invoices of every reason, one that is carried,
 * one that is open, top-ups, a plan bought in Checkout, usage, a hold, and top-ups handed on.
 */
export async function liveForAudit(world: World): Promise<void> {
  await Promise.all([
    liveStudio(world, `acme-${randomUUID()}`),
    liveTeam(world, `crew-${randomUUID()}`),
    liveAgents(world, `bots-${randomUUID()}`),
  ]);
}

async function liveStudio(world: World, workspace: string): Promise<void> {
  const of = { product: 'studio', workspace };
  const life = await startLife(world, of, {
    owner: 'ada',
    plan: 'pro',
    timeZone: 'UTC',
    testClock: '2026-01-10T12:00:00.000Z',
  });
  await life.addCard();
  await life.advance('2026-01-24T12:00:00.000Z');
  await life.becomes('active');
  const topUp = { price: { amount: '25.00', currency: 'usd' }, pay: 'checkout', returnTo };
  const asked = await life.api.post(`${life.path}/top-ups`, topUp);
  await life.pay(asked.body['checkoutUrl']);
  expect(await life.use('30')).toMatchObject({ status: 200 });
  await life.advance('2026-03-15T12:00:00.000Z');
  const customer = await world.customerOf(of);
  await world.stripe.post(`/_control/customers/${customer}/card`, { card: 'declines' });
  await life.advance('2026-03-24T12:00:00.000Z');
  await life.becomes('pastDue');
  const most = { lines: [{ line: 'llm', credits: '2' }] };
  expect(await life.api.post(`${life.path}/holds`, most)).toMatchObject({ status: 200 });
}

/** Usage beyond the credits: some of it invoiced, some not yet. */
async function liveAgents(world: World, workspace: string): Promise<void> {
  const life = await startLife(
    world,
    { product: 'agents', workspace },
    { owner: 'ann', plan: 'pro', timeZone: 'UTC', testClock: '2026-01-01T00:00:00.000Z' },
  );
  await life.addCard();
  await life.advance('2026-01-15T00:00:00.000Z');
  await life.becomes('active');
  expect(await life.use('33')).toMatchObject({ status: 200 });
  await life.advance('2026-02-15T00:00:00.000Z');
  expect(await life.use('31')).toMatchObject({ status: 200 });
}

async function liveTeam(world: World, workspace: string): Promise<void> {
  const life = await startLife(
    world,
    { product: 'team', workspace },
    {
      owner: 'tom',
      plan: 'pro',
      timeZone: 'UTC',
      testClock: '2026-01-10T12:00:00.000Z',
    },
  );
  const bought = await life.api.post(`${life.path}/plan-change`, { plan: 'team', returnTo });
  await life.pay(bought.body['checkoutUrl']);
  await life.becomes('active');
  const accepted = { role: 'member', state: 'accepted' };
  for (const member of ['bob', 'cyd']) {
    await life.api.put(`${life.path}/members/${member}`, accepted);
  }
  const topUp = { price: { amount: '20.00', currency: 'usd' }, pay: 'savedMethod' };
  expect(await life.api.post(`${life.path}/top-ups`, topUp)).toMatchObject({ status: 200 });
  const cap = { caps: [{ scope: 'member', subject: 'bob', credits: '600' }] };
  expect(await life.api.put(`${life.path}/limits`, cap)).toMatchObject({ status: 200 });
  expect(await life.use('500', { member: 'bob' })).toMatchObject({ status: 200 });
  await life.advance('2026-02-05T12:00:00.000Z');
  await life.api.delete(`${life.path}/members/bob`);
  const down = await life.api.post(`${life.path}/plan-change`, { plan: 'pro' });
  expect(down).toMatchObject({ status: 200 });
  await life.advance('2026-02-20T12:00:00.000Z');
  await life.becomes('memberPaid');
}
