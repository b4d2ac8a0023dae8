import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    snapshot: { type: 'string' },
    'webhook-url': { type: 'string' },
    // May be given twice, while a secret is being rotated.
    'webhook-secret': { type: 'string', multiple: true },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  throw new Error('--port takes a number from 0 (any free port) to 65535');
}
const url = values['webhook-url'];
const secrets = values['webhook-secret'];
if ((url === undefined) !== (secrets === undefined)) {
  throw new Error('--webhook-url and --webhook-secret go together');
}

const emulator = await startEmulator({
  port,
  ...(values.snapshot === undefined ? {} : { snapshot: values.snapshot }),
  ...(url === undefined || secrets === undefined ? {} : { webhook: { url, secrets } }),
});

process.stdout.write(`Stripe emulator on ${emulator.url}\nready\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void emulator.stop().then(() => process.exit(0));
  });
}
