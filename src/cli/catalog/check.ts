import { good } from '../shared/answer.ts';
import type { Verb } from '../shared/run-verbs.ts';
import { countOf, readFiles } from './files.ts';

/** Every mistake of every file at once, each with its place, what was expected and the nearest name. */
export const check: Verb = {
  name: 'check',
  takes: '[FILE…]',
  does: 'Finds the mistakes of catalog files; without a name, of all in CATALOG_DIR.',
  run: async ({ names }) => {
    const files = readFiles(names);
    const mistakes = files.flatMap((read) => read.mistakes);
    const data = files.map(({ file, terms, mistakes: found }) => {
      const known = { product: terms?.product ?? null, version: terms?.version ?? null };
      return { file, ...known, mistakes: found };
    });
    if (mistakes.length === 0) {
      const lines = files.map(({ file, terms }) => `${file}: version ${terms?.version}, in order`);
      return good(lines.join('\n'), data);
    }
    const text = [...mistakes, `${countOf(mistakes.length, 'mistake')}`].join('\n');
    return { text, data, found: 'something wrong' };
  },
};
