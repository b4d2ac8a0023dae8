import type { Acts } from '../acts.ts';
import type { Story } from '../story.ts';
import { tokenLine, type Call, type RunKind } from '../usage.ts';

const spaces = ['atelier', 'research', 'support'] as const;

const kind = (weight: number, calls: number, model: string, surface: string): RunKind => ({
  ...{ weight, calls },
  body: (made: readonly Call[], chance, member) => ({
    lines: made.map((call) => tokenLine(model, call)),
    ...{ surface, member, space: chance.pick(spaces) },
  }),
});

export const team: Story = {
  product: 'team',
  workspace: 'lumen',
  title: 'Lumen Labs goes from solo plans to Team, and back',
  owner: 'ada',
  timeZone: 'UTC',
  begins: '2026-01-10T12:00:00.000Z',
  unit: 'credits',
  passing: {
    reset: '2.21 2.22',
    renewal: '2.09 2.14',
    supplementary: '2.16 2.17',
    carried: '2.18',
  },
  usage: {
    ...{ trace: 'mooncake-conversation.csv', from: 6_000, seed: 2 },
    kinds: [
      kind(50, 2, 'sonnet-4.6', 'chat'),
      kind(30, 20, 'opus-4.7', 'deep-work'),
      kind(20, 3, 'haiku-4.5', 'summary'),
    ],
  },
  about:
    'Every model call is a real one of the Mooncake conversation trace; how many calls make a run, ' +
    'its member, Space and model are assigned by a seeded rule.',
  splits: ['model', 'member', 'space'],
  year: {
    rules: '2.20 2.25',
    ...{
      used: '19457.390360',
      available: '0.000000',
      debt: '0.000000',
      invoices: '14',
      paid: '1230.11',
      open: '0.00',
    },
  },
  tell: async (acts) => {
    const ada = acts.of('user:ada');
    await solo(acts, ada);
    await upgrade(acts, ada);
    await seats(acts);
    await caps(acts);
    await topUps(acts);
    await quietMonths(acts);
    await backToSolo(acts, ada);
  },
};

const run = (member: string, credits: string, space: string = 'atelier') => ({
  ...{ member, space, surface: 'chat' },
  lines: [{ line: 'llm', model: 'sonnet-4.6', credits }],
});

/** January: credits belong to people, and each needs a plan of their own. */
async function solo(acts: Acts, ada: Acts): Promise<void> {
  const body = { owner: 'ada', plan: 'pro', timeZone: 'UTC', testClock: team.begins };
  await acts.opens(
    'Ada makes an organisation on Pro: it holds no credits itself',
    '2.01 2.02',
    body,
  );
  await ada.opens('Her own workspace waits for a card', '2.02', body);
  await ada.addsCard('She pays for Pro herself: credits of her own', '2.02 2.03', {
    ...{ does: 'works', becomes: 'active' },
  });
  const receipt = await ada.runs('Ada works in the organisation and pays herself', '2.02', {
    ...{ at: acts.life, body: run('ada', '40') },
  });
  acts.expects('who paid for Ada’s run', '2.02', receipt.payer, 'user:ada');
  await acts.members('Bob joins', '2.02', { join: ['bob'], credits: '0' });
  const denied = await acts.refused('Bob has no plan, so he cannot spend', '2.03', run('bob', '1'));
  acts.expects('the refusal', '2.03', denied.code, 'memberPlanRequired');
}

/** The organisation buys Team in Checkout; Ada’s own plan runs out. */
async function upgrade(acts: Acts, ada: Acts): Promise<void> {
  await acts.advance('2026-01-12T10:00:00.000Z');
  await acts.changesPlan(
    'Up to Team, paid in Checkout: one pool for everybody',
    '2.10 2.12',
    'team',
  );
  const [first] = await acts.life.invoices();
  // 49 for the organisation and 12 for each of two members.
  acts.expects('base and two seats', '2.08 2.09 2.10', first?.total.amount ?? '', '73.00');
  acts.expects('the pool', '2.13', (await acts.life.balance()).available, '10000.000000');
  const pooled = await acts.runs('Bob’s next run is paid by the pool', '2.04 2.05', {
    ...{ at: acts.life, body: run('bob', '40') },
  });
  acts.expects('who paid for Bob’s run', '2.04 2.05', pooled.payer, 'lumen');
  await ada.advance('2026-01-12T10:00:00.000Z');
  await ada.does('Ada cancels her own plan', '2.05', async () => {
    await ada.life.change('POST', '/cancel', { when: 'periodEnd' });
  });
  await ada.advance('2026-02-11T10:00:00.000Z');
  for (const space of spaces) {
    await acts.life.put(`/resources/space/${space}`, { name: space, owner: 'ada' });
  }
}

