import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { hasCode, readIfPresent } from './files.ts';

/** The state "listening" in the kernel's tables of connections. */
const LISTENING = '0A';

/**
 * Whether this very process listens on the port. An answering port alone proves nothing: the answer
 * may come from a server of another clone that was there first.
 */
export function listensOn(pid: number, port: number): boolean {
  if (process.platform === 'linux') {
    const sockets = readListeningSockets(port);
    return readOpenFiles(pid).some((file) => sockets.has(file));
  }
  const args = ['-a', '-p', String(pid), `-iTCP:${port}`, '-sTCP:LISTEN', '-nP', '-t'];
  return spawnSync('lsof', args, { encoding: 'utf8' }).stdout.trim() !== '';
}

function readListeningSockets(port: number): ReadonlySet<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readIfPresent(file) ?? '');
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  const inodes = rows
    .filter(([, local, , state]) => local?.endsWith(wanted) === true && state === LISTENING)
    .map((row) => `socket:[${row[9]}]`);
  return new Set(inodes);
}

function readOpenFiles(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return fs.readdirSync(directory).map((name) => readLink(`${directory}/${name}`));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function readLink(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch (error) {
    // Closed between the listing and the reading.
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
