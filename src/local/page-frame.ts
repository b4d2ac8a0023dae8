import { escapeHtml } from '../domain/values/escape-html.ts';

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
main.wide { max-width: 64rem; }
.notice { margin: 0 0 1rem; color: var(--soft); font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
a { color: var(--accent); }
table { width: 100%; border-collapse: collapse; margin-bottom: 1.25rem; }
th, td { text-align: left; font-weight: 400; padding: .5rem 0;
  border-bottom: 1px solid var(--line); }
td { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tfoot th, tfoot td { font-weight: 650; border-bottom: 0; }
.list { overflow-x: auto; }
.list table { margin-bottom: 0; }
.list th, .list td { text-align: left; padding: .5rem 1rem .5rem 0; vertical-align: top;
  white-space: nowrap; }
.list thead th { color: var(--soft); font-size: .875rem; }
.list .loose { white-space: normal; min-width: 12rem; overflow-wrap: anywhere; }
.list tr:last-child > * { border-bottom: 0; }
@media (max-width: 40rem) { .list thead { display: none; }
  .list tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .list tr:last-child { border-bottom: 0; }
  .list td { display: inline-block; padding: 0 1rem 0 0; border: 0; color: var(--soft); }
  .list td:empty { display: none; }
  .list .loose { display: block; min-width: 0; padding: 0; } }
pre { margin: 0; padding: 1rem; overflow-x: auto; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--page); font: .8125rem/1.5 ui-monospace, monospace; }
pre.text { white-space: pre-wrap; overflow-wrap: anywhere; }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: .5rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0 0 1rem; }
nav a { padding: .5rem 0; }
nav [aria-current] { color: var(--text); font-weight: 650; text-decoration: none; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.act { max-width: 24rem; margin: 0 0 1rem; }
.acts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; }
.acts form, .acts form + form { margin: 0; }
.acts button { width: auto; }
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
.field input, .field select { display: block; width: 100%; min-height: 2.75rem; margin-top: .25rem;
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

/** A whole page: self-contained, and readable on a phone, in light and in dark; `body` is markup. */
export const framePage = (page: {
  readonly title: string;
  readonly body: string;
  /** A line above that says what this page is not. */
  readonly notice: string;
  readonly width: 'form' | 'wide';
}): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${style}</style>
</head>
<body>
<main${page.width === 'wide' ? ' class="wide"' : ''}>
<p class="notice">${escapeHtml(page.notice)}</p>
<div class="card">
<h1>${escapeHtml(page.title)}</h1>
${page.body}
</div>
</main>
</body>
</html>
`;
