import fs from 'node:fs';
import { expect, test } from 'vitest';
import { variableNames } from '../../src/config.ts';

const lines = fs.readFileSync('.env.example', 'utf8').split('\n');
const settings = lines.flatMap((line, index) => {
  const [, off = '', name, value = ''] = /^(# )?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? [];
  return name === undefined ? [] : [{ name, off, value, above: lines[index - 1] ?? '' }];
});

const ofCompose = [
  'DB_APP_PASSWORD',
  'DB_AUDIT_PASSWORD',
  'DB_OWNER_PASSWORD',
  'DB_TEMPORAL_PASSWORD',
  'IMAGE_TAG',
  'POSTGRES_PASSWORD',
];

test('tells every setting of the processes and every variable of docker compose, once', () => {
  const names = settings.map(({ name }) => name).toSorted();
  expect(names).toEqual([...variableNames, ...ofCompose].toSorted());
  const compose = fs.readFileSync('docker-compose.yml', 'utf8');
  const asked = [...compose.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  expect([...new Set(asked)].filter((name) => !names.includes(name))).toEqual([]);
});

test('explains each in the line above it', () => {
  const unexplained = settings.filter(({ above }) => !/^# \S/.test(above));
  expect(unexplained).toEqual([]);
});

test('holds no value that somebody could forget to change', () => {
  expect(settings.filter(({ off, value }) => off === '' && value !== '')).toEqual([]);
});
