import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { docsPage } from '../../src/api/docs-page.ts';
import { errorsPage } from '../../src/api/errors-page.ts';
import { openApi } from '../../src/api/openapi.ts';
import { problemKinds } from '../../src/api/problem-kinds.ts';
import { routes } from '../../src/api/routes/all.ts';

const document = openApi(routes);
const run = promisify(execFile);

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The paths of all properties, anywhere in the document, that nothing describes. */
function undescribed(value: unknown, path: readonly string[] = []): string[] {
  if (!isNode(value)) return [];
  const own = isNode(value['properties'])
    ? Object.entries(value['properties'])
        .filter(([, property]) => isNode(property) && !says(property))
        .map(([name]) => [...path, name].join('.'))
    : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, child]) => undescribed(child, [...path, name])),
  ];
}

const says = (property: Node): boolean =>
  'description' in property || '$ref' in property || 'allOf' in property || 'oneOf' in property;

describe('the OpenAPI document', () => {
  test('is the committed one', async () => {
    const args = ['--import', 'tsx', 'scripts/generate.ts', '--check'];
    await expect(run(process.execPath, args)).resolves.toMatchObject({ stderr: '' });
  });

  test('has every route once, under a name of its own', () => {
    const operations = Object.values(document.paths ?? {}).flatMap((item) =>
      [item.get, item.put, item.post, item.delete].filter((operation) => operation !== undefined),
    );
    expect(operations).toHaveLength(routes.length);
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  test('describes every field', () => {
    expect(undescribed(document)).toEqual([]);
  });

  test('tells amounts as strings, never as numbers', () => {
    const text = JSON.stringify(document);
    expect(text).not.toContain('Micro"');
    expect(text).not.toContain('Minor"');
    expect(text).not.toContain('"bigint"');
  });
});

describe('the pages', () => {
  test('name every path, and every code at its own anchor [3.30]', () => {
    const docs = docsPage(document);
    for (const { path } of routes) expect(docs).toContain(`<code>${path}</code>`);
    const errors = errorsPage();
    for (const code of Object.keys(problemKinds)) expect(errors).toContain(`id="${code}"`);
  });

  test('show text as text, never as markup', () => {
    const [path] = Object.keys(document.paths ?? {});
    const evil = {
      ...document,
      paths: { [path ?? '']: { get: { summary: '<img src=x onerror=alert(1)>', responses: {} } } },
    };
    const docs = docsPage(evil);
    expect(docs).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(docs).not.toContain('<img');
  });
});
