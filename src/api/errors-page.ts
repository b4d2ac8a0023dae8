import { inline, page } from './html.ts';
import { problemKinds } from './problem-kinds.ts';

/** Every code that an answer may carry, what it means, and what to do about it. */
export function errorsPage(): string {
  const sections = Object.entries(problemKinds).map(
    ([code, { status, title, fix }]) =>
      `<section id="${code}"><h3><code>${code}</code> · ${status}</h3>` +
      `<p>${inline(title)} ${inline(fix)}</p></section>`,
  );
  return page(
    'Tollgate: what an answer may refuse',
    '<p>Answers are RFC 9457 problem details. Decide by <code>code</code>, which never changes; ' +
      `the words may.</p>\n${sections.join('\n')}`,
  );
}
