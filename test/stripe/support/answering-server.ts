import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripePayments } from '../../../src/stripe/payments.ts';
import type { Payments } from '../../../src/ports/payments.ts';

export type Answer =
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  /** The connection is closed without an answer. */
  | 'drop'
  /** No answer ever comes. */
  | 'silence';

export type Asked = { readonly route: string; readonly key: string | undefined };

/** What stands between us and Stripe on a bad day: answers as told, the last one again and again. */
export async function startAnsweringServer(answers: readonly Answer[]): Promise<{
  readonly port: number;
  readonly payments: Payments;
  readonly asked: Asked[];
  readonly stop: () => Promise<void>;
}> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ route: `${request.method} ${request.url}`, key: keyOf(request) });
    give(response, answers[Math.min(asked.length, answers.length) - 1] ?? 'silence');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address, never a pipe's name
  return {
    port,
    payments: stripePayments({
      secretKey: 'sk_test_answering',
      apiBase: `http://127.0.0.1:${port}`,
      publicUrl: 'https://billing.example',
      timeoutMs: 250,
    }),
    asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function keyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' ? key : undefined;
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return;
  if (answer === 'drop') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.body);
}
