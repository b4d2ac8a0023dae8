import { loadConfig } from '../config.ts';
import type { Config } from '../config.ts';

/** Whom the mails are from that only the catcher sees. */
export const localSender = 'Tollgate <billing@tollgate.localhost>';

/** Finds the user's mistakes before anything starts. What the stack will provide is filled in. */
export function checkSettings(env: NodeJS.ProcessEnv): Config {
  const database = { DATABASE_URL: 'postgres://tollgate_app@127.0.0.1:5432/tollgate' };
  const temporal = { TEMPORAL_ADDRESS: '127.0.0.1:7233' };
  const stripe = {
    STRIPE_SECRET_KEY: 'sk_test_tollgate_local',
    STRIPE_WEBHOOK_SECRETS: 'whsec_local',
  };
  const mail = { SMTP_URL: 'smtp://127.0.0.1:25', MAIL_FROM: env['MAIL_FROM'] || localSender };
  return loadConfig({
    ...env,
    ...(env['DATABASE_URL'] ? {} : database),
    ...(env['TEMPORAL_ADDRESS'] ? {} : temporal),
    ...(env['STRIPE_SECRET_KEY'] ? {} : stripe),
    ...(env['SMTP_URL'] ? {} : mail),
  });
}
