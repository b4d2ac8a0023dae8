import fs from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { variableNames } from '../../src/config.ts';

// This machine need not have Docker: what can be known of the file without it is known here.
const text = fs.readFileSync('docker-compose.yml', 'utf8');

const service = z.object({
  image: z.string(),
  user: z.string(),
  restart: z.string(),
  init: z.literal(true),
  read_only: z.boolean(),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  environment: z.record(z.string(), z.string()),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  deploy: z.object({
    resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }),
  }),
});
const composeFile = z.object({
  services: z.record(z.string(), service.loose()),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) }).nullable()),
});
const { services, networks } = composeFile.parse(parse(text, { merge: true }));
const all = Object.entries(services);
const jobs = ['temporal-schema', 'temporal-namespace', 'migrate', 'audit'];

test('every service is locked down as the schema of this test demands', () => {
  expect(Object.keys(services)).toEqual([
    'postgres',
    'temporal-schema',
    'temporal',
    'temporal-namespace',
    'temporal-ui',
    'migrate',
    'api',
    'worker',
    'audit',
  ]);
  const writable = all.filter(([, { read_only }]) => !read_only).map(([name]) => name);
  expect(writable).toEqual(['temporal-ui']);
  expect(text).not.toMatch(/privileged|cap_add|network_mode|docker\.sock|pid:/);
});

test.each(all)('%s runs a pinned image as somebody who is not root', (_name, { image, user }) => {
  expect(image).toMatch(/^([a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?|tollgate:\$\{IMAGE_TAG:\?[^}]+\})$/);
  expect(user).toMatch(/^(node|[1-9]\d*:[1-9]\d*)$/);
});

test.each(all)(
  '%s says when it is well, or is a job that ends',
  (name, { healthcheck, restart }) => {
    expect(healthcheck === undefined).toBe(jobs.includes(name));
    expect(restart).toMatch(jobs.includes(name) ? /^(on-failure:\d+|no)$/ : /^unless-stopped$/);
  },
);

test.each(all)('%s waits for jobs to end and for servers to be well', (_name, { depends_on }) => {
  for (const [other, { condition }] of Object.entries(depends_on)) {
    expect(condition).toBe(
      jobs.includes(other) ? 'service_completed_successfully' : 'service_healthy',
    );
  }
});

test('only the API is reached from outside, and only the API and the worker reach out', () => {
  const published = all.filter(([, { ports }]) => ports.length > 0);
  expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
    ['temporal-ui', ['127.0.0.1:8080:8080']],
    ['api', ['${TOLLGATE_PORT:-4000}:4000']],
  ]);
  expect(networks['data']).toEqual({ internal: true });
  const outside = all.filter(([, service]) => service.networks.includes('outside'));
  expect(outside.map(([name]) => name)).toEqual(['api', 'worker']);
  expect(services['temporal-ui']?.profiles).toEqual(['operator']);
});

test('every secret must be given: none has a default, and none stands in the file', () => {
  const secrets = [...text.matchAll(/\$\{(\w+)([^}]*)\}/g)].filter(([, name = '']) =>
    /PASSWORD|SECRET/.test(name),
  );
  expect(new Set(secrets.map(([, name]) => name))).toEqual(
    new Set([
      'DB_APP_PASSWORD',
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRETS',
      'POSTGRES_PASSWORD',
      'DB_OWNER_PASSWORD',
      'DB_AUDIT_PASSWORD',
      'DB_TEMPORAL_PASSWORD',
    ]),
  );
  for (const [, , rest] of secrets) expect(rest).toMatch(/^:\?\w+/);
  const values = all.flatMap(([, { environment }]) => Object.entries(environment));
  const named = values.filter(([name]) => /PASSWORD|PWD|SECRET/.test(name));
  for (const [, value] of named) expect(value).toMatch(/^\$\{\w+:\?[^}]+\}$/);
});

test('only the migrations know the owner of the database', () => {
  const knowing = all.filter(([, { environment }]) =>
    JSON.stringify(environment).includes('DB_OWNER_PASSWORD'),
  );
  expect(knowing.map(([name]) => name)).toEqual(['postgres', 'migrate']);
});

test('API and worker are given settings that exist, and the same ones but for the audit', () => {
  const settings = Object.keys(services['api']?.environment ?? {});
  expect(settings.filter((name) => !variableNames.includes(name))).toEqual([]);
  const { AUDIT_DATABASE_URL, ...same } = services['worker']?.environment ?? {};
  expect(same).toEqual(services['api']?.environment);
  expect(AUDIT_DATABASE_URL).toBe(services['audit']?.environment['AUDIT_DATABASE_URL']);
});
