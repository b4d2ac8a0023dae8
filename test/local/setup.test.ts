import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryDirectory } from './temporary-directory.ts';

/** A clone with nothing to install, so that the real npm needs no network and half a second. */
function makeClone(): string {
  const clone = makeTemporaryDirectory();
  const manifest = { name: 'clone', version: '1.0.0' };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest } };
  fs.writeFileSync(path.join(clone, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(clone, 'package-lock.json'), JSON.stringify(lock));
  fs.mkdirSync(path.join(clone, 'scripts'));
  for (const name of ['setup.mjs', 'patch-driver.mjs']) {
    fs.copyFileSync(path.join('scripts', name), path.join(clone, 'scripts', name));
  }
  return clone;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function setUp(clone: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(clone, 'scripts', 'setup.mjs')]);
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...text }));
  });
}

const hasInstalled = ({ stderr }: Ended): boolean => stderr.includes('setup: installed in');

test('installs once, says nothing on stdout, and is silent when all is there', async () => {
  const clone = makeClone();
  const first = await setUp(clone);
  expect(first).toMatchObject({ status: 0, stdout: '' });
  expect(hasInstalled(first)).toBe(true);
  expect(await setUp(clone)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('installs again when the lock file changed', async () => {
  const clone = makeClone();
  await setUp(clone);
  fs.appendFileSync(path.join(clone, 'package-lock.json'), '\n');
  expect(hasInstalled(await setUp(clone))).toBe(true);
});

test('lets one of several at once install, and the others wait for it', async () => {
  const clone = makeClone();
  const ends = await Promise.all([setUp(clone), setUp(clone), setUp(clone)]);
  expect(ends.map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(ends.filter(hasInstalled)).toHaveLength(1);
  expect(fs.readdirSync(path.join(clone, '.data'))).toEqual([]);
});

test('takes over the lock of a set-up that was killed', async () => {
  const clone = makeClone();
  fs.mkdirSync(path.join(clone, '.data'));
  fs.writeFileSync(path.join(clone, '.data', 'setup.lock'), '2147483000');
  expect(hasInstalled(await setUp(clone))).toBe(true);
});

test('leaves nothing that looks installed when npm fails', async () => {
  const clone = makeClone();
  const manifest = { name: 'clone', version: '1.0.0', dependencies: { gone: 'file:./gone' } };
  fs.writeFileSync(path.join(clone, 'package.json'), JSON.stringify(manifest));
  const failed = await setUp(clone);
  expect(failed.status).not.toBe(0);
  expect(failed.stderr).toContain('npm ci failed');
  expect(fs.existsSync(path.join(clone, 'node_modules', '.setup-stamp'))).toBe(false);
  expect(fs.readdirSync(path.join(clone, '.data'))).toEqual([]);
});
