import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { requestPart } from './stack.ts';

export interface TestDatabase {
  /** As the owner of everything: for arranging and inspecting. */
  readonly adminUrl: string;
  /** As the role that the product runs as. */
  readonly appUrl: string;
  readonly drop: () => Promise<void>;
}

/** A migrated, empty database for one test file, copied from the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { port, template } = await requestPart('postgres');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const urlOf = (database: string, role: string): string =>
    `postgres://${role}@127.0.0.1:${port}/${database}`;
  const asOwner = async (statement: string): Promise<void> => {
    const sql = postgres(urlOf('postgres', 'tollgate'), { max: 1, onnotice: () => undefined });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end();
    }
  };
  await asOwner(`create database ${name} template ${template}`);
  return {
    adminUrl: urlOf(name, 'tollgate'),
    appUrl: urlOf(name, 'tollgate_app'),
    // Forced: a test that failed may have left connections open.
    drop: () => asOwner(`drop database if exists ${name} with (force)`),
  };
}
