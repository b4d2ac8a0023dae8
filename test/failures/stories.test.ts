import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { notShown, shownElsewhere, stories } from './told.ts';

const titles = readdirSync('test/failures')
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(`test/failures/${name}`, 'utf8'))
  .join('\n');

test('every story of how another engine failed is shown not to happen here, or said not to be', () => {
  const shown = new Set(shownElsewhere.map(([story]) => story));
  const isTold = (story: string): boolean =>
    titles.includes(`https://github.com/${story}'`) || shown.has(story);
  expect(stories.filter((story) => !isTold(story)).toSorted()).toEqual(
    Object.keys(notShown).toSorted(),
  );
  expect([...shown].filter((story) => !stories.includes(story))).toEqual([]);
});

test.each(shownElsewhere)('https://github.com/%s is shown in %s', (_story, file, title) => {
  expect(readFileSync(file, 'utf8')).toContain(title);
});
