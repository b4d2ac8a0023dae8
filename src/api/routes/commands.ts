import { ok } from '../../domain/values/outcome.ts';
import { commandShown, showCommand } from '../carry-out.ts';
import { uuid } from '../codecs.ts';
import { refuse } from '../problem.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const read = route({
  method: 'get',
  path: '/api/workspaces/{workspace}/commands/{command}',
  summary: 'What became of a change that was answered 202.',
  tag: 'Plans',
  scopes: ['read', 'manage'],
  needs: 'read',
  params: inWorkspace.extend({ command: uuid.meta({ description: 'The change' }) }),
  query: none,
  body: null,
  responses: { 200: commandShown },
  problems: [],
  carryOut: async ({ params }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    const row = await call.parts.directory.command(record.value.account, params.command);
    if (row === undefined) return refuse('notFound', 'There is no such change here.');
    return ok({ status: 200, value: showCommand(row) });
  },
});

export const commandRoutes: readonly Route[] = [read];
