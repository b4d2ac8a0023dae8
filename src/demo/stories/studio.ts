import type { Acts } from '../acts.ts';
import { decimalOf } from '../amounts.ts';
import type { Story } from '../story.ts';
import { tokenLine, type Call, type RunKind } from '../usage.ts';

const kind = (weight: number, calls: number, surface: string, model: string): RunKind => ({
  ...{ weight, calls },
  body: (made: readonly Call[], _chance, member) => ({
    lines: made.map((call) => tokenLine(model, call)),
    ...{ surface, member },
  }),
});

export const studio: Story = {
  product: 'studio',
  workspace: 'northwind',
  title: 'Northwind builds an app with Studio',
  owner: 'nora',
  timeZone: 'Europe/Berlin',
  begins: '2026-01-10T12:00:00.000Z',
  unit: 'dollars',
  passing: {
    reset: '0.41 0.42',
    renewal: '0.01 0.02 0.21',
    supplementary: '0.26',
    carried: '0.26',
  },
  usage: {
    ...{ trace: 'mooncake-conversation.csv', from: 0, seed: 1 },
    kinds: [
      kind(60, 2, 'studio-chat', 'sonnet-4.6'),
      kind(15, 6, 'new-project-planner', 'opus-4.7'),
      kind(10, 12, 'migration-plan', 'opus-4.7'),
      kind(15, 3, 'edit-existing', 'haiku-4.5'),
    ],
  },
  about:
    'Every model call is a real one of the Mooncake conversation trace; how many calls make a run, ' +
    'its surface, model and member are assigned by a seeded rule.',
  splits: ['model', 'surface', 'member'],
  year: {
    rules: '0.11 0.21',
    used: '159.492762',
    available: '112.282539',
    debt: '0.000000',
    invoices: '13',
    paid: '1210.00',
    open: '0.00',
  },
  tell: async (acts) => {
    await trial(acts);
    await firstMonth(acts);
    await growing(acts);
    await shrinking(acts);
    await failedPayment(acts);
    await autumn(acts);
    await yearsEnd(acts);
  },
};

/** January: a trial that ends without a card. */
async function trial(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.opens('Nora opens a workspace on Pro: a trial of fourteen days', '0.31', {
    ...{ owner: 'nora', plan: 'pro', timeZone: 'Europe/Berlin' },
    testClock: studio.begins,
  });
  acts.expects('credits of the trial', '0.31', (await life.balance()).available, '45.000000');
  await acts.advance('2026-01-23T09:00:00.000Z');
  await acts.uses(60, 'Thirteen days of work', '0.15 0.16 0.38');
  await acts.advance('2026-01-24T12:00:00.000Z');
  await acts.says('The trial ends without a card: deploys stop, editing goes on', '0.32 0.40');
  const deploys = await life.feature('deploys');
  acts.expects('deploys allowed after the trial', '0.32', deploys.allowed, 'false');
  acts.expects('what would help', '0.29 0.31', deploys.remedies.join(), 'addPaymentMethod');
  acts.expects('editing allowed', '0.40', (await life.feature('editing')).allowed, 'true');
  acts.expects('invoices for a trial', '0.31', (await life.invoices()).length, '0');
}

/** The card, the first paid month, and a pool that runs dry. */
async function firstMonth(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-01-26T09:00:00.000Z');
  await acts.addsCard(
    'Nora adds a card: deploys go again, the paid month begins',
    '0.30 0.32 0.05',
    {
      ...{ does: 'works', becomes: 'active' },
    },
  );
  acts.expects('deploys allowed', '0.32', (await life.feature('deploys')).allowed, 'true');
  acts.expects('one seat’s budget', '0.05 1.02', (await life.balance()).available, '45.000000');
  await acts.advance('2026-01-29T16:00:00.000Z');
  const denied = await acts.usesUntilRefused('A migration eats the month’s credits', '0.33 0.39');
  acts.expects('the refusal', '0.39 1.06', denied.code, 'outOfCredits');
  const helps = denied.remedies.map(({ action }) => action).join();
  acts.expects('what it offers', '0.39 1.12', helps, 'buyCredits,changePlan');
  const left = await acts.available();
  await acts.topsUp(
    'Nora buys credits on Stripe’s page; they are there at once',
    '0.34 1.09 1.10',
    {
      ...{ price: '25.00', pay: 'checkout' },
    },
  );
  const bought = (await acts.available()) - left;
  acts.expects('credits bought', '0.37 1.08 1.10', decimalOf(bought), '25.000000');
  await acts.uses(20, 'The next run goes through', '0.37 1.11');
  const kinds = (await life.balance()).grants.filter(({ remaining }) => remaining !== '0.000000');
  const rest = kinds.map((grant) => grant.kind).join();
  acts.expects('what is left once the budget is gone', '0.36 1.05', rest, 'topUp');
}

