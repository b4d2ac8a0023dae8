import { expect, test } from 'vitest';
import { denialAnswer, denialKinds } from '../../src/domain/gates/denial.ts';

test.each(denialKinds)(
  '%s is told by 402 and its own name, unless the catalog says [K13]',
  (kind) => {
    expect(denialAnswer({}, kind)).toEqual({ status: 402, code: kind });
  },
);

test.each([
  ['another status', { status: 429 }, { status: 429, code: 'toolLimitReached' }],
  ['another code', { code: 'slowDown' }, { status: 402, code: 'slowDown' }],
  ['both', { status: 403, code: 'slowDown' }, { status: 403, code: 'slowDown' }],
] as const)('%s is as the catalog says, for that kind alone [K13]', (_what, said, expected) => {
  const denials = { toolLimitReached: said };
  expect(denialAnswer(denials, 'toolLimitReached')).toEqual(expected);
  expect(denialAnswer(denials, 'outOfCredits')).toEqual({ status: 402, code: 'outOfCredits' });
});
