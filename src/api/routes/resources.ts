import { z } from 'zod';
import { ok } from '../../domain/values/outcome.ts';
import { externalId, instant, shortText } from '../codecs.ts';
import { planNow, refuseFull } from '../live-limits.ts';
import { refuse } from '../problem.ts';
import { ringFor } from '../ring.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const kind = z
  .enum(['space', 'project', 'agent'])
  .meta({ description: 'What usage is attributed to' });

const path = '/api/workspaces/{workspace}/resources/{kind}/{resource}';
const params = inWorkspace.extend({
  kind,
  resource: externalId.meta({ description: "The product's id of it" }),
});

const resourceShown = z
  .object({
    kind,
    id: z.string().meta({ description: "The product's id of it" }),
    name: z.string().meta({ description: 'What people call it' }),
    owner: z.string().nullable().meta({ description: 'Whose it is; null: nobody in particular' }),
    closedAt: instant.nullable().meta({ description: 'Null while it lives' }),
  })
  .meta({ id: 'Resource' });

const put = route({
  method: 'put',
  path,
  summary: 'Make, rename or hand over a Space, a project or an agent.',
  tag: 'Resources',
  scopes: ['manage'],
  needs: 'manage',
  params,
  query: none,
  body: z
    .strictObject({
      name: shortText.meta({ description: 'What people call it' }),
      owner: externalId
        .nullable()
        .default(null)
        .meta({ description: 'Whose it is; null: nobody in particular' }),
    })
    .meta({ id: 'PutResource' }),
  responses: { 200: resourceShown },
  problems: ['projectLimitReached'],
  carryOut: async ({ params: { workspace, kind: of, resource: id }, body }, call) => {
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const { directory } = call.parts;
    const { terms, plan } = await planNow(call, record.value);
    const most = of === 'project' ? (plan?.limits.projects ?? null) : null;
    const resource = { kind: of, id, ...body };
    const stored = await directory.putResource(record.value.account, resource, most);
    if (!stored.ok) {
      if (plan === null) throw new Error('a limit without a plan');
      const { used } = stored.refusal;
      return refuseFull(call, record.value, { limit: 'projects', used, terms, plan });
    }
    ringFor(call, record.value.of);
    return ok({ status: 200, value: stored.value });
  },
});

const close = route({
  method: 'delete',
  path,
  summary: 'Close a Space, a project or an agent; its usage stays.',
  tag: 'Resources',
  scopes: ['manage'],
  needs: 'manage',
  params,
  query: none,
  body: null,
  responses: { 200: resourceShown },
  problems: [],
  carryOut: async ({ params: { workspace, kind: of, resource: id } }, call) => {
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const closed = await call.parts.directory.closeResource(record.value.account, { kind: of, id });
    if (closed === undefined) return refuse('notFound', `There is no ${of} "${id}" here.`);
    ringFor(call, record.value.of);
    return ok({ status: 200, value: closed });
  },
});

const list = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/resources',
  summary: 'What lives in a workspace, by kind and name.',
  tag: 'Resources',
  scopes: ['read'],
  needs: 'read',
  params: inWorkspace,
  query: none,
  body: null,
  responses: {
    200: z.object({ resources: z.array(resourceShown).meta({ description: 'By kind and name' }) }),
  },
  problems: [],
  carryOut: async ({ params: { workspace } }, call) => {
    const record = await findWorkspace(call, workspace);
    if (!record.ok) return record;
    const resources = await call.parts.directory.resources(record.value.account);
    return ok({ status: 200, value: { resources: [...resources] } });
  },
});

export const resourceRoutes: readonly Route[] = [list, put, close];