/** February: seats, a fourth person, an upgrade. */
async function growing(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-02-02T08:00:00.000Z');
  await acts.seats('Two more seats, each with its budget', '0.05 0.08 0.26', 3);
  await acts.members('Otto and Pia join', '0.08', { join: ['otto', 'pia'], credits: '0' });
  acts.crew('nora', 'otto', 'pia');
  await acts.members('Rue joins as well: more people than seats, a warning', '0.09', {
    ...{ join: ['rue'], credits: '0' },
  });
  const seats = (await life.show()).seats;
  acts.expects('seats in use of seats bought', '0.08', `${seats?.used}/${seats?.purchased}`, '4/3');
  acts.expects('a warning is shown', '0.09', seats?.warning !== null, 'true');
  await acts.members('Rue goes back to her own team', '0.09', { leave: ['rue'], credits: '0' });
  await acts.advance('2026-02-11T09:00:00.000Z');
  await acts.uses(60, 'Three people at work', '0.15 0.16');
  await acts.changesPlan('Up to Team: the difference waits for the next invoice', '0.27', 'team');
  acts.expects('invoices so far', '0.27', (await life.invoices()).length, '2');
  await acts.advance('2026-02-26T09:00:00.000Z');
  const renewal = (await life.invoices()).at(-1);
  // 3 × 60, and of 31 days: 24 for two seats of 30, 15 for three seats from 30 to 60.
  acts.expects('renewal with both differences', '0.26 0.27', renewal?.total.amount ?? '', '270.00');
  await acts.uses(60, 'The rest of the month', '0.15 0.16');
}

/** March to May: the budget lapses unused, and a smaller plan is taken. */
async function shrinking(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-03-30T15:00:00.000Z');
  acts.expects('the top-up outlives the months', '0.35 1.15', await topUpLeft(acts), '22.282539');
  await acts.uses(50, 'March', '0.15 0.16');
  await acts.advance('2026-04-09T10:00:00.000Z');
  await acts.changesPlan('Down to Pro: from the end of the period on', '0.28', 'pro');
  const scheduled = (await life.show()).scheduledChange;
  acts.expects(
    'when the downgrade happens',
    '0.28',
    scheduled?.at ?? '',
    '2026-04-26T08:00:00.000Z',
  );
  acts.expects('the plan until then', '0.28', (await life.show()).plan?.id ?? '', 'team');
  await acts.advance('2026-04-26T08:00:00.000Z');
  acts.expects('the plan from then on', '0.28', (await life.show()).plan?.id ?? '', 'pro');
  await acts.uses(50, 'April', '0.15 0.16');
  await acts.advance('2026-05-28T10:00:00.000Z');
  await acts.uses(50, 'May', '0.15 0.16');
  await acts.advance('2026-06-29T10:00:00.000Z');
  await acts.uses(50, 'June', '0.15 0.16');
  await acts.advance('2026-07-30T10:00:00.000Z');
  await acts.uses(50, 'July', '0.15 0.16');
}

/** August: a card that is declined, and the way back. */
async function failedPayment(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-08-20T10:00:00.000Z');
  await acts.addsCard('Nora changes to a card that will be declined', '0.30', {
    ...{ does: 'failsLater', becomes: 'active' },
  });
  await acts.advance('2026-08-26T08:00:00.000Z');
  await life.becomes('pastDue');
  await acts.says('The bank declines: past due, and tried again in three days', '0.31');
  await acts.advance('2026-08-30T10:00:00.000Z');
  await acts.uses(45, 'Work goes on meanwhile', '0.31');
  await acts.addsCard('A good card pays what is overdue at once', '0.31', {
    ...{ does: 'mastercard', becomes: 'active' },
  });
  const invoices = await life.invoices();
  acts.expects('August’s invoice', '0.01', invoices.at(-1)?.status ?? '', 'paid');
}

/** September to November: a run of unknown cost, a seat less. */
async function autumn(acts: Acts): Promise<void> {
  await acts.advance('2026-09-15T10:00:00.000Z');
  const hold = await acts.holds('A migration may cost up to 5.00: set aside', '0.33', {
    ...{
      lines: [{ line: 'llm', model: 'opus-4.7', credits: '5' }],
      surface: 'migration-plan',
      member: 'otto',
    },
  });
  const receipt = await acts.settles('It took 6.50: booked as it was, never clamped', '0.33', {
    ...{ hold, lines: [{ line: 'llm', model: 'opus-4.7', credits: '6.5' }] },
  });
  acts.expects('charged above the hold', '0.33', receipt.credits, '6.500000');
  await acts.advance('2026-09-29T10:00:00.000Z');
  await acts.uses(45, 'September', '0.15 0.16');
  await acts.advance('2026-10-11T08:00:00.000Z');
  await acts.members('Pia leaves', '0.08', { leave: ['pia'], credits: '0' });
  acts.crew('nora', 'otto');
  await acts.seats('Her seat is given back: credited on the next invoice', '0.26', 2);
  await acts.advance('2026-10-30T10:00:00.000Z');
  await acts.uses(45, 'October', '0.15 0.16');
}

async function yearsEnd(acts: Acts): Promise<void> {
  await acts.advance('2026-11-29T10:00:00.000Z');
  await acts.uses(45, 'November', '0.15 0.16');
  await acts.advance('2026-12-22T10:00:00.000Z');
  await acts.uses(30, 'December', '0.15 0.16');
  await acts.advance('2027-01-10T12:00:00.000Z');
  await acts.says('A year has passed', '0.01');
}

async function topUpLeft(acts: Acts): Promise<string> {
  const { grants } = await acts.life.balance();
  return grants.find(({ kind: of }) => of === 'topUp')?.remaining ?? 'none';
}
