/** `npm run --silent simulate -- --catalog C --plan P --months N`: lives a workspace in memory. */
import { simulate } from '../foresight/simulate.ts';
import { CannotForesee } from './foresight/cannot-foresee.ts';
import { jsonOf, textOf } from './simulate/report.ts';
import { help, wishFrom } from './simulate/scenario.ts';

/** 0: it was lived; 2: it could not be told what to live. */
async function main(): Promise<number> {
  try {
    const wish = await wishFrom(process.argv.slice(2), new Date().toISOString());
    if (wish === 'help') {
      console.log(help);
      return 0;
    }
    const { scenario, format } = wish;
    const simulation = simulate(scenario);
    console.log(format === 'json' ? jsonOf(simulation, scenario) : textOf(simulation, scenario));
    return 0;
  } catch (error) {
    if (!(error instanceof CannotForesee)) throw error;
    console.error(`simulate: ${error.message}`);
    return 2;
  }
}

process.exitCode = await main();
