import { inject } from 'vitest';

/** The parts that a test may ask for; each is started by the first test that asks. */
export interface StackParts {
  /** Where the disposable PostgreSQL cluster answers, and its migrated template database. */
  readonly postgres: { readonly port: number; readonly template: string };
  readonly temporal: { readonly address: string };
  readonly workflowBundle: { readonly path: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    stackUrl: string;
  }
}

/** Asks the test run's set-up for a part and waits until it runs. */
export async function requestPart<Name extends keyof StackParts>(
  name: Name,
): Promise<StackParts[Name]> {
  const response = await fetch(`${inject('stackUrl')}/${name}`);
  if (!response.ok) throw new Error(`the test run has no ${name}: ${await response.text()}`);
  return (await response.json()) as StackParts[Name]; // global-setup.ts answers with this type
}
