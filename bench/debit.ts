import { ledgerStore } from '../src/store/ledger.ts';
import type { Benchmark } from './benchmark.ts';
import { hold, type Contest, type Effort, type Figure } from './contest.ts';
import { openBooks, type Books } from './debit/books.ts';
import { diskPerDebit } from './debit/disk.ts';
import { openApi, type Api } from './debit/http.ts';
import { overspentByTwo } from './debit/last-credit.ts';
import { closedLoop, debits, heldRuns } from './debit/load.ts';
import { lostByCrashes } from './debit/lost.ts';
import { openPeers, type Peers } from './debit/peers.ts';

const inFlight = 256;
const perSecond = 2_000;

const ratioAim = (goal: number, floor: number) =>
  ({ of: 'ratio', better: 'more', goal, floor }) as const;

/** What a product sees: API key, rating, limits, idempotency key, commit and receipt, over HTTP. */
const overHttp = (api: Api, peers: Peers): Contest[] => [
  {
    name: 'debit: 10,000 workspaces, over HTTP, 64 connections',
    unit: 'debits/s',
    ours: api.load('wide'),
    baseline: { name: `${peers.program}, 1 of 10,000 rows`, measure: peers.wide },
    aim: ratioAim(0.6, 0.35),
  },
  {
    name: 'debit: one workspace, over HTTP, 64 connections',
    unit: 'debits/s',
    ours: api.load('hot'),
    baseline: { name: `${peers.program}, one row`, measure: peers.hot },
    aim: ratioAim(3, 1.5),
  },
  {
    name: 'debit: p99 over HTTP at 64 connections',
    unit: 'ms',
    ours: async (roundMs) => {
      await api.load('wide')(roundMs);
      return api.p99();
    },
    baseline: null,
    aim: { of: 'value', better: 'less', goal: 10, floor: 20 },
  },
  {
    name: `debit: p99 over HTTP at ${perSecond} requests a second`,
    unit: 'ms',
    ours: api.p99At(perSecond),
    baseline: { name: `${peers.program} at the same rate`, measure: peers.p99At(perSecond) },
    aim: { of: 'ratio', better: 'less', goal: 2, floor: 4 },
  },
];

function contests(books: Books, peers: Peers): Contest[] {
  const ledger = ledgerStore(books.sql, books.lines);
  const load = (call: () => Promise<void>) => closedLoop(inFlight, call);
  const wide = load(debits(ledger, books, 'wide'));
  return [
    {
      name: 'debit: 10,000 workspaces, three caps, in process',
      unit: 'debits/s',
      ours: wide,
      baseline: { name: `${peers.program}, 1 of 10,000 rows`, measure: peers.wide },
      aim: ratioAim(1.5, 0.8),
    },
    {
      name: 'debit: one workspace, three caps, in process',
      unit: 'debits/s',
      ours: load(debits(ledger, books, 'hot')),
      baseline: { name: `${peers.program}, one row`, measure: peers.hot },
      aim: ratioAim(12, 6),
    },
    {
      name: 'debit: hold and settle',
      unit: 'runs/s',
      ours: load(heldRuns(ledger, books)),
      baseline: {
        name: 'two debits',
        measure: async (roundMs) => (await wide(roundMs)) / 2,
      },
      aim: ratioAim(0.8, 0.5),
    },
    {
      name: 'debit: all refused by an empty pool',
      unit: 'denials/s',
      ours: load(debits(ledger, books, 'poor')),
      baseline: { name: 'all accepted', measure: wide },
      aim: ratioAim(0.8, 0.5),
    },
  ];
}

async function holdAll(books: Books, peers: Peers, effort: Effort): Promise<Figure[]> {
  const figures: Figure[] = [];
  const api = await openApi(books);
  try {
    await api.callEach();
    for (const contest of overHttp(api, peers)) figures.push(await hold(contest, effort));
  } finally {
    await api.close();
  }
  for (const contest of contests(books, peers)) figures.push(await hold(contest, effort));
  return figures;
}

/** The debit path, beside what PostgreSQL does in one transaction per update. */
export const debit: Benchmark = {
  name: 'debit',
  run: async (effort: Effort) => {
    const books = await openBooks();
    try {
      const peers = await openPeers(books);
      const figures = await holdAll(books, peers, effort);
      figures.push(await diskPerDebit(), await overspentByTwo(books));
      await peers.close();
      // Last, because it leaves no connection as it was.
      figures.push(await lostByCrashes(books));
      return figures;
    } finally {
      await books.close();
    }
  },
};
