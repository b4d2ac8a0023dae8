import { escapeHtml } from '../../domain/values/escape-html.ts';
import { framePage } from '../page-frame.ts';
import type { CaughtMail, Mailbox } from './mailbox.ts';

/** An answer of the catcher's pages, with what it may load. */
export interface MailPage {
  readonly status: 200 | 404;
  readonly type: string;
  readonly body: string;
  readonly policy: string;
}

const ownPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'";
/** A mail's markup comes from outside: it may show itself and open links, and nothing else. */
const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
const mailPolicy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox ${sandbox}`;

/** `/`: every mail. `/mails/1`: one. `/mails.json`: all of them for programs. */
export function serveMailPage(mailbox: Mailbox, url: URL): MailPage {
  if (url.pathname === '/') return page('Mail', listOf(mailbox.all()));
  if (url.pathname === '/mails.json') return json(mailbox.all());
  const [, id = '', part] = /^\/mails\/(\d+)(\/html)?$/.exec(url.pathname) ?? [];
  const mail = mailbox.find(id);
  if (mail === undefined) {
    const body = '<p>There is no such mail. <a href="/">All mails</a></p>';
    return { ...page('Not found', body), status: 404 };
  }
  if (part === undefined) return page(mail.subject, oneMail(mail, url.searchParams.get('part')));
  // Its links open beside the catcher, not inside of the frame.
  const body = mail.html.replace(/<head[^>]*>/i, '$&<base target="_blank">');
  return { status: 200, type: 'text/html; charset=utf-8', body, policy: mailPolicy };
}

const page = (title: string, body: string): MailPage => ({
  status: 200,
  type: 'text/html; charset=utf-8',
  body: framePage({
    title,
    body,
    notice: 'Mail catcher: what was sent from this machine is shown here and goes no further.',
    width: 'wide',
  }),
  policy: ownPolicy,
});

const json = (mails: readonly CaughtMail[]): MailPage => ({
  status: 200,
  type: 'application/json',
  body: `${JSON.stringify({ mails: mails.map(withoutSource) }, null, 2)}\n`,
  policy: ownPolicy,
});

const withoutSource = ({ source: _bytes, ...mail }: CaughtMail) => mail;

function listOf(mails: readonly CaughtMail[]): string {
  if (mails.length === 0) {
    return (
      '<p>No mail yet. Receipts and payment notices come here once a workspace has a billing ' +
      'address: <code>PUT /api/workspaces/{workspace}/billing-details</code>.</p>'
    );
  }
  const rows = mails
    .toReversed()
    .map(
      (mail) =>
        `<tr><td class="loose"><a href="/mails/${mail.id}">${escapeHtml(mail.subject)}</a></td>` +
        `<td>${escapeHtml(mail.recipients.join(', '))}</td>` +
        `<td>${escapeHtml(showTime(mail))}</td></tr>`,
    );
  return `<div class="list"><table>
<thead><tr><th>Subject</th><th>To</th><th>Received</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

const showTime = ({ receivedAt }: CaughtMail): string =>
  `${receivedAt.slice(0, 10)} ${receivedAt.slice(11, 19)} UTC`;

const parts = [
  { name: 'html', label: 'As shown' },
  { name: 'text', label: 'As text' },
  { name: 'source', label: 'Source' },
] as const;

function oneMail(mail: CaughtMail, asked: string | null): string {
  const shown = parts.find(({ name }) => name === asked)?.name ?? 'html';
  const tabs = parts.map(
    ({ name, label }) =>
      `<a href="/mails/${mail.id}?part=${name}"` +
      `${name === shown ? ' aria-current="page"' : ''}>${label}</a>`,
  );
  return `<dl><dt>From</dt><dd>${escapeHtml(mail.from)}</dd>
<dt>To</dt><dd>${escapeHtml(mail.recipients.join(', '))}</dd>
<dt>Received</dt><dd>${escapeHtml(showTime(mail))}</dd></dl>
<nav aria-label="Parts"><a href="/">All mails</a>${tabs.join('')}</nav>
${partOf(mail, shown)}`;
}

function partOf(mail: CaughtMail, shown: (typeof parts)[number]['name']): string {
  switch (shown) {
    case 'html':
      return (
        `<iframe sandbox="${sandbox}" title="The mail as a mail program shows it" ` +
        `src="/mails/${mail.id}/html"></iframe>`
      );
    case 'text':
      return `<pre class="text">${escapeHtml(mail.text)}</pre>`;
    case 'source':
      return `<pre class="text">${escapeHtml(mail.source)}</pre>`;
  }
}
