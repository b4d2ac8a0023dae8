/** The mail catcher as a process of its own. */
import { parseArgs } from 'node:util';
import { startCatcher } from './catcher.ts';

const { values } = parseArgs({
  options: {
    'smtp-port': { type: 'string', default: '0' },
    'page-port': { type: 'string', default: '0' },
    file: { type: 'string' },
  },
});

function portOf(name: 'smtp-port' | 'page-port'): number {
  const port = Number(values[name]);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--${name} takes a number from 0 (any free port) to 65535`);
}

const catcher = await startCatcher({
  smtpPort: portOf('smtp-port'),
  pagePort: portOf('page-port'),
  ...(values.file === undefined ? {} : { file: values.file }),
});

process.stdout.write(`mail on ${catcher.smtpUrl}, shown on ${catcher.pageUrl}\nready\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void catcher.stop().then(() => process.exit(0));
  });
}
