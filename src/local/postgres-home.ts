import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StackProblem } from './stack-problem.ts';

/** The account that PostgreSQL runs as; nothing when it is the account that runs this process. */
export interface UnixAccount {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresHome {
  readonly directory: string;
  readonly account: UnixAccount | undefined;
}

/**
 * Where the cluster lives and as whom it runs. PostgreSQL refuses to run as root, so a root start
 * drops to another account, and that account must be able to reach the directory: a clone under
 * /root is not reachable, and then the cluster lives in the system's directory for lasting
 * temporary files, under a name made from the clone's path.
 */
export function choosePostgresHome(wanted: string, say: (line: string) => void): PostgresHome {
  const runsAsRoot = process.getuid?.() === 0;
  const account = runsAsRoot ? (ownerOf(wanted) ?? findServiceAccount()) : undefined;
  makeDirectory(path.dirname(wanted));
  const isReachable = account === undefined || allows(path.dirname(wanted), ['-x'], account);
  const directory = isReachable ? wanted : lastingDirectoryFor(wanted);
  if (!isReachable) {
    say(
      `PostgreSQL may not run as root, and user ${account.uid} cannot reach ${wanted}: ` +
        `the database lives in ${directory} instead`,
    );
  }
  makeOwnDirectory(directory, account);
  requireUsable(directory, account);
  return { directory, account };
}

/** Every place where the cluster of this directory may live, for a reset. */
export const possibleHomes = (wanted: string): string[] => [wanted, lastingDirectoryFor(wanted)];

function lastingDirectoryFor(wanted: string): string {
  const parent = fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir();
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  return path.join(parent, `tollgate-postgres-${key}`);
}

/** A cluster made by an ordinary user stays that user's, also when root starts it. */
function ownerOf(directory: string): UnixAccount | undefined {
  const stats = fs.statSync(directory, { throwIfNoEntry: false });
  return stats === undefined || stats.uid === 0 ? undefined : { uid: stats.uid, gid: stats.gid };
}

function findServiceAccount(): UnixAccount {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((option) => readId(option, name));
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new StackProblem(
    'PostgreSQL refuses to run as root, and there is no user "postgres" or "nobody" to run it as. ' +
      'Start Tollgate as an ordinary user, or set DATABASE_URL to a database of your own.',
  );
}

function readId(option: string, name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [option, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

/** `mkdir -p` with the mode said for each: a strict umask would lock the account out. */
function makeDirectory(directory: string): void {
  if (fs.existsSync(directory)) return;
  makeDirectory(path.dirname(directory));
  fs.mkdirSync(directory);
  fs.chmodSync(directory, 0o755);
}

/** Whether the account may do all that these options of `test` ask about. */
const allows = (
  directory: string,
  options: readonly string[],
  account: UnixAccount | undefined,
): boolean =>
  options.every((option) => {
    const { status } = spawnSync('test', [option, directory], { ...account, cwd: '/' });
    return status === 0;
  });

function requireUsable(directory: string, account: UnixAccount | undefined): void {
  for (const place of [directory, path.join(directory, 'data')]) {
    const isThere = allows(place, ['-e'], account);
    if (!isThere || allows(place, ['-r', '-w', '-x'], account)) continue;
    throw new StackProblem(
      `${place} cannot be read and written by the user that PostgreSQL runs as ` +
        `(uid ${account?.uid ?? process.getuid?.()}). Give it back: chmod -R u+rwX ${place}`,
    );
  }
}

function makeOwnDirectory(directory: string, account: UnixAccount | undefined): void {
  const expectedOwner = account?.uid ?? process.getuid?.();
  const before = fs.lstatSync(directory, { throwIfNoEntry: false });
  if (before === undefined) {
    fs.mkdirSync(directory, { mode: 0o700 });
    if (account !== undefined) fs.chownSync(directory, account.uid, account.gid);
    return;
  }
  if (!before.isDirectory()) {
    throw new StackProblem(`${directory} is not a directory. Remove it, and start again.`);
  }
  if (account !== undefined && before.uid === 0) {
    fs.chownSync(directory, account.uid, account.gid);
    return;
  }
  if (before.uid !== expectedOwner) {
    throw new StackProblem(
      `${directory} belongs to another user (uid ${before.uid}), so the database in it cannot be ` +
        `used. Start Tollgate as that user, or remove it: sudo rm -r ${directory}`,
    );
  }
}
