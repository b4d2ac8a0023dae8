import { z } from 'zod';
import { carryOut, changeProblems, changeResponses } from '../carry-out.ts';
import { none, route, type Route } from '../route.ts';
import { findWorkspace, inWorkspace } from '../workspace-lookup.ts';

const put = route({
  method: 'put',
  path: '/api/workspaces/{workspace}/seats',
  summary: 'Set how many seats are bought; the difference is prorated by the day.',
  tag: 'Plans',
  scopes: ['manage'],
  needs: 'manage',
  params: inWorkspace,
  query: none,
  body: z
    .strictObject({
      purchased: z
        .int()
        .min(1)
        .max(100_000)
        .meta({ description: 'Seats that are to be paid for from now on' }),
    })
    .meta({ id: 'PutSeats' }),
  responses: changeResponses,
  problems: [
    ...changeProblems,
    'seatsNotSold',
    'seatsBelowMinimum',
    'seatsAboveMost',
    'notStarted',
  ],
  carryOut: async ({ params, body, sent }, call) => {
    const record = await findWorkspace(call, params.workspace);
    if (!record.ok) return record;
    return carryOut(call, record.value, { command: { kind: 'setSeats', ...body }, sent });
  },
});

export const seatRoutes: readonly Route[] = [put];
