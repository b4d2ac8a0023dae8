import type { News } from '../domain/news/news.ts';
import type { NotifyEffect } from '../domain/news/notice.ts';
import type { Letter } from '../ports/mail.ts';
import { compose, footerOf, paragraph } from './letter.ts';
import { list, showDay, showFeature, showInstant } from './words.ts';

type Voice = Pick<NotifyEffect, 'productName' | 'timeZone'>;
type Words = { readonly subject: string; readonly texts: readonly string[] };

const whereBilled = 'where the workspace is billed';

/** Something about the plan, for whoever pays; dates are in the workspace's time zone. */
export function writeNews(news: News, voice: Voice, workspace: string): Letter {
  const { productName, timeZone } = voice;
  const { subject, texts } = wordsOf(news, { productName, timeZone, workspace });
  return compose({
    subject: `${productName}: ${subject}`,
    blocks: texts.map(paragraph),
    footer: footerOf({ productName, workspace }),
  });
}

type About = Voice & { readonly workspace: string };

function wordsOf(news: News, about: About): Words {
  switch (news.kind) {
    case 'trialEnding':
    case 'trialEnded':
      return wordsOfTrial(news, about);
    case 'changeScheduled':
    case 'changeCanceled':
    case 'planChanged':
    case 'planEnded':
      return wordsOfPlan(news, about);
    case 'methodMissing': {
      const day = showDay(news.renewsAt, about.timeZone);
      return {
        subject: `nothing is on file to renew ${news.planName} of ${about.workspace}`,
        texts: [
          `On ${day}, ${news.planName} ${ofWorkspace(about)} renews, and no payment method is on file.`,
          `Add one ${whereBilled} before then; otherwise the payment will fail.`,
        ],
      };
    }
    case 'autoTopUpPaused':
      return wordsOfPause(news, about);
    case 'ownerChanged':
      return {
        subject: `${about.workspace} has another owner`,
        texts: [
          `Since ${showInstant(news.at, about.timeZone)}, "${news.owner}" owns the workspace ` +
            `"${about.workspace}" of ${about.productName}, and decides about its plan and payments.`,
          'If nobody with you has asked for this, tell us at once.',
        ],
      };
  }
}

const ofWorkspace = ({ workspace, productName }: About): string =>
  `of the workspace "${workspace}" of ${productName}`;

function wordsOfTrial(
  news: Extract<News, { readonly kind: 'trialEnding' | 'trialEnded' }>,
  about: About,
): Words {
  const closed = list(news.closes.map(showFeature));
  const help = `Add a payment method ${whereBilled}, and ${news.planName} goes on.`;
  if (news.kind === 'trialEnded') {
    const since = showInstant(news.at, about.timeZone);
    const shut = news.closes.length === 0 ? '' : ` Since then, access to ${closed} is closed.`;
    return {
      subject: `the trial of ${news.planName} has ended`,
      texts: [
        `The trial of ${news.planName} ${ofWorkspace(about)} ended on ${since}, and no payment ` +
          `method is on file.${shut}`,
        help,
      ],
    };
  }
  const end = showInstant(news.endsAt, about.timeZone);
  const shuts = news.closes.length === 0 ? '' : ` Otherwise, access to ${closed} closes then.`;
  return {
    subject: `the trial of ${news.planName} ends on ${showDay(news.endsAt, about.timeZone)}`,
    texts: [
      `The trial of ${news.planName} ${ofWorkspace(about)} ends on ${end}.`,
      news.goesOn
        ? `Then ${news.planName} goes on, and the payment method on file is charged for the first time.`
        : `${help}${shuts}`,
    ],
  };
}

function wordsOfPlan(
  news: Extract<
    News,
    { readonly kind: 'changeScheduled' | 'changeCanceled' | 'planChanged' | 'planEnded' }
  >,
  about: About,
): Words {
  const { planName } = news;
  const the = `The plan ${planName} ${ofWorkspace(about)}`;
  const since = showInstant(news.at, about.timeZone);
  switch (news.kind) {
    case 'changeScheduled': {
      const { toPlan } = news;
      const end = showInstant(news.happensAt, about.timeZone);
      const will = toPlan === null ? 'ends' : `changes to ${toPlan}`;
      return {
        subject: `${planName} ${will} on ${showDay(news.happensAt, about.timeZone)}`,
        texts: [
          `${the} ${will} on ${end}. Until then nothing changes.`,
          `It can be taken back ${whereBilled} until then.`,
        ],
      };
    }
    case 'changeCanceled':
      return {
        subject: `${planName} goes on`,
        texts: [`${the} goes on: the change that was scheduled has been taken back.`],
      };
    case 'planChanged':
      return {
        subject: `the plan is ${news.toPlan} now`,
        texts: [`${the} has changed to ${news.toPlan} on ${since}.`],
      };
    case 'planEnded':
      return {
        subject: `${planName} has ended`,
        texts: [
          `${the} has ended on ${since}. Credits that were bought stay on its books.`,
          `A plan can be chosen again ${whereBilled}.`,
        ],
      };
  }
}

function wordsOfPause(
  { until, because }: Extract<News, { readonly kind: 'autoTopUpPaused' }>,
  about: About,
): Words {
  const where = `the workspace "${about.workspace}" of ${about.productName}`;
  const why =
    because === 'notPaid'
      ? `Credits of ${where} ran low, and the automatic top-up could not be paid.`
      : `Credits of ${where} ran low again, after as many automatic top-ups as a day may have.`;
  const next =
    until === null
      ? `No other is tried until there is another payment method ${whereBilled}.`
      : `The next one may be bought from ${showInstant(until, about.timeZone)} on.`;
  return {
    subject: `no credits are bought automatically in ${about.workspace} for now`,
    texts: [`${why} ${next}`, `Credits can be bought ${whereBilled} at any time.`],
  };
}
