import { expect, test } from 'vitest';
import { besiege, faultsOf, noFaults, type Blow } from './siege.ts';

const blows: readonly Blow[] = [
  { afterMs: 300, parts: ['postgres'] },
  { afterMs: 200, parts: ['one'] },
  { afterMs: 200, parts: ['postgres', 'other'] },
];

test('killed under load, the books lose no debit, make none twice and overspend nothing', async () => {
  const survived = await besiege({ seed: 7, workspaces: 200, blows });
  expect(faultsOf(survived)).toEqual(noFaults);
  expect(survived.acknowledged.length).toBeGreaterThan(100);
}, 120_000);
