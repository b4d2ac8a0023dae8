import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { SEARCH_ATTRIBUTES } from '../../src/local/temporal.ts';
import type { TemporalAddress } from '../../src/temporal/connect.ts';
import { requestPart } from './stack.ts';

/** The address of this run's Temporal server. */
export const requestTemporalAddress = async (): Promise<string> =>
  (await requestPart('temporal')).address;

/** The file of the workflows' bundle, built once a run from the present sources. */
export const requestWorkflowBundle = async (): Promise<string> =>
  (await requestPart('workflowBundle')).path;

/**
 * A namespace of the caller's own on this run's server. Workspaces of two test files may bear one
 * name, and so would their workflows: in one namespace the second would wait for the first's worker.
 */
export async function openTemporalNamespace(): Promise<TemporalAddress> {
  const address = await requestTemporalAddress();
  const namespace = `world-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, indexedType(type)]),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  await connection.close();
  return { address, namespace };
}

function indexedType(type: 'Keyword' | 'Datetime') {
  const known = type === 'Keyword' ? 'KEYWORD' : 'DATETIME';
  const indexed = encodeSearchAttributeIndexedValueType(known);
  if (indexed === undefined) throw new Error(`Temporal indexes no ${type}`);
  return indexed;
}
