// Makes the PostgreSQL driver survive the loss of a connection; docs/decisions/0006 tells why. Run by
// setup.mjs on every npm script, and by the Dockerfile. It has no dependencies, changes nothing when
// all is done, and refuses any other version of the driver than the one it was written for.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const version = '3.4.9';
const driver = path.join(root, 'node_modules', 'postgres');
const file = path.join(driver, 'src', 'connection.js');

/** Each text stands in the file exactly so often. */
const replacements = [
  {
    // A statement for a connection that has gone is refused, not written.
    times: 1,
    from: `    if (stream)
      return queryError(q,`,
    to: `    if (socket === null) {
      queryError(q, Errors.connection('CONNECTION_CLOSED', options))
      return true
    }

    if (stream)
      return queryError(q,`,
  },
  {
    // What was to be written when the connection went has nowhere to go; its query was rejected then.
    times: 1,
    from: `    const x = socket.write(chunk, fn)
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    return x`,
    to: `    const x = chunk
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    return socket !== null && socket.write(x, fn)`,
  },
  {
    // A timer that was cleared but is remembered as running would keep the next connection from
    // ever writing, and old bytes would stand before its first message.
    times: 2,
    from: `    clearImmediate(nextWriteTimer)
    `,
    to: `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    `,
  },
  {
    // Between the error and the close a transaction still sends its rollback. Left in the queue, it would
    // be waited for on the next connection, for ever.
    times: 1,
    from: `    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
`,
    to: `    if (query || sent.length)
      error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = null
`,
  },
  {
    // Nobody else listens for this answer; whoever waits for the connection is told of its loss.
    times: 1,
    from: `return fetchArrayTypes()`,
    to: `return fetchArrayTypes().catch(() => undefined)`,
  },
];
const edition = createHash('sha256')
  .update(JSON.stringify(replacements))
  .digest('hex')
  .slice(0, 12);
const mark = `// Patched by Tollgate (scripts/patch-driver.mjs), edition ${edition}\n`;

function fail(line) {
  process.stderr.write(`patch-driver: ${line}\n`);
  process.exit(1);
}

const readJson = (name) => JSON.parse(fs.readFileSync(name, 'utf8'));

function patch() {
  const installed = readJson(path.join(driver, 'package.json')).version;
  if (installed !== version) {
    fail(`postgres is ${installed}, and this patch is for ${version}: look whether it is needed.`);
  }
  let text = fs.readFileSync(file, 'utf8');
  if (text.startsWith(mark)) return;
  for (const { from, to, times } of replacements) {
    const parts = text.split(from);
    if (parts.length - 1 !== times) fail(`${file} is not as npm installs it: run npm ci.`);
    text = parts.join(to);
  }
  // Renamed into place: another process may be loading it.
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, mark + text);
  fs.renameSync(draft, file);
}

const { dependencies = {} } = readJson(path.join(root, 'package.json'));
if ('postgres' in dependencies) patch();
