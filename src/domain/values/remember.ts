/**
 * A pure function that keeps its last answers, for questions that one step asks several times. `key` says
 * all that the answer depends on. Nothing that is decided depends on whether an answer was kept.
 */
export function remember<Question, Answer>(
  key: (question: Question) => string,
  answer: (question: Question) => Answer,
): (question: Question) => Answer {
  const answers = new Map<string, Answer>();
  return (question) => {
    const asked = key(question);
    const known = answers.get(asked);
    if (known !== undefined) return known;
    const found = answer(question);
    if (answers.size >= answersMost) answers.clear();
    answers.set(asked, found);
    return found;
  };
}

/** Enough for a few workspaces' year, and too little to be felt. */
const answersMost = 512;
