import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Answers } from './contract-types.ts';
import type { DerivedSchemas } from './derive-schemas.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const sources = ['./contract-types.ts', './derive-schemas.ts', '../../../package-lock.json'];

/** Deriving takes seconds, so its result is kept until the SDK or the derivation changes. */
async function readSchemas(): Promise<DerivedSchemas> {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(here(source)));
  const folder = here('../../../node_modules/.cache/stripe-contract');
  const file = `${folder}/${hash.digest('hex').slice(0, 16)}.json`;
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    // Only now: the compiler itself takes a second to load.
    const { deriveSchemas } = await import('./derive-schemas.ts');
    const mine = `${file}.${process.pid}`; // test files run at the same time
    writeFileSync(mine, JSON.stringify(deriveSchemas(here('./contract-types.ts'))));
    renameSync(mine, file);
  }
  // The file holds what `deriveSchemas` of this very content wrote.
  return JSON.parse(readFileSync(file, 'utf8')) as DerivedSchemas;
}

type Name = keyof Answers;

const schemas = await readSchemas();
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'stripe', definitions: schemas.definitions, roots: schemas.roots });
const validators = new Map<Name, ValidateFunction>();

const isName = (object: string): object is Name => Object.hasOwn(schemas.roots, object);

function validatorOf(object: string): ValidateFunction {
  if (!isName(object)) throw new Error(`the contract names no "${object}"`);
  const known = validators.get(object);
  if (known !== undefined) return known;
  const made = ajv.compile({ $ref: `stripe#/roots/${object}` });
  validators.set(object, made);
  return made;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws, naming every field that the SDK's declarations do not allow. */
export function holdToContract(answer: unknown): void {
  if (!isRecord(answer)) throw new Error(`an answer is an object, not ${JSON.stringify(answer)}`);
  if (isRecord(answer.error)) {
    const { type, message } = answer.error;
    if (typeof type === 'string' && typeof message === 'string') return;
    throw new Error(`an error has a type and a message: ${JSON.stringify(answer)}`);
  }
  if (answer.object === 'list') {
    const { data, has_more: more, url } = answer;
    if (!Array.isArray(data) || typeof more !== 'boolean' || typeof url !== 'string') {
      throw new Error(`a list has data, has_more and url: ${JSON.stringify(answer)}`);
    }
    for (const each of data) holdToContract(each);
    return;
  }
  if (answer.object === 'event' && isRecord(answer.data)) holdToContract(answer.data.object);
  const object = String(answer.object);
  const validate = validatorOf(object);
  if (validate(answer)) return;
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`,
  );
  throw new Error(`${object} breaks the contract:\n${problems.join('\n')}`);
}
