import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { openWorld } from '../support/world.ts';

test('an API that drains answers what was begun, and then who asks over the same connection', async () => {
  const world = await openWorld({ worker: 'none' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const url = `${world.config.http.publicUrl}/webhooks/stripe`;
  const headers = { 'content-length': 2, expect: '100-continue' };
  const begun = request(url, { agent, method: 'POST', headers });
  begun.flushHeaders();
  await once(begun, 'continue');

  const stopped = world.stop();
  const next = request(url, { agent, method: 'POST' });
  next.end();
  begun.end('{}');
  expect((await answerTo(begun)).headers.connection).toBe('keep-alive');
  expect((await answerTo(next)).headers.connection).toBe('close');
  await stopped;
  agent.destroy();
});

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // as node:http declares it
  return answer.resume();
}
