/** `npm run --silent backtest -- --from CATALOG --to CATALOG --usage FILE`: what a catalog would change. */
import { Backtest } from '../foresight/backtest.ts';
import { jsonOf, textOf } from './backtest/report.ts';
import { help, wishFrom } from './backtest/settings.ts';
import { CannotForesee } from './foresight/cannot-foresee.ts';
import { readUsage } from './foresight/usage-file.ts';

/** 0: it was compared; 2: it could not be told what to compare. */
async function main(): Promise<number> {
  try {
    const wish = wishFrom(process.argv.slice(2));
    if (wish === 'help') {
      console.log(help);
      return 0;
    }
    const { settings, format, usage, model } = wish;
    const backtest = new Backtest(settings);
    await readUsage(usage, model, (row) => backtest.take(row));
    const result = { rows: backtest.rows, comparisons: backtest.finish() };
    console.log(format === 'json' ? jsonOf(result, settings) : textOf(result, settings));
    return 0;
  } catch (error) {
    if (!(error instanceof CannotForesee)) throw error;
    console.error(`backtest: ${error.message}`);
    return 2;
  }
}

process.exitCode = await main();
