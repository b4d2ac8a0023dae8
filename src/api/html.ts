import { escapeHtml } from '../domain/values/escape-html.ts';

/** Text as markup: what stands between backticks is code. */
export const inline = (text: string): string =>
  escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** A page of ours: `body` is markup, already escaped. */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: light dark; --page: #fff; --text: #1a1d23; --code: #f2f2f4; --line: #ddd;
    --link: #3b5bdb; }
  @media (prefers-color-scheme: dark) { :root { --page: #14161a; --text: #eceef2; --code: #272b33;
    --line: #3a404b; --link: #91a7ff; } }
  body { background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
    margin: 2rem auto; max-width: 56rem; overflow-wrap: anywhere; padding: 0 1rem; }
  a { color: var(--link); }
  code { background: var(--code); border-radius: 3px; padding: 0 .25em; }
  h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; }
  section { margin: 2rem 0; }
  table { border-collapse: collapse; width: 100%; }
  th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
</style>
<h1>${escapeHtml(title)}</h1>
${body}
</html>
`;
