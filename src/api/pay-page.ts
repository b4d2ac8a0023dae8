import { escapeHtml } from '../domain/values/escape-html.ts';
import { showMoney } from '../domain/values/money-text.ts';
import type { InvoiceRow } from '../ports/books.ts';

/** What the link in a mail leads to: the invoice as it is now, and what can be done about it. */
export type PayPage = {
  readonly productName: string;
  readonly invoice: InvoiceRow;
  /** Whether the person comes back from adding a payment method. */
  readonly visit: 'first' | 'methodAdded';
};

/** The page for the person who pays: one sentence, and one button while it helps. */
export function payPage({ productName, invoice, visit }: PayPage): string {
  const total = showMoney(invoice.totalMinor, invoice.currency);
  const what = `Invoice ${invoice.number} of ${productName} over ${total}`;
  if (invoice.status !== 'open') return frame(productName, `${what} is settled. Thank you.`, '');
  return visit === 'methodAdded'
    ? frame(
        productName,
        `Thank you, the payment method is on file. ${what} is being collected: look again in a minute.`,
        `<a href="?">Look again</a>`,
      )
    : frame(
        productName,
        `${what} is not paid yet. Put another payment method on file, and it is used from then on.`,
        '<form method="post"><button>Update the payment method</button></form>',
      );
}

const style = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1a1d23; --line: #d5d9e0;
  --accent: #3b5bdb; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --page: #14161a; --card: #1d2026; --text: #eceef2;
  --line: #3a404b; --accent: #91a7ff; --on-accent: #10131a; } }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, 'Segoe UI', Roboto, sans-serif; }
main { box-sizing: border-box; width: min(30rem, 100% - 2rem); margin: 2rem auto;
  padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { font-size: 1.375rem; margin: 0 0 1rem; }
a { color: var(--accent); }
button { width: 100%; min-height: 2.75rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 0; border-radius: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

/** `act` is markup. */
const frame = (title: string, sentence: string, act: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(sentence)}</p>
${act}
</main>
</body>
</html>
`;
