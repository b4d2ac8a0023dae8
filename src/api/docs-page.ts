import { escapeHtml } from '../domain/values/escape-html.ts';
import { inline, page } from './html.ts';
import type { OpenApiDocument } from './openapi.ts';

type Operation = {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly fields: readonly Field[];
  readonly answers: readonly (readonly [status: string, description: string])[];
};

type Field = { readonly name: string; readonly where: string; readonly what: string };

/** The API on one page, from its OpenAPI document. */
export function docsPage(document: OpenApiDocument): string {
  const operations = operationsIn(document);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const families = tags.map((tag) => {
    const own = operations.filter((operation) => operation.tag === tag);
    return `<h2>${escapeHtml(tag)}</h2>\n${own.map(section).join('\n')}`;
  });
  const about = inline(document.info.description ?? '');
  return page(
    'Tollgate: the HTTP API',
    `<p>${about} <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/docs/errors">errors</a>.</p>\n` +
      families.join('\n'),
  );
}

function section(operation: Operation): string {
  const { method, path, summary, description, fields, answers } = operation;
  const rows = fields.map(
    ({ name, where, what }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${where}</td>` +
      `<td>${inline(what)}</td></tr>`,
  );
  const told = answers.map(
    ([status, what]) =>
      `<tr><td>${status}</td><td>${inline(what).replaceAll('\n', '<br>')}</td></tr>`,
  );
  return `<section><h3>${method.toUpperCase()} <code>${escapeHtml(path)}</code></h3>
<p>${inline(summary)} ${inline(description)}</p>
<table>${rows.join('\n')}</table>
<details><summary>Answers</summary><table>${told.join('\n')}</table></details></section>`;
}

const methods = ['get', 'put', 'post', 'delete'] as const;

const operationsIn = (document: OpenApiDocument): Operation[] =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const { tags = [], summary = '', description = '', responses = {} } = operation;
      return [
        {
          method,
          path,
          tag: tags[0] ?? '',
          summary,
          description,
          fields: [...parametersOf(operation), ...bodyFieldsOf(document, operation)],
          answers: Object.entries(responses).map(
            ([status, answer]) => [status, descriptionOf(answer)] as const,
          ),
        },
      ];
    }),
  );

/** The document is data that we made ourselves; this reads it as what the standard says it is. */
type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const descriptionOf = (value: unknown): string => (isNode(value) ? text(value['description']) : '');

function parametersOf(operation: { readonly parameters?: readonly unknown[] }): Field[] {
  return (operation.parameters ?? []).filter(isNode).map((parameter) => ({
    name: text(parameter['name']),
    where: text(parameter['in']),
    what: describeSchema(parameter['schema'], text(parameter['description'])),
  }));
}

function bodyFieldsOf(
  document: OpenApiDocument,
  operation: { readonly requestBody?: unknown },
): Field[] {
  const schema = dig(operation.requestBody, ['content', 'application/json', 'schema']);
  const resolved = isNode(schema) && '$ref' in schema ? resolve(document, schema['$ref']) : schema;
  const properties = dig(resolved, ['properties']);
  if (!isNode(properties)) return [];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    where: 'body',
    what: describeSchema(property, ''),
  }));
}

const resolve = (document: OpenApiDocument, ref: unknown): unknown =>
  dig(document, text(ref).replace(/^#\//, '').split('/'));

const dig = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), value);

function describeSchema(schema: unknown, fallback: string): string {
  if (!isNode(schema)) return fallback;
  const { type, enum: values, description } = schema;
  const kind = Array.isArray(values)
    ? values.map(String).join(' | ')
    : Array.isArray(type)
      ? type.map(String).join(' | ')
      : text(type);
  return [kind, text(description) || fallback].filter((part) => part !== '').join(': ');
}
