import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTemporal, userCacheDirectory } from '../../src/local/temporal-finder.ts';
import type { TemporalSearch } from '../../src/local/temporal-finder.ts';
import { makeTemporaryDirectory, writeProgram } from './temporary-directory.ts';

const cliOf = (server: string): string =>
  `#!/bin/sh\necho "temporal version 1.5.1 (Server ${server}, UI 2.42.1)"\n`;

interface Machine extends TemporalSearch {
  readonly asked: string[];
}

/** A machine that has everything; a test takes away what it must not find. */
function makeMachine(): Machine {
  const root = makeTemporaryDirectory();
  const asked: string[] = [];
  const writeCli = (place: string, server: string): string =>
    writeProgram(path.join(root, place, 'temporal'), cliOf(server));
  writeCli('on-path', '1.0.2');
  writeCli('cache', '1.0.3');
  return {
    asked,
    env: {
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_CLI_PATH: writeCli('named', '1.0.1'),
      PATH: `${root}/nothing-here:${root}/on-path`,
    },
    cacheDirectory: path.join(root, 'cache'),
    download: async () => {
      asked.push('download');
      return writeCli('downloaded', '1.0.4');
    },
    build: async () => {
      asked.push('build');
      return writeCli('built', '1.0.5');
    },
  };
}

const withoutAddress = (machine: Machine): Machine => ({
  ...machine,
  env: { ...machine.env, TEMPORAL_ADDRESS: '' },
});
const withoutName = (machine: Machine): Machine => ({
  ...withoutAddress(machine),
  env: { PATH: machine.env['PATH'] },
});
const withoutPath = (machine: Machine): Machine => ({ ...withoutName(machine), env: {} });
function withoutCache(machine: Machine): Machine {
  fs.rmSync(machine.cacheDirectory, { recursive: true });
  return withoutPath(machine);
}
const withoutDownload = (machine: Machine): Machine => ({
  ...withoutCache(machine),
  download: async () => {
    machine.asked.push('download');
    return undefined;
  },
});

describe('the Temporal server is taken from', () => {
  test('the address in the environment before everything else', async () => {
    expect(await findTemporal(makeMachine())).toEqual({
      kind: 'server',
      address: 'temporal.example:7233',
    });
  });

  test.each([
    ['the named program when no address is set', withoutAddress, '1.0.1', []],
    ['the PATH when no program is named', withoutName, '1.0.2', []],
    ["the user's cache when the PATH has none", withoutPath, '1.0.3', []],
    ['a download when the cache has none', withoutCache, '1.0.4', ['download']],
    ['a build when there is no download', withoutDownload, '1.0.5', ['download', 'build']],
  ])('%s', async (_, takeAway, version, asked) => {
    const machine = takeAway(makeMachine());
    expect(await findTemporal(machine)).toMatchObject({ kind: 'program', version });
    expect(machine.asked).toEqual(asked);
  });
});

describe('the search', () => {
  test('says what to install when the server is nowhere', async () => {
    const machine = { ...withoutDownload(makeMachine()), build: async () => undefined };
    await expect(findTemporal(machine)).rejects.toThrow(/install the Temporal CLI.*install Go/s);
  });

  test('refuses a named program that is no Temporal CLI instead of taking another', async () => {
    const machine = makeMachine();
    const wrong = writeProgram(path.join(makeTemporaryDirectory(), 'temporal'), '#!/bin/sh\n');
    const env = { PATH: machine.env['PATH'], TEMPORAL_CLI_PATH: wrong };
    await expect(findTemporal({ ...machine, env })).rejects.toThrow(
      `${wrong} is not a Temporal CLI that runs here`,
    );
  });

  test('passes over a broken program on the PATH', async () => {
    const machine = withoutName(makeMachine());
    const broken = writeProgram(path.join(makeTemporaryDirectory(), 'temporal'), '#!/bin/sh\n');
    const env = { PATH: `${path.dirname(broken)}:${machine.env['PATH']}` };
    expect(await findTemporal({ ...machine, env })).toMatchObject({ version: '1.0.2' });
  });

  test('caches outside the clone, by version, where the user keeps caches', () => {
    expect(userCacheDirectory({ XDG_CACHE_HOME: '/caches' })).toBe(
      '/caches/tollgate/temporal-cli-1.5.1',
    );
  });
});
