import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export type TemporalAddress = { readonly address: string; readonly namespace: string };

/** What a client and a worker connect with: TLS and key by Temporal's own environment variables. */
export function connectionOptions(temporal: TemporalAddress) {
  const { connectionOptions: fromEnvironment } = loadClientConnectConfig();
  return { ...fromEnvironment, address: temporal.address };
}

/** A client that connects on first use, so that a server which is away stops nobody from starting. */
export function connectClient(temporal: TemporalAddress): Client {
  const connection = Connection.lazy(connectionOptions(temporal));
  return new Client({ connection, namespace: temporal.namespace });
}
