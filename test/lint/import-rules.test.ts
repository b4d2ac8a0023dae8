import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkImportRules } from '../../scripts/import-rules.ts';
import type { ImportReport } from '../../scripts/import-rules.ts';

interface Canary {
  readonly rule: string;
  readonly file: string;
  readonly code: string;
}

/** One planted violation per rule. Each file stands in a source tree of its own making. */
const canaries: readonly Canary[] = [
  { rule: 'domain-imports-only-its-own', file: 'src/domain/a.ts', code: "import 'node:fs';" },
  { rule: 'ports-imports-only-its-own', file: 'src/ports/a.ts', code: "import 'zod';" },
  { rule: 'workflows-imports-only-its-own', file: 'src/workflows/a.ts', code: "import 'zod';" },
  { rule: 'store-imports-only-its-own', file: 'src/store/a.ts', code: "import 'stripe';" },
  { rule: 'stripe-imports-only-its-own', file: 'src/stripe/a.ts', code: "import 'postgres';" },
  { rule: 'booking-imports-only-its-own', file: 'src/booking/a.ts', code: "import 'postgres';" },
  { rule: 'foresight-imports-only-its-own', file: 'src/foresight/a.ts', code: "import 'node:fs';" },
  { rule: 'mail-imports-only-its-own', file: 'src/mail/a.ts', code: "import 'stripe';" },
  { rule: 'pdf-imports-only-its-own', file: 'src/pdf/a.ts', code: "import 'stripe';" },
  {
    rule: 'activities-imports-only-its-own',
    file: 'src/activities/a.ts',
    code: "import 'express';",
  },
  { rule: 'cases-imports-only-its-own', file: 'src/cases/a.ts', code: "import '../store/z.ts';" },
  { rule: 'catalog-imports-only-its-own', file: 'src/catalog/a.ts', code: "import 'postgres';" },
  { rule: 'temporal-imports-only-its-own', file: 'src/temporal/a.ts', code: "import 'express';" },
  { rule: 'api-imports-only-its-own', file: 'src/api/a.ts', code: "import '../store/z.ts';" },
  {
    rule: 'client-imports-only-its-own',
    file: 'src/client/a.ts',
    code: "import '../domain/z.ts';",
  },
  { rule: 'web-imports-only-its-own', file: 'src/web/a.ts', code: "import '../domain/z.ts';" },
  {
    rule: 'workflows-sees-only-types-of-ports',
    file: 'src/workflows/b.ts',
    code: "import { z } from '../ports/z.ts'; z();",
  },
  {
    rule: 'api-sees-only-types-of-catalog',
    file: 'src/api/b.ts',
    code: "import { z } from '../catalog/z.ts'; z();",
  },
  {
    rule: 'only-calendar-knows-temporal-polyfill',
    file: 'src/domain/proration.ts',
    code: "import 'temporal-polyfill/implementation';",
  },
  {
    rule: 'temporal-polyfill-by-its-implementation',
    file: 'src/domain/values/calendar.ts',
    code: "import 'temporal-polyfill';",
  },
  {
    rule: 'only-entry-points-read-config',
    file: 'src/store/b.ts',
    code: "import '../config.ts';",
  },
  { rule: 'config-imports-only-zod', file: 'src/config.ts', code: "import './domain/z.ts';" },
  {
    rule: 'nobody-imports-entry-points',
    file: 'src/booking/b.ts',
    code: "import '../worker.ts';",
  },
  {
    rule: 'product-never-imports-tests',
    file: 'src/cli/a.ts',
    code: "import '../../test/z.ts';",
  },
  { rule: 'no-cycles', file: 'src/domain/c.ts', code: "import './d.ts';" },
  { rule: 'no-unknown-imports', file: 'src/domain/e.ts', code: "import './nowhere.ts';" },
];

/** What the canaries import, and imports that are allowed: none of these may be reported. */
const lawful: Readonly<Record<string, string>> = {
  'src/domain/z.ts': 'export const z = (): number => 1;',
  'src/domain/values/calendar-days.ts': "import 'temporal-polyfill/implementation';",
  'src/ports/z.ts': "import '../domain/z.ts'; export const z = (): number => 1;",
  'src/catalog/z.ts': "import 'yaml'; import 'zod'; export const z = (): number => 1;",
  'src/store/z.ts': "import 'postgres'; import 'node:crypto'; import '../ports/z.ts';",
  'src/workflows/z.ts': "import type { z } from '../ports/z.ts'; export type Z = typeof z;",
  'src/worker.ts': "import './store/z.ts'; import './config.ts';",
  'test/z.ts': "import '../src/domain/z.ts';",
};

let directory: string;
let report: ImportReport;

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tollgate-import-rules-'));
  fs.symlinkSync(path.resolve('node_modules'), path.join(directory, 'node_modules'));
  plant('src/domain/d.ts', "import './c.ts';");
  for (const { file, code } of canaries) plant(file, code);
  for (const [file, code] of Object.entries(lawful)) plant(file, code);
  report = await checkImportRules(directory);
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function plant(file: string, code: string): void {
  const target = path.join(directory, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, `${code}\n`);
}

test.each(canaries)('$rule fires on a planted violation', ({ rule, file }) => {
  const found = report.violations.filter((violation) => violation.from === file);
  expect(found.map((violation) => violation.rule)).toContain(rule);
});

test('every rule has a planted violation', () => {
  expect(canaries.map(({ rule }) => rule).toSorted()).toEqual(report.ruleNames.toSorted());
});

test('imports that the architecture allows are not reported', () => {
  const found = report.violations.filter(({ from }) => Object.hasOwn(lawful, from));
  expect(found).toEqual([]);
});
