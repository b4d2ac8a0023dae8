import type { Acts } from '../acts.ts';
import type { Story } from '../story.ts';
import { tokenLine, type Call, type RunBody, type RunKind } from '../usage.ts';

const kind = (
  weight: number,
  calls: number,
  of: { readonly agent: string; readonly model: string; readonly rate: string },
): RunKind => ({
  ...{ weight, calls },
  body: (made: readonly Call[], chance, member) => ({
    lines: [
      ...made.map((call) => tokenLine(of.model, call)),
      { line: 'tools', rate: of.rate, quantity: 1 + chance.below(5) },
      { line: 'storage', rate: 'traces', quantity: 100 * calls },
    ],
    ...{ agent: of.agent, member },
  }),
});

export const agents: Story = {
  product: 'agents',
  workspace: 'rivet',
  title: 'Rivet’s agents review code, at the provider’s cost',
  owner: 'kim',
  timeZone: 'UTC',
  begins: '2026-01-10T09:00:00.000Z',
  unit: 'dollars',
  passing: { reset: '4.12', renewal: '4.36 4.37', supplementary: '4.19', carried: '4.37' },
  usage: {
    ...{ trace: 'azure-code.csv', from: 0, seed: 4 },
    kinds: [
      kind(50, 4, { agent: 'reviewer', model: 'claude-sonnet-4.6', rate: 'github' }),
      kind(30, 2, { agent: 'triage', model: 'gpt-5-mini', rate: 'slack' }),
      kind(20, 10, { agent: 'refactorer', model: 'claude-opus-4.7', rate: 'browser' }),
    ],
  },
  about:
    'Every model call is a real one of Azure’s code trace of 2023; its agent and model, and what its ' +
    'run asks of integrations and storage, are assigned by a seeded rule.',
  splits: ['line', 'agent', 'model'],
  year: {
    rules: '4.12 4.36',
    ...{
      used: '30.652930',
      available: '52.000000',
      debt: '0.000000',
      invoices: '10',
      paid: '491.00',
      open: '0.00',
    },
  },
  tell: async (acts) => {
    await trial(acts);
    await quota(acts);
    await pro(acts);
    await pastDue(acts);
    await backToFree(acts);
  },
};

const refactoring = (credits: string): object => ({
  ...{ line: 'llm', model: 'claude-opus-4.7', credits },
});

/** One run of three lines, whose figures can be reckoned by hand. */
const sample: RunBody = {
  ...{ agent: 'reviewer', member: 'kim' },
  lines: [
    { line: 'llm', model: 'claude-sonnet-4.6', tokens: { input: 100_000, output: 10_000 } },
    { line: 'tools', rate: 'browser', quantity: 3 },
    { line: 'storage', rate: 'knowledge-base', quantity: 73_000 },
  ],
};

/** January: a trial, at whose end only new runs pause. */
async function trial(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.opens('Kim tries Pro for fourteen days', '4.09', {
    ...{ owner: 'kim', plan: 'pro', timeZone: 'UTC', testClock: agents.begins },
  });
  acts.expects('credits of the trial', '4.09', (await life.balance()).available, '10.000000');
  const receipt = await acts.runs('A first run: three lines', '4.21 4.22 4.23 4.24', {
    ...{ at: life, body: sample },
  });
  // 100,000 × 3 and 10,000 × 15 a million; 3 × 0.01; 73,000 of 730,000 at 0.25.
  const lines = receipt.entries.map(({ credits }) => credits).join();
  acts.expects('model, integrations, storage', '4.21 4.33', lines, '0.450000,0.030000,0.025000');
  await acts.advance('2026-01-23T09:00:00.000Z');
  await acts.uses(60, 'Two weeks of reviews', '4.21 4.33');
  await acts.advance('2026-01-24T09:00:00.000Z');
  const paused = await acts.refused(
    'The trial ends: new runs pause, agents stay',
    '4.27 4.28',
    sample,
  );
  acts.expects('the refusal', '4.27', paused.code, 'trialEnded');
  acts.expects('agents are untouched', '4.28', (await life.feature('agents')).allowed, 'true');
  const { remedies } = await life.feature('newRuns');
  acts.expects('the ways out', '4.27', remedies.join(), 'addPaymentMethod,changePlan,topUp');
  await acts.changesPlan('Kim takes the way out to Free: runs go on', '4.27 4.29', 'free');
  acts.expects('new runs', '4.29', (await life.feature('newRuns')).allowed, 'true');
}

