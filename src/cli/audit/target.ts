import { z } from 'zod';
import { readIfPresent } from '../../local/files.ts';
import { answersOn } from '../../local/ports.ts';
import { CannotAudit } from './cannot-audit.ts';

const rememberedPorts = z.object({ postgres: z.int() });

const example = 'AUDIT_DATABASE_URL=postgres://tollgate_audit:password@db.example:5432/tollgate';

/** The database to audit: the one that was named, or that of the stack that runs here. */
export async function findDatabase(env: NodeJS.ProcessEnv, portsFile: string): Promise<string> {
  const named = env['AUDIT_DATABASE_URL'] || env['DATABASE_URL'];
  if (named) return named;
  const port = readLocalPort(portsFile);
  if (port !== undefined && (await answersOn(port))) {
    return `postgres://tollgate_audit@127.0.0.1:${port}/tollgate`;
  }
  throw new CannotAudit(
    'There is no database to audit: nothing runs here. Start the local stack with npm start and ' +
      `run this again meanwhile, or name a database, for example ${example}`,
  );
}

export function readLocalPort(portsFile: string): number | undefined {
  try {
    const text = readIfPresent(portsFile);
    return text === undefined ? undefined : rememberedPorts.parse(JSON.parse(text)).postgres;
  } catch (error) {
    // A damaged file names no port, which is what the caller then says.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** What somebody can put right about the connection, or nothing: then it is a defect. */
export function explainConnection(error: unknown): CannotAudit | undefined {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'CONNECT_TIMEOUT':
      return new CannotAudit(
        `The database does not answer (${code}): start it, or correct AUDIT_DATABASE_URL`,
      );
    case '28P01':
    case '28000':
      return new CannotAudit(
        'The database refuses this name or password: correct AUDIT_DATABASE_URL, ' +
          `for example ${example}`,
      );
    case '42501':
    case '22023':
      return new CannotAudit(
        'Whoever logs in here may not work as the role tollgate_audit: log in as that role, ' +
          `for example ${example}`,
      );
    case '3D000':
    case '42P01':
    case '42883':
      return new CannotAudit(
        'This database holds no books, or older ones than this audit reads: migrate it first, ' +
          'with MIGRATION_DATABASE_URL set and npm run migrate',
      );
  }
  return undefined;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
