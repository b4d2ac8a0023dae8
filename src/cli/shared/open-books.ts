import { ConfigMistakes } from '../../config.ts';
import { answersOn } from '../../local/ports.ts';
import { dataPath } from '../../local/paths.ts';
import { connect, type Sql } from '../../store/connect.ts';
import { readLocalPort } from '../audit/target.ts';
import { Misasked } from './misasked.ts';

const example = 'postgres://tollgate_app:password@db.example:5432/tollgate';

/** The books that an operator works on: DATABASE_URL, or those of the stack that runs here. */
async function findBooks(env: NodeJS.ProcessEnv): Promise<string> {
  const named = env['DATABASE_URL'];
  if (named) return named;
  const port = readLocalPort(dataPath('ports.json'));
  if (port !== undefined && (await answersOn(port))) {
    return `postgres://tollgate_app@127.0.0.1:${port}/tollgate`;
  }
  throw new Misasked(
    'there are no books to work on: nothing runs here. Start the local stack with npm start and ' +
      `run this again meanwhile, or set DATABASE_URL, for example ${example}`,
  );
}

/** Works on the books as the API's role, and lets go of them. */
export async function withBooks<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = connect(await findBooks(process.env), { max: 4 });
  try {
    return await work(sql);
  } catch (error) {
    throw explained(error);
  } finally {
    await sql.end();
  }
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the database does not answer: start it, or correct DATABASE_URL',
  ENOTFOUND: 'there is no such host: correct DATABASE_URL',
  CONNECT_TIMEOUT: 'the database does not answer: start it, or correct DATABASE_URL',
  '28P01': 'the database refuses this name or password: correct DATABASE_URL',
  '28000': 'the database refuses this name or password: correct DATABASE_URL',
  '3D000': 'there is no such database: correct DATABASE_URL, or migrate first',
  '42P01': 'this database holds no books, or older ones: migrate it first (npm run migrate)',
};

/** What the person can put right about the connection; anything else is a defect and stays as it is. */
function explained(error: unknown): unknown {
  if (error instanceof ConfigMistakes) return new Misasked(error.message);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = sentences[code];
  return sentence === undefined ? error : new Misasked(sentence);
}
