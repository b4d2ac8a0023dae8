import { z } from 'zod';
import { carryOut, changeProblems, changeResponses } from '../carry-out.ts';
import { timeZone } from '../codecs.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const setTimeZone = route({
  method: 'put',
  path: '/api/workspaces/{workspace}/time-zone',
  summary: 'Count days and months in another time zone; what runs keeps its end.',
  tag: 'Workspaces',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      timeZone: timeZone.meta({ description: 'By which days and months are counted from now on' }),
    })
    .meta({ id: 'PutTimeZone' }),
  responses: changeResponses,
  problems: [...changeProblems],
  carryOut: async ({ params, body, sent }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    return carryOut(call, record.value, { command: { kind: 'setTimeZone', ...body }, sent });
  },
});

export const timeZoneRoutes: readonly Route[] = [setTimeZone];
