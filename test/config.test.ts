import { describe, expect, test } from 'vitest';
import { ConfigMistakes, loadConfig } from '../src/config.ts';
import type { Environment } from '../src/config.ts';

const complete = {
  DATABASE_URL: 'postgres://tollgate_app:s3cret@db.example:5432/tollgate',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  STRIPE_SECRET_KEY: 'sk_test_abc',
  STRIPE_WEBHOOK_SECRETS: 'whsec_one',
  SMTP_URL: 'smtps://billing:s3cret@mail.example:465',
  MAIL_FROM: 'Billing <billing@tollgate.example>',
};

function findMistakes(env: Environment): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigMistakes) return error.mistakes;
    throw error;
  }
}

describe('a complete environment', () => {
  test('is read with every default in force', () => {
    expect(loadConfig(complete)).toEqual({
      databaseUrl: 'postgres://tollgate_app:s3cret@db.example:5432/tollgate',
      migrationDatabaseUrl: undefined,
      auditDatabaseUrl: undefined,
      temporal: { address: '127.0.0.1:7233', namespace: 'default', taskQueue: 'tollgate' },
      stripe: { secretKey: 'sk_test_abc', webhookSecrets: ['whsec_one'], apiBase: undefined },
      mail: {
        smtpUrl: 'smtps://billing:s3cret@mail.example:465',
        from: 'Billing <billing@tollgate.example>',
      },
      http: { host: '127.0.0.1', port: 4000, publicUrl: 'http://127.0.0.1:4000' },
      catalogDirectory: './catalogs',
      logLevel: 'info',
      workflowBundle: undefined,
    });
  });

  test('is frozen, down to the list of webhook secrets', () => {
    const config = loadConfig(complete);
    const parts = [config, config.http, config.mail, config.stripe, config.temporal];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
    expect(Object.isFrozen(config.stripe.webhookSecrets)).toBe(true);
  });

  test('accepts two webhook secrets while one is being rotated', () => {
    const config = loadConfig({ ...complete, STRIPE_WEBHOOK_SECRETS: 'whsec_new, whsec_old' });
    expect(config.stripe.webhookSecrets).toEqual(['whsec_new', 'whsec_old']);
  });

  test('takes the public address from the port when it is not set', () => {
    const config = loadConfig({ ...complete, TOLLGATE_PORT: '4100' });
    expect(config.http).toEqual({
      host: '127.0.0.1',
      port: 4100,
      publicUrl: 'http://127.0.0.1:4100',
    });
  });

  test('treats an empty variable as one that is not set', () => {
    expect(loadConfig({ ...complete, LOG_LEVEL: '', STRIPE_API_BASE: '' }).logLevel).toBe('info');
  });
});

describe('mistakes', () => {
  test('are reported all at once, each with its name, what was expected and an example', () => {
    const env = { DATABASE_URL: 'mysql://x', TOLLGATE_PORT: '70000', LOG_LEVEL: 'loud' };
    expect(findMistakes(env)).toEqual([
      'DATABASE_URL is not valid: expected a PostgreSQL URL with the role tollgate_app, ' +
        'for example DATABASE_URL=postgres://tollgate_app:password@db.example:5432/tollgate',
      'TEMPORAL_ADDRESS is not set: expected host:port of a Temporal server, ' +
        'for example TEMPORAL_ADDRESS=127.0.0.1:7233',
      "STRIPE_SECRET_KEY is not set: expected a secret key of Stripe's, " +
        'for example STRIPE_SECRET_KEY=sk_test_...',
      'STRIPE_WEBHOOK_SECRETS is not set: expected one webhook secret, or two with a comma ' +
        'between them while one is being rotated, for example STRIPE_WEBHOOK_SECRETS=whsec_...',
      "SMTP_URL is not set: expected a mail server's smtp or smtps URL, " +
        'for example SMTP_URL=smtps://user:password@mail.example:465',
      'MAIL_FROM is not set: expected the address that mails are from, with a name or without, ' +
        'for example MAIL_FROM=Billing <billing@example.com>',
      'TOLLGATE_PORT is not valid: expected a port from 1 to 65535, for example TOLLGATE_PORT=4000',
      'LOG_LEVEL is not valid: expected one of trace, debug, info, warn, error, ' +
        'for example LOG_LEVEL=info',
    ]);
  });

  test('name the nearest setting for an unknown TOLLGATE_ variable', () => {
    expect(findMistakes({ ...complete, TOLLGATE_PUBLC_URL: 'https://a.example' })).toEqual([
      'TOLLGATE_PUBLC_URL is not a setting: did you mean TOLLGATE_PUBLIC_URL? ' +
        'Rename it, or remove it',
    ]);
  });

  test('include a third webhook secret', () => {
    const env = { ...complete, STRIPE_WEBHOOK_SECRETS: 'whsec_a,whsec_b,whsec_c' };
    expect(findMistakes(env)).toHaveLength(1);
  });

  test.each(['billing@a.example', 'Acme Billing <billing@a.example>'])(
    'are none in the sender %s',
    (sender) => {
      expect(loadConfig({ ...complete, MAIL_FROM: sender }).mail.from).toBe(sender);
    },
  );

  test.each(['billing', 'a@b.example\r\nBcc: c@d.example', '<>', 'http://a.example'])(
    'include the sender %j',
    (sender) => {
      expect(findMistakes({ ...complete, MAIL_FROM: sender })).toHaveLength(1);
    },
  );

  test('include a live key that would be sent to the emulator', () => {
    const env = {
      ...complete,
      STRIPE_SECRET_KEY: 'sk_live_abc',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
    };
    expect(findMistakes(env)).toEqual([
      'STRIPE_API_BASE is set together with a live STRIPE_SECRET_KEY, which would send the key ' +
        'to the emulator: unset STRIPE_API_BASE, or use a test key, for example sk_test_...',
    ]);
  });

  test('never quote a secret', () => {
    const env = {
      DATABASE_URL: 'db:hunter2',
      STRIPE_SECRET_KEY: 'hunter2',
      STRIPE_WEBHOOK_SECRETS: 'hunter2',
      SMTP_URL: 'mail:hunter2',
    };
    expect(findMistakes(env).join('\n')).not.toContain('hunter2');
  });
});
