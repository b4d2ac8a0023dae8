import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freshRequest } from './load.ts';
import { findProgram } from './find-program.ts';

const run = promisify(execFile);

/** A load over HTTP that costs about a tenth of what bare sockets of our own do. */
export interface Wrk {
  /** Calls a second, and the milliseconds that the slowest hundredth of them took at least. */
  readonly load: (roundMs: number, of: Load) => Promise<{ perSecond: number; p99Ms: number }>;
}

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Used in turn, because each may call only so often a minute. */
  readonly keys: readonly string[];
  /** Workspaces are `w<number>`, and so on: each call names any of these. */
  readonly workspaces: readonly [first: number, last: number];
  readonly members: number;
  readonly spaces: number;
}

/** Where the program is installed; undefined: nowhere. */
export function findWrk(): Wrk | undefined {
  const program = findProgram('wrk');
  return program === undefined
    ? undefined
    : { load: (roundMs, of) => loadBy(program, roundMs, of) };
}

async function loadBy(
  program: string,
  roundMs: number,
  of: Load,
): Promise<{ perSecond: number; p99Ms: number }> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tollgate-bench-wrk-'));
  const script = path.join(directory, 'debits.lua');
  writeFileSync(script, scriptOf(of));
  const seconds = Math.max(1, Math.round(roundMs / 1_000));
  const { stdout } = await run(program, [
    ...['-t', '1', '-c', `${of.connections}`, '-d', `${seconds}s`, '--timeout', '30s'],
    ...['--latency', '-s', script, `http://127.0.0.1:${of.port}`],
  ]);
  rmSync(directory, { recursive: true });
  if (/Non-2xx|Socket errors/.test(stdout))
    throw new Error(`not every call was answered: ${stdout}`);
  return { perSecond: numberIn(stdout, /Requests\/sec:\s+([\d.]+)/), p99Ms: p99In(stdout) };
}

const millisecondsOf: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

function p99In(told: string): number {
  const unit = /99%\s+[\d.]+(us|ms|s)/.exec(told)?.[1] ?? '';
  return numberIn(told, /99%\s+([\d.]+)/) * (millisecondsOf[unit] ?? Number.NaN);
}

function numberIn(told: string, pattern: RegExp): number {
  const found = pattern.exec(told)?.[1];
  if (found === undefined) throw new Error(`wrk told no ${pattern.source}: ${told}`);
  return Number(found);
}

/** A debit of one line, as the sockets send it; every call has a key that no other has. */
const scriptOf = ({ keys, workspaces: [first, last], members, spaces }: Load): string => `
local keys = { ${keys.map((key) => `"${key}"`).join(', ')} }
local calls = 0
local headers = { ["content-type"] = "application/json" }
function request()
  calls = calls + 1
  headers["authorization"] = "Bearer " .. keys[calls % #keys + 1]
  headers["idempotency-key"] = "${freshRequest().key}-" .. calls
  return wrk.format("POST", "/api/workspaces/w" .. math.random(${first}, ${last}) .. "/debits", headers,
    '{"lines":[{"line":"llm","model":"sonnet-4.6","tokens":{"input":1000,"output":200}}],"member":"m' ..
    math.random(1, ${members}) .. '","space":"s' .. math.random(1, ${spaces}) .. '"}')
end
`;
