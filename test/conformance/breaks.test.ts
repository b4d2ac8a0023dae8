import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { broken, readBreaks } from '../../scripts/mutation/breaks.ts';
import { projectRoot } from '../../src/local/paths.ts';

const inProject = (file: string): string => path.join(projectRoot, file);

test('each break of the mutation run can be made in the code as it is, and names a test that is there', () => {
  for (const one of readBreaks(projectRoot)) {
    const whole = readFileSync(inProject(one.file), 'utf8');
    expect(broken(whole, one)).not.toBe(whole);
    expect(one.test).toSatisfy((file: string) => existsSync(inProject(file)));
  }
});
