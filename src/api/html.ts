import { escapeHtml } from '../domain/escape-html.ts';

/** A page of ours: `body` is markup, already escaped. */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 56rem; padding: 0 1rem; }
  code { background: #f2f2f4; border-radius: 3px; padding: 0 .25em; }
  h2 { border-bottom: 1px solid #ddd; margin-top: 3rem; }
  section { margin: 2rem 0; }
  table { border-collapse: collapse; width: 100%; }
  th, td { border-bottom: 1px solid #eee; padding: .25rem .5rem; text-align: left; vertical-align: top; }
</style>
<h1>${escapeHtml(title)}</h1>
${body}
</html>
`;
