/** `npm run --silent demo [-- --json] [-- --svg FILE]`: four products' workspaces live a year. */
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { proveBooks } from '../cli/audit/prove-books.ts';
import { areBooksProved, tableOf } from '../cli/audit/report.ts';
import type { Finding } from '../cli/audit/identity.ts';
import { ConfigMistakes } from '../config.ts';
import { StackProblem } from '../local/stack-problem.ts';
import { connect } from '../store/connect.ts';
import { holds } from './journal.ts';
import { jsonOf } from './json.ts';
import { printed } from './page.ts';
import { Progress } from './progress.ts';
import { DemoStack } from './stack.ts';
import { stories } from './stories/all.ts';
import { tellStory, type ToldStory } from './story.ts';
import { drawPage } from './svg.ts';
import { tellOf, verdictOf } from './teller.ts';

const usage = 'usage: npm run --silent demo [-- --json] [-- --svg FILE]';

/** npm passes the terminal's Ctrl-C on a second time; a person takes longer than that. */
const secondInterruptAfterMs = 1_000;

type Wish = { readonly json: boolean; readonly svg: string | undefined };

type Outcome = {
  readonly told: readonly ToldStory[];
  readonly findings: readonly Finding[];
  readonly seconds: number;
};

function readWish(): Wish {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, svg: { type: 'string' } },
  });
  return { json: values.json, svg: values.svg };
}

/** Lives all stories at once, and then proves the books. */
async function live(stack: DemoStack, progress: Progress): Promise<Outcome> {
  const world = await stack.start();
  const startedAt = performance.now();
  const told = await Promise.all(
    stories.map((story) => tellStory(world, story, (entry) => progress.show(story, entry))),
  );
  progress.done();
  const sql = connect(world.auditUrl, { max: 1, role: 'tollgate_audit' });
  const findings = await proveBooks(sql).finally(() => sql.end());
  return { told, findings, seconds: (performance.now() - startedAt) / 1_000 };
}

function report({ json, svg }: Wish, outcome: Outcome): void {
  const { told, findings } = outcome;
  const verdict = verdictOf(outcome);
  if (json) {
    console.log(jsonOf(outcome));
  } else {
    const colours = process.stdout.isTTY && !process.env['NO_COLOR'];
    console.log(printed([...told.flatMap(tellOf), ...verdict], colours));
    if (!areBooksProved(findings)) console.log(tableOf(findings));
  }
  const [first] = told;
  if (svg !== undefined && first !== undefined) {
    fs.writeFileSync(svg, drawPage([...tellOf(first), ...verdict]));
  }
}

const allHold = ({ told, findings }: Outcome): boolean =>
  areBooksProved(findings) && told.every(({ checks }) => checks.every(holds));

function stopOnInterrupts(stack: DemoStack, interruption: AbortController): void {
  let firstAt: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        interruption.abort(new Error('interrupted'));
      } else if (performance.now() - firstAt > secondInterruptAfterMs) {
        stack.kill();
        process.exit(130);
      }
    });
  }
}

const inspect = (error: unknown): string => {
  if (error instanceof StackProblem || error instanceof ConfigMistakes) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return `${error.message}\n${inspect(error.cause)}`;
  return error.stack ?? error.message;
};

/** 0: everything is as expected. 1: it is not, or it could not be lived. 130: interrupted. */
async function main(): Promise<number> {
  const wish = readWish();
  const interruption = new AbortController();
  const { signal } = interruption;
  const progress = new Progress(process.stderr);
  const stack = new DemoStack((text) => progress.say(text), signal);
  stopOnInterrupts(stack, interruption);
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error)); // stopOnInterrupts' own
  });
  try {
    const outcome = await Promise.race([live(stack, progress), aborted]);
    report(wish, outcome);
    return allHold(outcome) ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return 130;
    console.error(`demo: ${inspect(error)}\ndemo: the parts' logs are in ${stack.keepLogs()}`);
    return 1;
  } finally {
    interruption.abort(new Error('over'));
    progress.say('stopping');
    await stack.stop();
  }
}

try {
  process.exit(await main());
} catch (error) {
  const isMistake = error instanceof TypeError && 'code' in error; // parseArgs' own
  console.error(`demo: ${inspect(error)}${isMistake ? `\n${usage}` : ''}`);
  process.exit(1);
}
