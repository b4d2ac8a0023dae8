import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readIfPresent, writeWhole } from './files.ts';
import { StackProblem } from './stack-problem.ts';

const secretsSchema = z.object({
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
});

export type LocalSecrets = z.infer<typeof secretsSchema>;

/** What the emulator and Tollgate share. Made once, so that a restart verifies older webhooks. */
export function keepLocalSecrets(file: string): LocalSecrets {
  const text = readIfPresent(file);
  if (text !== undefined) return parseSecrets(file, text);
  const secrets = {
    stripeSecretKey: 'sk_test_tollgate_local',
    stripeWebhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
  };
  writeWhole(file, `${JSON.stringify(secrets, undefined, 2)}\n`, 0o600);
  return secrets;
}

function parseSecrets(file: string, text: string): LocalSecrets {
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new StackProblem(`${file} is damaged. Remove it, and the next start makes a new one.`, {
      cause: error,
    });
  }
}
