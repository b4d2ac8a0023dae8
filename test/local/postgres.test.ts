import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../../src/local/ports.ts';
import { choosePostgresHome, possibleHomes } from '../../src/local/postgres-home.ts';
import { startPostgres, stopPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres, PostgresOptions } from '../../src/local/postgres.ts';
import { occupyPort } from './listener.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

interface Ground {
  readonly options: PostgresOptions;
  readonly home: string;
  readonly data: string;
  readonly said: string[];
}

function makeGround(): Ground {
  const directory = path.join(makeTemporaryDirectory(), 'postgres');
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const home = choosePostgresHome(directory, say).directory;
  onTestFinished(async () => {
    fs.chmodSync(home, 0o700);
    await stopPostgres(directory);
    for (const place of possibleHomes(directory)) {
      fs.rmSync(place, { recursive: true, force: true });
    }
  });
  const options = { directory, choosePort: () => findFreePort(), durability: 'disposable', say };
  // The literal 'disposable' is widened to string above.
  return { options: options as PostgresOptions, home, data: path.join(home, 'data'), said };
}

async function readOne(server: LocalPostgres): Promise<unknown> {
  const sql = postgres(server.urlOf('postgres'), { max: 1 });
  try {
    const [row] = await sql`select 1 as one`;
    return row?.['one'];
  } finally {
    await sql.end();
  }
}

describe('the local PostgreSQL', () => {
  test('is taken over, not started twice, when it runs already', async () => {
    const { options } = makeGround();
    const first = await startPostgres(options);
    const second = await startPostgres(options);
    expect([second.pid, second.port]).toEqual([first.pid, first.port]);
    expect(await readOne(second)).toBe(1);
  });

  test('starts beside the remains of a creation that was killed half way', async () => {
    const { options, home } = makeGround();
    const remains = path.join(home, 'draft-of-a-killed-start');
    fs.mkdirSync(path.join(remains, 'base'), { recursive: true });
    fs.writeFileSync(path.join(remains, 'PG_VERSION'), '18\n');
    expect(await readOne(await startPostgres(options))).toBe(1);
    expect(fs.existsSync(remains)).toBe(false);
  });

  test('recovers after a SIGKILL', async () => {
    const { options } = makeGround();
    const first = await startPostgres(options);
    process.kill(first.pid, 'SIGKILL');
    const second = await startPostgres(options);
    expect(second.pid).not.toBe(first.pid);
    expect(await readOne(second)).toBe(1);
  });

  test('starts when another program has the pid of its old pid file by now', async () => {
    const { options, data, said } = makeGround();
    const first = await startPostgres(options);
    const pidFile = path.join(data, 'postmaster.pid');
    const text = fs.readFileSync(pidFile, 'utf8');
    await first.stop('fast');
    const { account } = choosePostgresHome(options.directory, options.say);
    const other = spawn('sleep', ['600'], { ...account, stdio: 'ignore' });
    await once(other, 'spawn');
    onTestFinished(() => void other.kill());
    fs.writeFileSync(pidFile, text.replace(/^\d+/, String(other.pid)));
    expect(await readOne(await startPostgres(options))).toBe(1);
    expect(said).toEqual([
      `PostgreSQL (process ${other.pid}) did not end properly last time; it recovers`,
    ]);
  });

  test('stops for good, and gives its port back', async () => {
    const { options } = makeGround();
    const server = await startPostgres(options);
    await server.stop('fast');
    await expect(readOne(server)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the local PostgreSQL is refused with what to do', () => {
  test('when its port is in use', async () => {
    const { options } = makeGround();
    const port = await occupyPort();
    await expect(startPostgres({ ...options, choosePort: async () => port })).rejects.toThrow(
      `Port ${port}, meant for PostgreSQL, is in use by another program.`,
    );
  });

  test('when its directory cannot be read', async () => {
    const { options, home } = makeGround();
    fs.chmodSync(home, 0o000);
    await expect(startPostgres(options)).rejects.toThrow(
      new RegExp(`^${home} cannot be read and written by .*chmod -R u\\+rwX ${home}$`),
    );
  });

  test('when its data is not whole, and nothing of it is removed', async () => {
    const { options, data } = makeGround();
    fs.mkdirSync(data);
    fs.chownSync(data, fs.statSync(path.dirname(data)).uid, fs.statSync(path.dirname(data)).gid);
    fs.writeFileSync(path.join(data, 'kept'), '');
    await expect(startPostgres(options)).rejects.toThrow('PG_VERSION is missing');
    expect(fs.existsSync(path.join(data, 'kept'))).toBe(true);
  });

  test('when another version of PostgreSQL wrote its data', async () => {
    const { options, data } = makeGround();
    await (await startPostgres(options)).stop('fast');
    fs.writeFileSync(path.join(data, 'PG_VERSION'), '17\n');
    await expect(startPostgres(options)).rejects.toThrow(
      `${data} was written by PostgreSQL 17, and this is 18.`,
    );
  });

  test('when something else stands in its place', async () => {
    const directory = path.join(makeTemporaryDirectory(), 'postgres');
    fs.writeFileSync(directory, '');
    expect(() => choosePostgresHome(directory, () => undefined)).toThrow(
      `${directory} is not a directory`,
    );
  });
});
