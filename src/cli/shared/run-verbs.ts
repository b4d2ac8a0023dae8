/** The frame of every command with verbs: what was asked, `--help`, `--json`, and the exit code. */
import { parseArgs } from 'node:util';
import { nearest } from '../../domain/values/nearest.ts';
import { printAnswer, type Answer } from './answer.ts';
import { Misasked } from './misasked.ts';

type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;

/** What a person asked a verb for. */
export type Asked = {
  readonly names: readonly string[];
  readonly text: (option: string) => string | undefined;
  readonly isSaid: (option: string) => boolean;
};

export type Verb = {
  readonly name: string;
  /** Behind the verb's name: `PRODUCT [FROM] [TO]`. */
  readonly takes: string;
  readonly does: string;
  /** Lines for `--help`, one an option. */
  readonly help?: readonly string[];
  readonly options?: Options;
  readonly run: (asked: Asked) => Promise<Answer>;
};

const always = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const satisfies Options;

/** 0: done; 1: it found something wrong; 2: it was misasked, and nothing was done. */
export async function runVerbs(
  command: string,
  verbs: readonly Verb[],
  args: readonly string[],
): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === '--help' || name === 'help') {
      console.log(usageOf(command, verbs));
      return 0;
    }
    return await run(command, verbFrom(command, verbs, name), rest);
  } catch (error) {
    if (!(error instanceof Misasked)) throw error;
    console.error(`tollgate ${command}: ${error.message}`);
    return 2;
  }
}

async function run(command: string, verb: Verb, args: readonly string[]): Promise<number> {
  const { values, names } = read(command, verb, args);
  if (values['help'] === true) {
    console.log(helpOf(command, verb));
    return 0;
  }
  const answer = await verb.run({
    names,
    text: (option) => {
      const value = values[option];
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
    isSaid: (option) => values[option] === true,
  });
  return printAnswer(answer, values['json'] === true ? 'json' : 'text');
}

function verbFrom(command: string, verbs: readonly Verb[], name: string | undefined): Verb {
  const verb = verbs.find((known) => known.name === name);
  if (verb !== undefined) return verb;
  if (name === undefined) throw new Misasked(`say what to do\n${usageOf(command, verbs)}`);
  const known = verbs.map((each) => each.name);
  const guess = nearest(name, known);
  const hint = guess === null ? '' : `; did you mean ${guess}?`;
  throw new Misasked(`there is no verb "${name}"${hint}\n${usageOf(command, verbs)}`);
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function read(
  command: string,
  verb: Verb,
  args: readonly string[],
): { readonly values: Values; readonly names: readonly string[] } {
  const options = { ...verb.options, ...always };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values, names: positionals };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Misasked(`${what}\n${helpOf(command, verb)}`);
  }
}

const usageOf = (command: string, verbs: readonly Verb[]): string => {
  const width = Math.max(...verbs.map(({ name, takes }) => name.length + takes.length + 1));
  const lines = verbs.map(({ name, takes, does }) => {
    const asked = `${name} ${takes}`.trim();
    return `  tollgate ${command} ${asked.padEnd(width)}  ${does}`;
  });
  return ['usage:', ...lines, `Each takes --help, and --json for machines.`].join('\n');
};

const helpOf = (command: string, { name, takes, does, help = [] }: Verb): string =>
  [
    `usage: tollgate ${command} ${`${name} ${takes}`.trim()}`,
    does,
    ...help.map((line) => `  ${line}`),
    '  --json  for machines',
  ].join('\n');

/** Exactly these names, in this order; the last ones may be left out where `optional` says so. */
export function namesOf(
  asked: Asked,
  wanted: readonly string[],
  optional: readonly string[] = [],
): readonly string[] {
  const { names } = asked;
  const missing = wanted[names.length];
  if (missing !== undefined) throw new Misasked(`${missing} is missing; see --help`);
  const extra = names[wanted.length + optional.length];
  if (extra !== undefined) throw new Misasked(`"${extra}" is one name too many; see --help`);
  return names;
}
