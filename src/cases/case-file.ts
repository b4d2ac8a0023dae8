import { z } from 'zod';

/** A case file that cannot be read at all; the message says what to correct. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

const caseShape = z.looseObject({
  id: z.string().min(1),
  kind: z.string().optional(),
  follow: z.string().optional(),
  tags: z.array(z.string()).optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  expected: z.record(z.string(), z.unknown()).optional(),
  policy: z.record(z.string(), z.unknown()).optional(),
  steps: z.array(z.unknown()).optional(),
  expect: z.record(z.string(), z.unknown()).optional(),
  ours: z.unknown().optional(),
});

/** One case as its file gives it. What its shape means is found out later, case by case. */
export type Case = z.infer<typeof caseShape>;

/** The cases of a file: `{"cases": [...]}`, or the list alone. Each has at least an id. */
export function readCases(text: string): readonly Case[] {
  const content = parseJson(text);
  const list = Array.isArray(content) ? content : z.object({ cases: z.array(z.unknown()) });
  const found = Array.isArray(list) ? list : list.safeParse(content).data?.cases;
  if (found === undefined) {
    throw new UnreadableFile('has no list of cases; give it as {"cases": [...]}');
  }
  return found.map((one: unknown, index) => readCase(one, index));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UnreadableFile(`is not JSON: ${message}`);
  }
}

function readCase(value: unknown, index: number): Case {
  const parsed = caseShape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = ['cases', index, ...(issue?.path ?? [])].join('.');
  throw new UnreadableFile(`is no case file: ${where}: ${issue?.message ?? 'not a case'}`);
}

const remarks: readonly string[] = ['note', 'comment', 'description'];

/** The same without what only explains it to a reader. */
export function withoutRemarks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !remarks.includes(name)));
}
