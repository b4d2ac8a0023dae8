import { changedPolicies, tellChange } from '../../domain/terms/terms-diff.ts';
import { publishTerms, VersionChanged, type Publication } from '../../store/publish-terms.ts';
import { good, type Answer } from '../shared/answer.ts';
import { withBooks } from '../shared/open-books.ts';
import type { Verb } from '../shared/run-verbs.ts';
import { countOf, readFiles } from './files.ts';

/** Adds a version of each file whose policies differ from the newest one, and says what changed. */
export const publish: Verb = {
  name: 'publish',
  takes: '[FILE…]',
  does: 'Publishes catalogs as new versions; workspaces stay on theirs until they are migrated.',
  help: ['Nothing is published where no policy differs: the order of keys is no difference.'],
  run: async ({ names }) => {
    const files = readFiles(names);
    const mistakes = files.flatMap((read) => read.mistakes);
    if (mistakes.length > 0) {
      const text = [...mistakes, 'nothing was published'].join('\n');
      return { text, data: { mistakes }, found: 'something wrong' };
    }
    const all = files.flatMap(({ terms }) => terms ?? []);
    return withBooks(async (sql) => {
      try {
        return tell(await publishTerms(sql, all));
      } catch (error) {
        if (!(error instanceof VersionChanged)) throw error;
        const data = { mistakes: [error.message] };
        return { text: error.message, data, found: 'something wrong' };
      }
    });
  },
};

function tell(publications: readonly Publication[]): Answer {
  const data = publications.map((publication) => ({
    product: publication.terms.product,
    version: publication.terms.version,
    outcome: publication.outcome,
    changes: changesOf(publication),
  }));
  return good(publications.flatMap(linesOf).join('\n'), data);
}

const changesOf = ({ before, terms, outcome }: Publication) =>
  before === null || outcome === 'unchanged' ? [] : changedPolicies(before, terms);

function linesOf(publication: Publication): string[] {
  const { terms, outcome, before } = publication;
  const name = `${terms.product}, version ${terms.version}`;
  if (outcome === 'unchanged') return [`${terms.product}: nothing changed, nothing was published`];
  if (before === null) return [`${name}: published, the first one`];
  const changes = changesOf(publication);
  return [
    `${name}: published, ${countOf(changes.length, 'change')} since version ${before.version}`,
    ...changes.map((change) => `  ${tellChange(change)}`),
  ];
}
