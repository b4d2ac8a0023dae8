import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCatcher } from '../../src/local/mail/catcher.ts';
import type { CaughtMail } from '../../src/local/mail/mailbox.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';
import type { Json } from '../support/http-client.ts';
import { startLife, type Life } from '../support/life.ts';
import { openWorld, type World } from '../support/world.ts';

const program = findBrowser();
const soon = { timeout: 60_000, interval: 50 };

/** A pro workspace with a card that is billed on the tenth. */
async function startPaid(world: World, of: { product: string; workspace: string }): Promise<Life> {
  const life = await startLife(world, of, {
    owner: 'ada',
    plan: 'pro',
    timeZone: 'UTC',
    testClock: '2026-01-10T12:00:00.000Z',
  });
  await life.addCard();
  return life;
}

async function setEmail(life: Life, email: string | null): Promise<void> {
  const set = await life.api.put(`${life.path}/billing-details`, { email, taxId: null });
  expect(set).toMatchObject({ status: 200 });
}

async function spoilCard(world: World, of: { product: string; workspace: string }): Promise<void> {
  const customer = await world.customerOf(of);
  const spoilt = await world.stripe.post(`/_control/customers/${customer}/card`, {
    card: 'declines',
  });
  expect(spoilt.status).toBe(200);
}

/** Mails that tell of a trial's end are shown elsewhere. */
const aboutMoney = (world: World): readonly CaughtMail[] =>
  world.mails().filter(({ subject }) => !subject.includes('the trial of'));

/** What the feed says of notices, oldest first. */
async function notices(world: World, of: { workspace: string }): Promise<readonly Json[]> {
  return world.audit<Json[]>`
    select e.kind, e.data ->> 'notice' as notice, e.data ->> 'why' as why
    from event_feed e join workspace w on w.id = e.workspace_id
    where w.external_id = ${of.workspace} and e.kind like 'notice%'
      and e.data ->> 'notice' <> 'trialEnding' order by e.seq`;
}

