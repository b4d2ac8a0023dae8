import type { Identity } from './identity.ts';

/** The lifecycle, what is shown of it, and the commands that it was asked. */
export const lifeIdentities: readonly Identity[] = [
  {
    name: 'lifecycle',
    sentence: "A workspace's columns show what its lifecycle says.",
    query: `
      select product_id as product, external_id as workspace, c.what, c.expected, c.actual
      from workspace w
      cross join lateral (values
        ('product', w.lifecycle ->> 'product', w.product_id),
        ('id', w.lifecycle ->> 'workspace', w.external_id),
        ('status', w.lifecycle -> 'subscription' ->> 'status', w.status),
        ('plan', w.lifecycle -> 'subscription' ->> 'plan', w.plan),
        ('version', w.lifecycle ->> 'version', w.version::text),
        ('terms', w.lifecycle ->> 'termsVersion', w.terms_version::text),
        ('currency', w.lifecycle ->> 'currency', w.currency),
        ('clock', (w.lifecycle -> 'clock' ->> 'now')::timestamptz::text, w.clock_at::text)
      ) c(what, expected, actual)`,
  },
  {
    name: 'facts seen',
    sentence: 'No lifecycle has seen a fact that its feed does not hold.',
    query: `
      select p.product_id as product, w.external_id as workspace, 'facts seen' as what,
        least((w.lifecycle ->> 'seenSeq')::bigint, p.feed_seq)::text as expected,
        w.lifecycle ->> 'seenSeq' as actual
      from workspace w
      join pool p on p.lane = w.lane and p.workspace_id = w.id`,
  },
  {
    name: 'answers',
    sentence:
      'A command has its answer and the instant of it once it is done or refused, not before.',
    query: `
      select c.product_id as product, w.external_id as workspace, 'command ' || c.id as what,
        case when c.state in ('done', 'refused') then c.state || ', settled'
          when c.state = 'preview' then 'preview' else 'unanswered' end as expected,
        case
          when c.settled_at is not null and c.result is not null
            then coalesce(c.result ->> 'kind', 'answered') || ', settled'
          when c.settled_at is not null then 'settled without an answer'
          when c.result is not null then 'preview'
          else 'unanswered'
        end as actual
      from command c
      join workspace w on w.id = c.workspace_id`,
  },
  {
    name: 'waiting commands',
    sentence:
      'Every command that waits is known to whoever must look: by a rung bell, or as work to do.',
    query: `
      select c.product_id as product, w.external_id as workspace, 'command ' || c.id as what,
        'waited for' as expected,
        case
          when c.state = 'pending' and w.rung_at is not null then 'waited for'
          when c.state = 'paying' and exists (
            select from payment p
            join outbox o on o.workspace_id = p.workspace_id and o.key = 'pay:' || p.id
            where p.command_id = c.id and o.done_at is null
          ) then 'waited for'
          else 'forgotten'
        end as actual
      from command c
      join workspace w on w.id = c.workspace_id
      where c.state in ('pending', 'paying')`,
  },
];
