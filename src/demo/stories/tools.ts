import type { Acts } from '../acts.ts';
import type { Story } from '../story.ts';
import { tokenLine, type Call, type RunBody, type RunKind } from '../usage.ts';

const kind = (
  weight: number,
  calls: number,
  of: { readonly tool: string; readonly model: string; readonly more?: object },
): RunKind => ({
  ...{ weight, calls },
  body: (made: readonly Call[], _chance, member) => ({
    lines: [
      ...made.map((call) => tokenLine(of.model, call)),
      ...(of.more === undefined ? [] : [of.more]),
    ],
    ...{ tool: of.tool, member },
  }),
});

const asset = (rate: string, quantity: number): object => ({ line: 'asset', rate, quantity });

export const tools: Story = {
  product: 'tools',
  workspace: 'atlas',
  title: 'Atlas, a newsroom, runs tools for text, images and video',
  owner: 'mia',
  timeZone: 'America/New_York',
  begins: '2026-01-10T15:00:00.000Z',
  unit: 'credits',
  passing: { reset: '3.05 3.16', renewal: '3.16 3.28', supplementary: '3.16', carried: '3.28' },
  usage: {
    ...{ trace: 'azure-conversation.csv', from: 0, seed: 3 },
    kinds: [
      kind(60, 3, { tool: 'writer', model: 'text-standard' }),
      kind(20, 4, { tool: 'editor', model: 'text-large' }),
      kind(15, 1, {
        tool: 'image-studio',
        model: 'text-standard',
        more: asset('image-standard', 2),
      }),
      kind(5, 1, { tool: 'image-studio', model: 'text-standard', more: asset('image-hd', 1) }),
    ],
  },
  about:
    'Every model call is a real one of Azure’s conversation trace of 2023; its tool, member and rate ' +
    'are assigned by a seeded rule, and so are images and video.',
  splits: ['tool', 'model', 'member'],
  year: {
    rules: '3.05 3.27',
    ...{
      used: '2912.455000',
      available: '1500.000000',
      debt: '0.000000',
      invoices: '15',
      paid: '846.71',
      open: '0.00',
    },
  },
  tell: async (acts) => {
    await free(acts);
    await creator(acts);
    await dispute(acts);
    await business(acts);
    await autumn(acts);
  },
};

const once = (tool: string, lines: readonly object[], member = 'mia'): RunBody => ({
  ...{ tool, lines, member },
});
const clip = (seconds: number): object => ({
  line: 'asset',
  rate: 'video-standard',
  quantity: seconds,
});

/** January: Free, whose guardrails say what they are. */
async function free(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.opens('Mia makes an organisation on Free', '3.01 3.05', {
    ...{ owner: 'mia', plan: 'free', timeZone: 'America/New_York', testClock: tools.begins },
  });
  acts.expects('credits of Free', '3.01', (await life.balance()).available, '50.000000');
  const research = once('deep-research', [{ line: 'run', rate: 'web-search', quantity: 2 }]);
  for (const run of ['first', 'second', 'third']) {
    await acts.runs(`Deep research, the ${run} of today`, '3.06 3.11', {
      at: life,
      body: research,
    });
  }
  const often = await acts.refused('The fourth is one too many for today', '3.23', research);
  acts.expects('the refusal', '3.23 3.25', often.code, 'toolLimitReached');
  const [limit] = often.limits;
  acts.expects(
    'the limit is named',
    '3.25',
    `${limit?.limit} ${limit?.scope}`,
    'tool deep-research',
  );
  acts.expects('what would help', '3.26', often.remedies.map((r) => r.action).join(), 'changePlan');
  await acts.runs('Four seconds of video', '3.11 3.24', {
    ...{ at: life, body: once('video-maker', [clip(4)]) },
  });
  await acts.runs('Two seconds more', '3.11 3.24', {
    ...{ at: life, body: once('video-maker', [clip(2)]) },
  });
  const ceiling = once('video-maker', [clip(1)]);
  const tried = await acts.refused('The experimental tool stops at two runs', '3.24', ceiling);
  acts.expects('its refusal', '3.24 3.25', tried.code, 'toolLimitReached');
  await acts.advance('2026-01-11T05:00:00.000Z');
  await acts.runs('A new day in New York: deep research runs again', '3.23', {
    ...{ at: life, body: research },
  });
}

