import fs from 'node:fs';
import path from 'node:path';
import { LocalStack, type StartedStack } from '../local/local-stack.ts';
import { dataPath } from '../local/paths.ts';
import { findFreePort } from '../local/ports.ts';
import { issueKeys } from './keys.ts';
import type { DemoWorld } from './life.ts';
import { openDemoRun, removeDemoRun, sweepDeadDemoRuns } from './runs.ts';

/** The demo always runs on a stack of its own: settings that name other parts do not count here. */
const notForDemos = [
  ...['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
  ...[
    'TEMPORAL_TASK_QUEUE',
    'SMTP_URL',
    'MAIL_FROM',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRETS',
    'STRIPE_API_BASE',
  ],
  ...['TOLLGATE_HOST', 'TOLLGATE_PUBLIC_URL', 'CATALOG_DIR', 'WORKFLOW_BUNDLE'],
];

type Say = (line: string) => void;

/** A whole stack in a directory of its own, beside whatever else runs from this clone. */
export class DemoStack {
  private readonly directory = openDemoRun();
  private readonly say: Say;
  private readonly signal: AbortSignal;
  private stack: LocalStack | undefined;

  constructor(say: Say, signal: AbortSignal) {
    this.say = say;
    this.signal = signal;
  }

  async start(): Promise<DemoWorld & { readonly auditUrl: string }> {
    await sweepDeadDemoRuns(this.say);
    this.signal.throwIfAborted();
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !notForDemos.includes(name)),
    );
    this.stack = new LocalStack({
      env: { ...env, TOLLGATE_PORT: String(await findFreePort()), LOG_LEVEL: 'warn' },
      ...{ say: this.say, signal: this.signal, directory: this.directory },
      durability: 'disposable',
    });
    return worldOf(await this.stack.start());
  }

  async stop(): Promise<void> {
    await this.stack?.stop();
    removeDemoRun(this.directory);
  }

  /** After trouble: the parts' logs outlive the stack; answers where they are. */
  keepLogs(): string {
    const kept = dataPath('demo-logs');
    fs.rmSync(kept, { recursive: true, force: true });
    const logs = path.join(this.directory, 'logs');
    if (fs.existsSync(logs)) fs.cpSync(logs, kept, { recursive: true });
    return kept;
  }

  /** For the second Ctrl-C: the next demo clears away what is left. */
  kill(): void {
    this.stack?.kill();
  }
}

async function worldOf(started: StartedStack): Promise<DemoWorld & { readonly auditUrl: string }> {
  const { publicUrl: apiUrl, databaseUrl, stripeUrl } = started;
  if (stripeUrl === undefined) throw new Error('the demo runs without the Stripe emulator');
  const keys = await issueKeys(databaseUrl);
  return {
    ...{ apiUrl, stripeUrl },
    auditUrl: databaseUrl.replace('tollgate_app@', 'tollgate_audit@'),
    keyOf: (product) => {
      const key = keys.get(product);
      if (key === undefined) throw new Error(`there is no catalog of ${product}`);
      return key;
    },
  };
}