describe('a workspace with a billing address', () => {
  const of = { product: 'studio', workspace: `told-${randomUUID()}` };
  let world: World;
  let life: Life;
  const subjects = (): string[] => aboutMoney(world).map(({ subject }) => subject);
  const newest = (): CaughtMail => {
    const mail = aboutMoney(world).at(-1);
    if (mail === undefined) throw new Error('no mail has come');
    return mail;
  };

  beforeAll(async () => {
    world = await openWorld();
    life = await startPaid(world, of);
    await setEmail(life, 'ada@acme.example');
  });
  afterAll(() => world.stop());

  test('gets a receipt when its first invoice is paid', async () => {
    await life.advance('2026-01-24T12:00:00.000Z');
    await life.becomes('active');
    await expect.poll(subjects, soon).toEqual(['Studio: receipt for $30.00 (STU-000001)']);
    expect(newest()).toMatchObject({ recipients: ['ada@acme.example'] });
    expect(newest().text).toContain('Invoice STU-000001, paid on 24 January 2026.');
  });

  test('gets a receipt for credits that it buys [0.34]', async () => {
    const bought = await life.api.post(`${life.path}/top-ups`, {
      price: { amount: '25.00', currency: 'usd' },
      pay: 'savedMethod',
    });
    expect(bought).toMatchObject({ status: 200 });
    await expect.poll(subjects, soon).toHaveLength(2);
    expect(newest().text).toContain('  Top-up of 25 credits  $25.00\n');
  });

  test('is told of each failed try: when the next one is, and what closes when', async () => {
    await spoilCard(world, of);
    await life.advance('2026-02-28T00:00:00.000Z');
    await life.becomes('pastDue');
    await expect.poll(subjects, soon).toHaveLength(4);
    expect(subjects().slice(2)).toEqual([
      'Studio: your payment of $30.00 failed (STU-000003)',
      'Studio: your payment of $30.00 failed (STU-000003)',
    ]);
    const [first, second] = aboutMoney(world).slice(2);
    expect(first?.text).toContain('This was try 1; we try again on 27 February 2026.');
    expect(second?.text).toContain('This was try 2; we try again on 4 March 2026.');
    expect(second?.text).toContain('If it is not paid by 10 March 2026 at 12:00 (UTC), access to');
  });

  test.skipIf(program === undefined)('reaches Stripe’s page by the mail’s button', async () => {
    const [link = ''] = /http:\S+\/pay\/studio\/\S+/.exec(newest().text) ?? [];
    const browser = await openBrowser(program ?? '');
    try {
      const page = await browser.newPage();
      await page.goto(link);
      await page.getByRole('button', { name: 'Update the payment method' }).click();
      await page.waitForURL(/\/c\/pay\//);
      expect(await page.getByRole('button', { name: 'Save card' }).count()).toBe(1);
    } finally {
      await browser.close();
    }
  });

  test('is led by the mail to a page, adds a card there, and the invoice is paid', async () => {
    const [link = ''] = /http:\S+\/pay\/studio\/\S+/.exec(newest().text) ?? [];
    const page = await (await fetch(link)).text();
    expect(page).toContain('Invoice STU-000003 of Studio over $30.00 is not paid yet.');
    const pressed = await fetch(link, { method: 'POST', redirect: 'manual' });
    expect(pressed.status).toBe(303);
    const session = pressed.headers.get('location')?.split('/').at(-1) ?? '';
    const paid = await world.stripe.post(`/_control/checkout/${session}/pay`, { card: 'works' });
    expect(paid.status).toBe(200);
    const back = await life.api.get(`/checkout/return?session=${session}`);
    expect(back.headers.get('location')).toBe(`${link}?added=1`);
    await life.becomes('active');
    await expect.poll(subjects, soon).toHaveLength(5);
    expect(newest().subject).toBe('Studio: receipt for $30.00 (STU-000003)');
    expect(await (await fetch(link)).text()).toContain('is settled. Thank you.');
  });

  test('is told that it is suspended when no try succeeded, and gets each mail once', async () => {
    await spoilCard(world, of);
    await life.advance('2026-05-01T00:00:00.000Z');
    await life.becomes('suspended');
    await expect.poll(subjects, soon).toHaveLength(10);
    expect(subjects().slice(5)).toEqual([
      'Studio: your payment of $30.00 failed (STU-000004)',
      'Studio: your payment of $30.00 failed (STU-000004)',
      'Studio: your payment of $30.00 failed (STU-000004)',
      'Studio: suspended until $30.00 is paid (STU-000004)',
      'Studio: your payment of $30.00 failed (STU-000004)',
    ]);
    expect(newest().text).toContain('this was try 4, and the last.');
    expect(newest().text).toContain(
      'Since 7 April 2026 at 12:00 (UTC), access to AI and deploys is closed, and your plan Pro ' +
        'does not renew. Paying the invoice puts it right.',
    );
    const ids = aboutMoney(world).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    const told = await notices(world, of);
    expect(told.map(({ kind }) => kind)).toEqual(ids.map(() => 'noticeSent'));
  });

  test('is told nothing more once it has no billing address, and the feed says so', async () => {
    await setEmail(life, null);
    await life.addCard();
    await life.becomes('active');
    await expect
      .poll(async () => (await notices(world, of)).at(-1), soon)
      .toEqual({ kind: 'noticeSkipped', notice: 'receipt', why: 'noBillingEmail' });
    expect(aboutMoney(world)).toHaveLength(10);
  });
});

test('a mail server that is away holds up nothing, and mail goes out once it is back', async () => {
  const of = { product: 'studio', workspace: `patient-${randomUUID()}` };
  const smtpPort = await findFreePort();
  const world = await openWorld({ smtpUrl: `smtp://127.0.0.1:${smtpPort}` });
  try {
    const life = await startPaid(world, of);
    await setEmail(life, 'ada@acme.example');
    const buy = () =>
      life.api.post(`${life.path}/top-ups`, {
        price: { amount: '10.00', currency: 'usd' },
        pay: 'savedMethod',
      });
    expect(await buy()).toMatchObject({ status: 200 });
    expect(await buy()).toMatchObject({ status: 200 });
    expect(await notices(world, of)).toEqual([]);
    const catcher = await startCatcher({ smtpPort });
    try {
      await expect
        .poll(() => catcher.mails().map(({ subject }) => subject), soon)
        .toEqual([
          'Studio: receipt for $10.00 (STU-000001)',
          'Studio: receipt for $10.00 (STU-000002)',
        ]);
    } finally {
      await catcher.stop();
    }
  } finally {
    await world.stop();
  }
});

test('a notice that a payment overtook is skipped, and the feed says why', async () => {
  const of = { product: 'studio', workspace: `overtaken-${randomUUID()}` };
  const smtpPort = await findFreePort();
  const world = await openWorld({ smtpUrl: `smtp://127.0.0.1:${smtpPort}` });
  try {
    const life = await startPaid(world, of);
    await life.advance('2026-01-24T12:00:00.000Z');
    await life.becomes('active');
    await setEmail(life, 'ada@acme.example');
    await spoilCard(world, of);
    const moved = await life.api.post(`${life.path}/clock`, { to: '2026-02-24T12:00:00.000Z' });
    expect([200, 202]).toContain(moved.status);
    await life.becomes('pastDue');
    await life.addCard();
    await life.becomes('active');
    const catcher = await startCatcher({ smtpPort });
    try {
      await expect
        .poll(async () => (await notices(world, of)).slice(1), soon)
        .toEqual([
          { kind: 'noticeSkipped', notice: 'paymentFailed', why: 'paidMeanwhile' },
          { kind: 'noticeSent', notice: 'receipt', why: null },
        ]);
    } finally {
      await catcher.stop();
    }
  } finally {
    await world.stop();
  }
});