/** February to April: a paid plan, credits in blocks of ten, a cap. */
async function creator(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-01-20T15:00:00.000Z');
  await acts.changesPlan('Up to Creator, paid in Checkout', '3.13 3.16', 'creator');
  const bill = (await life.invoices()).at(-1);
  acts.expects('the price of Creator', '3.16', bill?.total.amount ?? '', '29.00');
  await acts.members('Eli joins as an editor', '3.14', {
    ...{ join: ['eli'], role: 'editor', credits: '0' },
  });
  await acts.members('Vera joins as a viewer', '3.14', {
    ...{ join: ['vera'], role: 'viewer', credits: '0' },
  });
  acts.expects('a viewer sees the balance', '3.14', await life.showsBalanceTo('vera'), 'true');
  acts.crew('mia', 'eli');
  await acts.advance('2026-02-24T15:00:00.000Z');
  await acts.uses(60, 'February', '3.10 3.11 3.12');
  await acts.caps('Mia caps the whole organisation at 200 a month', '3.13', [
    { scope: 'org', credits: '200' },
  ]);
  const over = await acts.refused('A long video would go beyond', '3.13', once('cut', [clip(40)]));
  acts.expects('the spend control', '3.13 3.25', over.code, 'orgCapReached');
  await acts.caps('She takes the cap away again', '3.13', [{ scope: 'org', credits: null }]);
  await acts.advance('2026-03-27T15:00:00.000Z');
  await acts.uses(60, 'March', '3.10 3.11 3.12');
  await acts.advance('2026-04-14T15:00:00.000Z');
  const odd = await life.ask('POST', '/top-ups', {
    ...{ price: { amount: '20.50', currency: 'usd' }, pay: 'savedMethod' },
  });
  acts.expects('half a block is not sold', '3.17 3.18', String(odd.status), '422');
  await acts.topsUp('Twenty blocks of ten credits, in Checkout', '3.17 3.18', {
    ...{ price: '20.00', pay: 'checkout' },
  });
  await acts.runs('A film: more than the month’s credits', '3.11', {
    ...{ at: life, body: once('cut', [clip(180)], 'eli') },
  });
}

/** May: the bank takes the payment of April back; support traces it in the ledger. */
async function dispute(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-04-28T15:00:00.000Z');
  await acts.disputes(
    'The bank takes the 20.00 back: the rest goes, what was spent is owed',
    '3.29',
  );
  const { at } = await life.balance();
  const traced = (await life.entries()).filter((entry) => entry.at === at);
  // 160 were left of the 200; the 40 that the film took of them are owed.
  const traces = 'moveToDebt -40.000000,moveToDebt 40.000000,reverse 200.000000';
  const said = traced.map(({ kind: of, credits }) => `${of} ${credits}`).toSorted();
  acts.expects('traced by its time to the entries', '3.29', said.join(), traces);
  await acts.advance('2026-05-28T15:00:00.000Z');
  await acts.uses(60, 'May', '3.10 3.11 3.12');
}

/** June to September: a bigger plan with bigger blocks. */
async function business(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-06-10T15:00:00.000Z');
  await acts.changesPlan('Up to Business: now, for the rest of the period', '3.16', 'business');
  const bill = (await life.invoices()).at(-1);
  // Of 31 days 10 are left: 149.00 for them, less 29.00.
  acts.expects('the difference', '3.16', bill?.total.amount ?? '', '38.71');
  await acts.topsUp('A block of Business: a thousand credits', '3.18', {
    ...{ price: '80.00', pay: 'savedMethod' },
  });
  await acts.runs('An HD film of two minutes', '3.11', {
    ...{ at: life, body: once('cut', [{ line: 'asset', rate: 'video-hd', quantity: 120 }]) },
  });
  for (const [until, month] of [
    ['2026-06-28T15:00:00.000Z', 'June'],
    ['2026-07-29T15:00:00.000Z', 'July'],
    ['2026-08-28T15:00:00.000Z', 'August'],
  ] as const) {
    await acts.advance(until);
    await acts.uses(60, month, '3.10 3.11 3.12');
  }
}

/** Back to Creator for the rest of the year. */
async function autumn(acts: Acts): Promise<void> {
  const { life } = acts;
  await acts.advance('2026-09-05T15:00:00.000Z');
  await acts.changesPlan('Down to Creator, at the end of the period', '3.16', 'creator');
  for (const [until, month] of [
    ['2026-09-28T15:00:00.000Z', 'September'],
    ['2026-10-29T15:00:00.000Z', 'October'],
    ['2026-11-28T15:00:00.000Z', 'November'],
    ['2026-12-28T15:00:00.000Z', 'December'],
  ] as const) {
    await acts.advance(until);
    await acts.uses(60, month, '3.10 3.11 3.12');
  }
  acts.expects('the plan', '3.16', (await life.show()).plan?.id ?? '', 'creator');
  await acts.advance('2027-01-10T15:00:00.000Z');
  await acts.says('A year has passed', '3.05');
}
