/** `tollgate workspace show PRODUCT/ID`: one workspace, as an operator needs to see it. */
import { describeDeadline, deadlinesOf } from '../domain/deadlines.ts';
import { describeLife } from '../domain/describe.ts';
import { showCredits, showMoney } from '../domain/values/money-text.ts';
import { toPlain } from '../domain/values/plain.ts';
import type { InvoiceShown, WorkspaceRecord } from '../ports/directory.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import { directory } from '../store/directory.ts';
import { storedCatalogs } from '../store/directory-catalogs.ts';
import { readBalance } from '../store/ledger-reads.ts';
import { readOpenHolds, type OpenHold } from '../store/open-holds.ts';
import { columns, good } from './shared/answer.ts';
import { Misasked } from './shared/misasked.ts';
import { withBooks } from './shared/open-books.ts';
import { namesOf, runVerbs, type Verb } from './shared/run-verbs.ts';

const invoicesShown = 5;

type Seen = {
  readonly record: WorkspaceRecord;
  readonly newestVersion: number;
  readonly credits: (amountMicro: bigint) => string;
  readonly balance: Balance | undefined;
  readonly invoices: readonly InvoiceShown[];
  readonly holds: readonly OpenHold[];
};

const show: Verb = {
  name: 'show',
  takes: 'PRODUCT/ID',
  does: 'Its state, what comes next, its terms, balance, last invoices and open holds.',
  run: (asked) =>
    withBooks(async (sql) => {
      const [name = ''] = namesOf(asked, ['PRODUCT/ID']);
      const [, product = '', workspace = ''] = /^([^/]+)\/([^/]+)$/.exec(name) ?? [];
      if (workspace === '') throw new Misasked(`"${name}" is no PRODUCT/ID, such as studio/demo`);
      const known = directory(sql);
      const record = await known.workspace({ product, workspace });
      if (record === undefined) throw new Misasked(`there is no workspace ${name}`);
      const { account } = record;
      const current = await storedCatalogs(sql).current(product);
      if (current === undefined) throw new Error(`${product} has workspaces and no terms`);
      const seen: Seen = {
        record,
        newestVersion: current.version,
        credits: (amountMicro) => showCredits(amountMicro, current.credits.unit),
        balance: await readBalance(sql, account),
        invoices: await known.invoices(account, { before: null, limit: invoicesShown }),
        holds: await readOpenHolds(sql, account),
      };
      return good(textOf(seen), dataOf(seen));
    }),
};

const dataOf = ({ record, newestVersion, balance, invoices, holds }: Seen): object =>
  toPlain({
    ...record.of,
    termsVersion: record.termsVersion,
    newestVersion,
    lifecycle: record.lifecycle,
    deadlines: deadlinesOf(record.lifecycle),
    ...{ balance, invoices, holds },
  });

function textOf(seen: Seen): string {
  const { record, newestVersion } = seen;
  const { termsVersion, lifecycle } = record;
  const newer = newestVersion > termsVersion ? ` (the newest is ${newestVersion})` : '';
  return [
    describeLife(lifecycle).replaceAll('**', ''),
    `Terms: version ${termsVersion}${newer}. Its present: ${record.at}.`,
    titled('Next', deadlinesText(seen)),
    titled('Credits', creditsText(seen)),
    titled('Last invoices', invoicesText(seen)),
    titled('Open holds', holdsText(seen)),
  ].join('\n\n');
}

const titled = (title: string, lines: string): string =>
  `${title}\n${lines === '' ? '  none' : lines.replaceAll(/^/gm, '  ')}`;

const deadlinesText = ({ record }: Seen): string =>
  columns(deadlinesOf(record.lifecycle).map(({ at, kind }) => [at, describeDeadline(kind)]));

function creditsText({ balance, credits }: Seen): string {
  if (balance === undefined) return '';
  return columns([
    ['available', credits(balance.availableMicro)],
    ['held', credits(balance.heldMicro)],
    ['debt', credits(balance.debtMicro)],
  ]);
}

const invoicesText = ({ invoices }: Seen): string =>
  columns(
    invoices.map(({ number, reason, status, totalMinor, currency, issuedAt }) => [
      ...[number, issuedAt, reason, status],
      showMoney(totalMinor, currency),
    ]),
  );

const holdsText = ({ holds, credits }: Seen): string =>
  columns(
    holds.map(({ id, kind, heldMicro, takenAt, expiresAt, run }) => [
      ...[id, kind, credits(heldMicro), `since ${takenAt}`],
      ...[expiresAt === null ? 'until it is closed' : `until ${expiresAt}`, run ?? ''],
    ]),
  );

process.exitCode = await runVerbs('workspace', [show], process.argv.slice(2));
