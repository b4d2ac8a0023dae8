import { isUsedUp, sayLow } from '../domain/news/low-credits-text.ts';
import { showCredits } from '../domain/values/money-text.ts';
import type { CreditsLow, NotifyEffect } from '../domain/news/notice.ts';
import type { Letter } from '../ports/mail.ts';
import { compose, paragraph } from './letter.ts';
import { list, showInstant } from './words.ts';

type Voice = Pick<NotifyEffect, 'productName' | 'timeZone'>;

/** A warning that credits run low, while there is time to do something about it [2.29 K33]. */
export function writeCreditsLow(notice: CreditsLow, voice: Voice, workspace: string): Letter {
  const { productName, timeZone } = voice;
  const since = showInstant(notice.crossedAt, timeZone);
  const what = sayLow({ ...notice, isOwn: 'member' in notice.readers }, notice.unit);
  const left = isUsedUp(notice) ? '' : `: ${showCredits(notice.availableMicro, notice.unit)}`;
  return compose({
    subject: `${productName}: ${what} in ${workspace}`,
    blocks: [
      paragraph(
        `Since ${since}, ${what}${left} in the workspace "${workspace}" of ${productName}.`,
      ),
      paragraph(consequence(notice)),
    ],
    footer: footer(notice, { productName, workspace }),
  });
}

function consequence({ scope, readers }: CreditsLow): string {
  if (scope === 'pool') {
    return (
      'When they are used up, what needs credits pauses until there are new ones. ' +
      'Where the workspace is billed, credits can be bought and the plan can be changed.'
    );
  }
  const whose = 'member' in readers ? 'your calls' : 'the calls that count in it';
  return (
    `When it is used up, ${whose} are refused until the next period begins. ` +
    'Caps can be changed by whoever sets them, where the workspace is billed.'
  );
}

function footer(
  { readers }: CreditsLow,
  where: { readonly productName: string; readonly workspace: string },
): string {
  const { productName, workspace } = where;
  if ('member' in readers) {
    return `You get this because you are a member of the workspace "${workspace}" of ${productName}.`;
  }
  return (
    `You get this because you are ${list(readers.roles)} of the workspace "${workspace}" of ` +
    `${productName}, or read its billing address.`
  );
}