/** Free counts runs. */
async function quota(acts: Acts): Promise<void> {
  const small: RunBody = {
    ...{ agent: 'triage', member: 'kim' },
    lines: [{ line: 'llm', model: 'gpt-5-mini', credits: '0.001' }],
  };
  await acts.repeats(100, 'A hundred small runs', '4.02 4.05', small);
  const denied = await acts.refused('The next is beyond Free’s quota', '4.05', small);
  acts.expects('the refusal', '4.05', denied.code, 'runQuotaReached');
  const [limit] = denied.limits;
  acts.expects(
    'counted runs',
    '4.05',
    `${String(limit?.['used'])} of ${String(limit?.['cap'])}`,
    '100 of 100',
  );
}

/** February to May: Pro at once, and credits beside it. */
async function pro(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-02-02T09:00:00.000Z');
  await acts.addsCard('Kim adds a card', '4.15', { does: 'works', becomes: 'free' });
  await acts.changesPlan('Up to Pro: at once', '4.19', 'pro');
  const bill = (await life.invoices()).at(-1);
  acts.expects('the price of Pro', '4.19 4.36', bill?.total.amount ?? '', '49.00');
  acts.expects('the plan', '4.19', (await life.show()).plan?.id ?? '', 'pro');
  await acts.members('Lee joins', '4.03', { join: ['lee'], credits: '0' });
  acts.expects('the owner sees billing', '4.30', await life.showsBalanceTo('kim'), 'true');
  acts.expects('a member sees none of it', '4.32', await life.showsBalanceTo('lee'), 'false');
  acts.crew('kim', 'lee');
  for (const [until, month] of [
    ['2026-02-27T09:00:00.000Z', 'February'],
    ['2026-03-28T09:00:00.000Z', 'March'],
    ['2026-04-28T09:00:00.000Z', 'April'],
  ] as const) {
    await acts.advance(until);
    await acts.uses(60, month, '4.12 4.21 4.25');
  }
  await acts.topsUp('A pack of 50.00, by the card on file', '4.11', {
    ...{ price: '50.00', pay: 'savedMethod' },
  });
  const hold = await acts.holds('A big refactoring: 2.00 set aside', '4.12', {
    ...{ agent: 'refactorer', member: 'lee', lines: [refactoring('2')] },
  });
  const settled = await acts.settles('It took 2.40, and that is what is booked', '4.12 4.21', {
    ...{ hold, lines: [refactoring('2.4')] },
  });
  acts.expects('booked', '4.12', settled.credits, '2.400000');
  await acts.advance('2026-05-28T09:00:00.000Z');
  await acts.uses(60, 'May', '4.12 4.21 4.25');
}

/** June: the card fails; a new one counts from the next try on. */
async function pastDue(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.addsCard('Kim changes to a card that will be declined', '4.15', {
    ...{ does: 'failsLater', becomes: 'active' },
  });
  await acts.advance('2026-06-02T09:00:00.000Z');
  const late = await life.becomes('pastDue');
  await acts.says('The bank declines: past due', '4.08 4.14');
  acts.expects('the status shown', '4.08', late.shownAs ?? '', 'Past Due');
  await acts.advance('2026-06-04T09:00:00.000Z');
  await acts.addsCard('A good card is added: it counts with the next try', '4.10 4.17', {
    ...{ does: 'mastercard', becomes: 'pastDue' },
  });
  await acts.advance('2026-06-05T09:00:00.000Z');
  await life.becomes('active');
  await acts.says('The next try succeeds: active again', '4.08 4.29');
  for (const [until, month] of [
    ['2026-06-28T09:00:00.000Z', 'June'],
    ['2026-07-28T09:00:00.000Z', 'July'],
    ['2026-08-28T09:00:00.000Z', 'August'],
    ['2026-09-28T09:00:00.000Z', 'September'],
  ] as const) {
    await acts.advance(until);
    await acts.uses(60, month, '4.12 4.21 4.25');
  }
}

/** October: back to Free at the end of the period; what was bought stays. */
async function backToFree(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-10-20T09:00:00.000Z');
  await acts.changesPlan('Down to Free: from the end of the period on', '4.20', 'free');
  acts.expects('the plan until then', '4.20', (await life.show()).plan?.id ?? '', 'pro');
  await acts.advance('2026-11-02T09:00:00.000Z');
  await life.becomes('free');
  await acts.says('The period has ended: Free, and the pack is still there', '4.20');
  for (const [until, month] of [
    ['2026-11-28T09:00:00.000Z', 'November'],
    ['2026-12-28T09:00:00.000Z', 'December'],
  ] as const) {
    await acts.advance(until);
    await acts.uses(40, month, '4.12 4.21 4.25');
  }
  await acts.advance('2027-01-10T09:00:00.000Z');
  await acts.says('A year has passed', '4.01');
}
