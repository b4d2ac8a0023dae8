import { showCredits } from '../domain/money-text.ts';
import type { CreditsLow, NotifyEffect } from '../domain/notice.ts';
import type { Letter } from '../ports/mail.ts';
import { compose, paragraph } from './letter.ts';
import { list, showInstant } from './words.ts';

type Voice = Pick<NotifyEffect, 'productName' | 'timeZone'>;

/** A warning that credits run low, while there is time to do something about it [2.29 K33]. */
export function writeCreditsLow(notice: CreditsLow, voice: Voice, workspace: string): Letter {
  const { productName, timeZone } = voice;
  const since = showInstant(notice.crossedAt, timeZone);
  const { subject, body } = isUsedUp(notice) ? usedUp(notice) : runsLow(notice);
  return compose({
    subject: `${productName}: ${subject} in ${workspace}`,
    blocks: [
      paragraph(`Since ${since}, ${body} in the workspace "${workspace}" of ${productName}.`),
      paragraph(consequence(notice)),
    ],
    footer: footer(notice, { productName, workspace }),
  });
}

const isUsedUp = ({ at }: CreditsLow): boolean => 'percent' in at && at.percent === 0;

/** Of what so little is left: the period's credits, or what a cap allows. */
function whole({ scope, subject, readers }: CreditsLow): string {
  switch (scope) {
    case 'pool':
      return "this period's credits";
    case 'member':
      return 'member' in readers
        ? 'your cap for this period'
        : `the cap of the member "${subject}"`;
    case 'space':
      return `the cap of the Space "${subject}"`;
    case 'org':
      return "the whole organisation's cap";
  }
}

const isOrAre = ({ scope }: CreditsLow): string => (scope === 'pool' ? 'are' : 'is');

const usedUp = (notice: CreditsLow) => {
  const what = `${whole(notice)} ${isOrAre(notice)} used up`;
  return { subject: what, body: what };
};

function runsLow(notice: CreditsLow) {
  const { at, unit, availableMicro } = notice;
  const less = 'percent' in at ? `${at.percent} %` : showCredits(at.amountMicro, unit);
  const what = `less than ${less} of ${whole(notice)} ${isOrAre(notice)} left`;
  return { subject: what, body: `${what}: ${showCredits(availableMicro, unit)}` };
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
