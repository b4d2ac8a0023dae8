import { requestPart } from './stack.ts';

/** The address of this run's Temporal server. Workflow ids and task queues keep test files apart. */
export const requestTemporalAddress = async (): Promise<string> =>
  (await requestPart('temporal')).address;

/** The file of the workflows' bundle, built once a run from the present sources. */
export const requestWorkflowBundle = async (): Promise<string> =>
  (await requestPart('workflowBundle')).path;
