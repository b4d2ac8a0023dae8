import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Books } from '../store/ledger/books.ts';

export interface LimitedDisk {
  readonly makeRoom: () => Promise<void>;
  readonly release: () => Promise<void>;
}

const megabytes = 1;

/**
 * Puts this month's entries on a disk of one megabyte. Only the superuser may mount one; elsewhere the books say
 * that the disk is full after so many debits, which is what the driver would be told.
 */
export async function limitDisk(books: Books): Promise<LimitedDisk> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tollgate-disk-'));
  const isMounted = mount(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory]);
  if (!isMounted) {
    fs.rmdirSync(directory);
    return pretendFull(books);
  }
  const [home] = await books.admin<{ directory: string }[]>`
    select current_setting('data_directory') as directory`;
  const { uid, gid } = fs.statSync(home?.directory ?? '');
  fs.chownSync(directory, uid, gid);
  const name = `disk_${process.pid}`;
  await books.admin.unsafe(`create tablespace ${name} location '${directory}'`);
  const [row] = await books.admin<{ partition: string }[]>`
    select 'ledger.usage_entry_' || to_char(now() at time zone 'UTC', 'YYYY_MM') as partition`;
  const move = (to: string) =>
    books.admin.unsafe(`alter table ${row?.partition ?? ''} set tablespace ${to}`);
  await move(name);
  return {
    makeRoom: async () => {
      spawnSync('mount', ['-o', 'remount,size=64m', directory]);
    },
    release: async () => {
      await move('pg_default');
      await books.admin.unsafe(`drop tablespace ${name}`);
      spawnSync('umount', [directory]);
      fs.rmdirSync(directory);
    },
  };
}

const mount = (args: readonly string[]): boolean =>
  process.platform === 'linux' && spawnSync('mount', [...args]).status === 0;

async function pretendFull({ admin }: Books): Promise<LimitedDisk> {
  await admin.unsafe(`create function find_no_room() returns trigger language plpgsql as $$
    begin
      if (select count(*) from usage_entry) > 2000 then
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
      end if;
      return null;
    end $$;
    create trigger full_disk before insert on usage_entry
    for each statement execute function find_no_room()`);
  const makeRoom = async (): Promise<void> => {
    await admin`drop trigger if exists full_disk on usage_entry`;
  };
  return { makeRoom, release: makeRoom };
}