/** Five join, two leave: by the day, now and on the next bill. */
async function seats(acts: Acts): Promise<void> {
  const { life } = acts;
  acts.crew('ada', 'bob');
  await acts.advance('2026-01-25T09:00:00.000Z');
  await acts.uses(40, 'Two people at work', '2.20');
  const five = ['cyd', 'dee', 'eve', 'fay', 'gil'];
  await acts.invites('Six people are invited: they cost nothing yet', '2.19', [...five, 'zoe']);
  await acts.members('Five accept: five seats, each with its credits', '2.13 2.14 2.17', {
    ...{ join: five, credits: '5000' },
  });
  await acts.advance('2026-01-26T00:00:00.000Z');
  const seatsOfDay = (await life.invoices()).at(-1);
  const lines = await life.invoiceLines(seatsOfDay?.id ?? '');
  const said = lines.map(
    ({ amount, days }) => `${amount.amount} (${days?.part} of ${days?.whole})`,
  );
  // 12 × 18 of 31 days.
  acts.expects('the seat lines', '2.16 2.17', said.join(), Array(5).fill('6.97 (18 of 31)').join());
  acts.crew('ada', 'bob', 'cyd', 'dee', 'eve', 'fay', 'gil');
  await acts.advance('2026-02-02T09:00:00.000Z');
  await acts.uses(60, 'Seven people at work', '2.20');
  await acts.members('Fay and Gil leave: credited on the next bill', '2.15 2.18', {
    ...{ leave: ['fay', 'gil'], credits: '-2000' },
  });
  acts.crew('ada', 'bob', 'cyd', 'dee', 'eve');
  await acts.advance('2026-02-12T10:00:00.000Z');
  const bill = (await life.invoices()).at(-1);
  // 49 + 5 × 12, less 12 × 10 of 31 days for each of the two.
  acts.expects('the next bill', '2.18 2.09', bill?.total.amount ?? '', '101.26');
  const pool = (await life.balance()).available;
  acts.expects('the pool from then on', '2.13 2.21', pool, '13000.000000');
}

/** February and March: caps stop one, the pool’s alert warns all. */
async function caps(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-02-20T10:00:00.000Z');
  await acts.caps('A cap for Bob, 600, and one for the Space research, 500', '2.26 2.28 2.32', [
    { scope: 'member', subject: 'bob', credits: '600' },
    { scope: 'space', subject: 'research', credits: '500' },
  ]);
  await acts.runs('Bob uses 590 of his 600', '2.26', { at: life, body: run('bob', '590') });
  const byMember = await acts.refused('Eleven more are too many for Bob', '2.27', run('bob', '11'));
  acts.expects('Bob’s refusal', '2.27', byMember.code, 'memberCapReached');
  const resets = byMember.limits.map((limit) => limit['resetsAt']).join();
  acts.expects('until when', '2.27', resets, '2026-03-12T10:00:00.000Z');
  await acts.runs('Cyd is not held up', '2.27', { at: life, body: run('cyd', '11') });
  const bySpace = await acts.refused(
    'Research may not use 501',
    '2.28',
    run('cyd', '501', 'research'),
  );
  acts.expects('the Space’s refusal', '2.28', bySpace.code, 'spaceCapReached');
  const both = await acts.refused('Bob in research: both caps are named', '2.31', {
    ...run('bob', '501', 'research'),
  });
  acts.expects('limits named', '2.31', both.limits.map((l) => l.limit).join(), 'member,space');
  await acts.caps('The caps are lifted: the pool is the ceiling again', '2.30', [
    { scope: 'member', subject: 'bob', credits: null },
    { scope: 'space', subject: 'research', credits: null },
  ]);
  await acts.advance('2026-04-09T10:00:00.000Z');
  await acts.uses(380, 'A month of hard work', '2.20');
  const alert = await life.hear('thresholdCrossed');
  await acts.says('The owners hear that less than a fifth of the pool is left', '2.29');
  acts.expects('the alert', '2.29', String(alert.data['percent']), '20');
}

/** April: what is bought is spent first, and stays until it is. */
async function topUps(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.topsUp('A top-up, by the card on file', '2.33', {
    ...{ price: '30.00', pay: 'savedMethod' },
  });
  await acts.runs('It is spent before the allotment', '2.24', {
    at: life,
    body: run('eve', '500'),
  });
  await acts.advance('2026-04-12T10:00:00.000Z');
  const grants = (await life.balance()).grants.map((grant) => `${grant.kind} ${grant.remaining}`);
  const kept = 'topUp 2500.000000,included 13000.000000';
  acts.expects('what the new month holds', '2.21 2.23 2.24', grants.join(), kept);
}

async function quietMonths(acts: Acts): Promise<void> {
  for (const [until, month] of [
    ['2026-05-11T10:00:00.000Z', 'April'],
    ['2026-06-11T10:00:00.000Z', 'May'],
    ['2026-07-11T10:00:00.000Z', 'June'],
    ['2026-08-11T10:00:00.000Z', 'July'],
    ['2026-09-11T10:00:00.000Z', 'August'],
    ['2026-10-11T10:00:00.000Z', 'September'],
    ['2026-11-11T10:00:00.000Z', 'October'],
  ] as const) {
    await acts.advance(until);
    await acts.uses(20, month, '2.20 2.25');
  }
}

/** November and December: the pool ends with its period, what was bought goes on with Ada. */
async function backToSolo(acts: Acts, ada: Acts): Promise<void> {
  await acts.advance('2026-11-20T10:00:00.000Z');
  await acts.topsUp('A last top-up', '2.33', { price: '10.00', pay: 'savedMethod' });
  await acts.changesPlan(
    'Down to Pro: the pool is theirs until the period ends',
    '2.35 2.36',
    'pro',
  );
  await acts.advance('2026-12-12T09:59:59.999Z');
  await acts.says('A millisecond before, the pool is whole', '2.36');
  await ada.advance('2026-12-12T09:59:59.999Z');
  await acts.advance('2026-12-12T10:00:00.000Z');
  await acts.life.becomes('memberPaid');
  await ada.life.becomes('active');
  await acts.says('The pool is gone: Lumen is on solo plans again', '2.36');
  await ada.says('What was bought is hers now, beside a Pro of her own', '2.02 2.23 2.33');
  const denied = await acts.refused('The others need plans of their own', '2.03', run('bob', '1'));
  acts.expects('Bob’s refusal', '2.03', denied.code, 'memberPlanRequired');
  acts.expects('Ada’s credits', '2.02 2.23', (await ada.life.balance()).available, '2500.000000');
  await acts.advance('2027-01-10T12:00:00.000Z');
  await acts.says('A year has passed', '2.01');
}
