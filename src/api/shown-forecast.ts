import { z } from 'zod';
import { forecast, forecastFrom } from '../domain/credits/forecast.ts';
import type { Balance } from '../ports/ledger-reports.ts';
import type { WorkspaceRecord } from '../ports/directory.ts';
import { instant, signedCredits } from './codecs.ts';
import { pinnedTerms } from './current-terms.ts';
import type { ApiParts } from './parts.ts';

const advice = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('none').meta({ description: 'Nothing is advised' }),
    }),
    z.strictObject({
      kind: z.literal('topUp').meta({ description: 'Buy credits for this unusual month' }),
    }),
    z.strictObject({
      kind: z
        .enum(['upgrade', 'contactSales'])
        .meta({ description: 'Take a bigger plan: here, or by contract' }),
      plan: z.string().meta({ description: 'The plan that is meant' }),
    }),
  ])
  .meta({ description: 'A top-up for an unusual month; another plan where usage is always above' });

/** Where usage leads, as the chart of the last fourteen days shows it [0.17 0.20]. */
export const forecastShown = z
  .strictObject({
    days: z
      .array(
        z.strictObject({
          day: z.iso.date().meta({ description: 'A local day' }),
          used: signedCredits.meta({ description: 'Used on that day: the burn line' }),
          included: signedCredits
            .nullable()
            .meta({ description: 'Included for a day: the inclusion line; null: never refilled' }),
        }),
      )
      .meta({ description: 'The last fourteen local days, today last' }),
    burnPerDay: signedCredits.meta({ description: 'Used in a day, by the fourteen days' }),
    exhaustedAt: instant
      .nullable()
      .meta({ description: 'When nothing is left at this rate; null: not before the refill' }),
    whenExhausted: z
      .enum(['stops', 'invoiced'])
      .meta({ description: 'What comes then: usage stops, or goes on and is invoiced' }),
    daysAbove: z
      .int()
      .min(0)
      .max(14)
      .meta({ description: 'Days of the fourteen that burned more than included' }),
    advice,
  })
  .meta({ id: 'Forecast' });

type Shown = z.output<typeof forecastShown>;

/** The forecast of a workspace; null where it pays for nothing itself. */
export async function showForecast(
  parts: ApiParts,
  record: WorkspaceRecord,
  balance: Balance,
): Promise<Shown | null> {
  const { account, lifecycle: life, timeZone } = record;
  const terms = await pinnedTerms({ parts }, record);
  const { at, availableMicro, windowStart: start, windowEnd: end } = balance;
  const from = forecastFrom(at, timeZone);
  const to = new Date(Date.parse(at) + 1).toISOString();
  const rows = await parts.ledger.usage(account, { from, to, by: ['day'], timeZone });
  const used = rows.flatMap(({ by, amountMicro: usedMicro }) =>
    typeof by.day === 'string' ? [{ date: by.day, usedMicro }] : [],
  );
  const window = { start, end };
  const foreseen = forecast({ life, terms, at, window, availableMicro, used });
  if (foreseen === null) return null;
  const { burnPerDayMicro, exhaustedAt, whenExhausted, daysAbove } = foreseen;
  return {
    days: foreseen.days.map(({ date, usedMicro, includedMicro }) => ({
      ...{ day: date, used: usedMicro, included: includedMicro },
    })),
    ...{ burnPerDay: burnPerDayMicro, exhaustedAt, whenExhausted, daysAbove },
    advice: foreseen.advice,
  };
}
