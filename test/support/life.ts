import { expect } from 'vitest';
import type { Answer, HttpClient, Json } from './http-client.ts';
import type { World } from './world.ts';

export const returnTo = 'https://product.example/editor';

/** One workspace as its product lives with it, over HTTP alone. */
export type Life = {
  readonly path: string;
  readonly api: HttpClient;
  show(): Promise<Json>;
  balance(): Promise<Json>;
  invoices(): Promise<readonly Json[]>;
  feature(name: string): Promise<Json>;
  advance(to: string): Promise<void>;
  /** Charges credits; answers whatever the API does. */
  use(credits: string, whom?: object): Promise<Answer>;
  /** Adds a card on Stripe's page, as a person does, and comes back. */
  addCard(card?: string): Promise<void>;
  /** Pays a Checkout on Stripe's page, and comes back. */
  pay(checkoutUrl: unknown, card?: string): Promise<void>;
  /** Waits until the workflow has taken in what was told. */
  becomes(status: string): Promise<Json>;
};

export async function startLife(
  world: World,
  of: { readonly product: string; readonly workspace: string },
  body: object,
): Promise<Life> {
  const api = world.api(of.product);
  const path = `/api/workspaces/${of.workspace}`;
  const made = await api.put(path, body);
  expect(made).toMatchObject({ status: 201 });
  return lifeOf(world, api, path);
}

export function lifeOf(world: World, api: HttpClient, path: string): Life {
  const good = async (asked: Promise<Answer>): Promise<Json> => {
    const answer = await asked;
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  };
  const life: Life = {
    path,
    api,
    show: () => good(api.get(path)),
    balance: () => good(api.get(`${path}/balance`)),
    invoices: async () => (await good(api.get(`${path}/invoices`)))['invoices'] ?? [],
    feature: (name) => good(api.get(`${path}/entitlements/${name}`)),
    advance: async (to) => {
      const moved = await api.post(`${path}/clock`, { to });
      expect([200, 202]).toContain(moved.status);
      await expect.poll(async () => (await life.show())['movingTo'], slow).toBe(null);
      expect(await life.show()).toMatchObject({ at: to });
    },
    use: (credits, whom = {}) =>
      api.post(`${path}/debits`, { lines: [{ line: 'llm', credits }], ...whom }),
    addCard: async (card = 'works') => {
      const { url } = await good(api.post(`${path}/payment-method`, { returnTo }));
      await life.pay(url, card);
    },
    pay: async (checkoutUrl, card = 'works') => {
      const session = String(checkoutUrl).split('/').at(-1);
      const paid = await world.stripe.post(`/_control/checkout/${session}/pay`, { card });
      expect(paid).toMatchObject({ status: 200 });
      const back = await api.get(`/checkout/return?session=${session}`);
      expect(back.status).toBe(303);
      expect(back.headers.get('location')).toBe(returnTo);
    },
    becomes: async (status) => {
      await expect.poll(async () => (await life.show())['status'], slow).toBe(status);
      return life.show();
    },
  };
  return life;
}

const slow = { timeout: 60_000, interval: 50 };
