import type { Story } from '../../src/demo/story.ts';

/**
 * The same story with one run in so many of the trace's: its figures are others, and what it goes
 * through is the same.
 */
export const shortened = (story: Story, oneIn: number): Story => ({
  ...story,
  tell: (acts) => {
    const usesAll = acts.uses.bind(acts);
    acts.uses = (count, text, rules) => usesAll(Math.ceil(count / oneIn), text, rules);
    return story.tell(acts);
  },
});
