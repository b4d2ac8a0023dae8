// Runs before every npm script, so a fresh clone needs nothing but Node and npm. It has no
// dependencies, because its task is to install them: when node_modules is missing, half installed,
// or belongs to another lock file, platform or Node ABI, it runs `npm ci`, and then it patches the
// PostgreSQL driver.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stampFile = path.join(root, 'node_modules', '.setup-stamp');
const lockFile = path.join(root, '.data', 'setup.lock');
const LOCK_POLL_MS = 250;

const say = (line) => process.stderr.write(`setup: ${line}\n`);

function fail(line) {
  say(line);
  process.exit(1);
}

function requireSupportedNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = (major === 20 && minor >= 20) || (major === 22 && minor >= 12) || major > 22;
  if (!supported) {
    fail(`Node ${process.versions.node} is not supported. Install Node 24 (or 20.20, or 22.12).`);
  }
  if (process.platform === 'win32') {
    fail('Windows is supported through WSL 2: clone and start Tollgate inside of it.');
  }
}

function wantedStamp() {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}-${process.versions.modules}`)
    .digest('hex');
}

const readText = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
};

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The pid is linked into place complete, so no reader ever sees an empty lock. */
function takeLock() {
  const mine = `${lockFile}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    fs.linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/** Two waiters may both see a dead owner: only the one that makes the guard may remove its lock. */
function removeDeadLock(owner) {
  const guard = `${lockFile}.guard`;
  try {
    fs.mkdirSync(guard);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const ageMs = Date.now() - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs > 10_000) fs.rmSync(guard, { recursive: true, force: true });
    return;
  }
  if (readText(lockFile) === owner) fs.rmSync(lockFile, { force: true });
  fs.rmdirSync(guard);
}

function holdLock() {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true, mode: 0o755 });
  let announced = false;
  while (!takeLock()) {
    const owner = readText(lockFile);
    if (owner !== '' && !isAlive(Number(owner))) {
      removeDeadLock(owner);
      continue;
    }
    if (!announced) {
      say(`another set-up (process ${owner}) is installing; waiting for it.`);
      say(`If no such process is an npm of yours, remove ${lockFile}.`);
    }
    announced = true;
    pause(LOCK_POLL_MS);
  }
}

function install() {
  const startedAt = performance.now();
  // npm_execpath is the very npm that runs this script, so its version and settings are the user's.
  const npmCli = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [program, programArgs] = npmCli ? [process.execPath, [npmCli, ...args]] : ['npm', args];
  // npm's own output goes to stderr: stdout belongs to the command that follows.
  const result = spawnSync(program, programArgs, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.error) fail(`npm could not be started (${result.error.message}).`);
  if (result.status !== 0) {
    fail('npm ci failed: the reason is above. Put it right, then run the same command again.');
  }
  say(`installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function patchDriver() {
  const script = path.join(root, 'scripts', 'patch-driver.mjs');
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}

requireSupportedNode();
const wanted = wantedStamp();
if (readText(stampFile) !== wanted) {
  holdLock();
  // An exit handler, because a failed installation leaves by process.exit, which skips `finally`.
  process.on('exit', () => fs.rmSync(lockFile, { force: true }));
  if (readText(stampFile) !== wanted) {
    say('installing the dependencies with npm ci (about a minute) ...');
    install();
    fs.mkdirSync(path.dirname(stampFile), { recursive: true });
    fs.writeFileSync(stampFile, wanted);
  }
}
patchDriver();
