import fs from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Child } from '../../src/local/child.ts';
import { listensOn } from '../../src/local/listening.ts';
import { findFreePort } from '../../src/local/ports.ts';
import { isRunning } from '../../src/local/process.ts';
import { startTemporal } from '../../src/local/temporal.ts';
import type { TemporalOptions } from '../../src/local/temporal.ts';
import { requestTemporalAddress } from '../support/temporal.ts';
import { occupyPort } from './listener.ts';
import { makeTemporaryDirectory, writeProgram } from './temporary-directory.ts';

/** Stands for the server where only its process and its port matter: starts in no time. */
const LISTENER = `#!/usr/bin/env node
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
require('node:net').createServer().listen(port, '127.0.0.1', () => console.log('Server:  x:1'));
`;
const LIAR = '#!/bin/sh\necho "Server:  127.0.0.1:1"\nexec sleep 600\n';

async function plan(program: string): Promise<TemporalOptions> {
  const directory = makeTemporaryDirectory();
  return {
    program: writeProgram(path.join(directory, 'temporal'), program),
    version: '1.29.1',
    directory,
    port: await findFreePort(),
    uiPort: undefined,
    durability: 'disposable',
    logFile: path.join(directory, 'temporal.log'),
    pidFile: path.join(directory, 'temporal.pid.json'),
  };
}

async function startUntilTestEnds(options: TemporalOptions): Promise<Child> {
  const child = await startTemporal(options);
  onTestFinished(() => child.stop(5_000));
  return child;
}

describe('the local Temporal server', () => {
  test('knows the search attributes that operators filter by', async () => {
    const connection = await Connection.connect({ address: await requestTemporalAddress() });
    onTestFinished(() => connection.close());
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(customAttributes).toMatchObject({
      TollgateProduct: 2,
      TollgatePlan: 2,
      TollgateStatus: 2,
      TollgateNextDeadline: 6,
      TollgateNextDeadlineKind: 2,
    });
  });

  test('is started only where nobody listens yet', async () => {
    const port = await occupyPort();
    await expect(startTemporal({ ...(await plan(LISTENER)), port })).rejects.toThrow(
      `Port ${port}, meant for Temporal, is in use by another program.`,
    );
  });

  test('is refused, and ended, when the port does not answer by its process', async () => {
    const options = await plan(LIAR);
    await expect(startTemporal(options)).rejects.toThrow('was taken by another program');
    expect(fs.existsSync(options.pidFile)).toBe(false);
  });

  test('listens itself on the port it was given', async () => {
    const options = await plan(LISTENER);
    const { identity } = await startUntilTestEnds(options);
    expect(isRunning(identity)).toBe(true);
    expect(listensOn(identity.pid, options.port)).toBe(true);
    expect(listensOn(process.pid, options.port)).toBe(false);
  });

  test('drops its file when the version changed, and keeps it otherwise', async () => {
    const options = await plan(LISTENER);
    const database = path.join(options.directory, 'temporal.db');
    await (await startTemporal(options)).stop(5_000);
    fs.writeFileSync(database, 'lives');
    await (await startTemporal(options)).stop(5_000);
    expect(fs.existsSync(database)).toBe(true);
    await startUntilTestEnds({ ...options, version: '1.30.0' });
    expect(fs.existsSync(database)).toBe(false);
  });
});
