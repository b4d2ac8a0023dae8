import { minorDigits, toDecimal } from '../../../domain/money.ts';

/** Text that is safe inside an element or a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** An amount in minor units as people write it: `$12.50`. */
export function formatMoney(amount: number, currency: string): string {
  const decimal = toDecimal(BigInt(amount), minorDigits(currency));
  // `toDecimal` writes plain decimals, which is what this type of the formatter means.
  const literal = decimal as Intl.StringNumericLiteral;
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(literal);
}

/** What went wrong, read out at once by a screen reader; nothing if nothing did. */
export const problemNote = (problem: string | null): string =>
  problem === null ? '' : `<p class="error" role="alert">${escapeHtml(problem)}</p>`;

const style = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1a1d23; --soft: #5b6270;
  --line: #d5d9e0; --accent: #3b5bdb; --on-accent: #fff; --bad: #b42318; --bad-back: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --page: #14161a; --card: #1d2026; --text: #eceef2;
  --soft: #a3abb8; --line: #3a404b; --accent: #91a7ff; --on-accent: #10131a; --bad: #ff9a8f;
  --bad-back: #3a1d1b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.notice { margin: 0 0 1rem; color: var(--soft); font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
table { width: 100%; border-collapse: collapse; margin-bottom: 1.25rem; }
th, td { text-align: left; font-weight: 400; padding: .5rem 0;
  border-bottom: 1px solid var(--line); }
td { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tfoot th, tfoot td { font-weight: 650; border-bottom: 0; }
fieldset { border: 0; margin: 0 0 1rem; padding: 0; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: .5rem; }
.choice { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem;
  padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem;
  margin-bottom: .5rem; cursor: pointer; }
.choice:has(input:checked) { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.choice small, .soft { color: var(--soft); }
.choice span { flex: 1; }
input[type=radio] { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; margin: 0; }
.field { display: block; margin-bottom: 1rem; font-weight: 600; }
.field input { display: block; width: 100%; min-height: 2.75rem; margin-top: .25rem;
  padding: .5rem .75rem; font: inherit; font-weight: 400; color: inherit; background: var(--page);
  border: 1px solid var(--line); border-radius: .5rem; }
button, .button { display: block; width: 100%; min-height: 2.75rem; padding: .5rem 1rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent);
  border-radius: .5rem; }
.quiet { color: var(--text); background: transparent; border-color: var(--line); }
button + button, .button, form + form, form + .button { margin-top: .75rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center;
  padding: .75rem 0; border-bottom: 1px solid var(--line); }
.row p { flex: 1 1 10rem; margin: 0; }
.row form { margin: 0; }
.row button { width: auto; }
.error { color: var(--bad); background: var(--bad-back); border-radius: .5rem;
  padding: .75rem; margin: 0 0 1rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

/** A whole page: self-contained, and readable on a phone, in light and in dark. */
export const renderPage = (page: { readonly title: string; readonly body: string }): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="notice">Test payments: no money moves here, and only test cards work.</p>
<div class="card">
<h1>${escapeHtml(page.title)}</h1>
${page.body}
</div>
</main>
</body>
</html>
`;
