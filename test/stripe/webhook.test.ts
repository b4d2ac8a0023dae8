import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { verifyWebhook } from '../../src/stripe/webhook.ts';

const secret = 'whsec_new';
const signedAtSeconds = 1_770_000_000;

const paid = {
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  data: { object: { id: 'pi_1', object: 'payment_intent', customer: 'cus_1', amount: 4900 } },
};

function signed(body: string, by = secret): { raw: Buffer; header: string } {
  const header = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: by,
    timestamp: signedAtSeconds,
  });
  return { raw: Buffer.from(body), header };
}

function verify(body: unknown, options: { by?: string; ageSeconds?: number; secrets?: string[] }) {
  const { raw, header } = signed(JSON.stringify(body), options.by);
  const receivedAtMs = (signedAtSeconds + (options.ageSeconds ?? 1)) * 1000;
  return verifyWebhook(raw, header, options.secrets ?? [secret], receivedAtMs);
}

const badSignature = { ok: false, refusal: { kind: 'badSignature' } };
const badBody = { ok: false, refusal: { kind: 'badBody' } };

describe('the signature', () => {
  test('a rightly signed event tells which object to fetch, and nothing else', () => {
    expect(verify(paid, {})).toEqual({
      ok: true,
      value: {
        id: 'evt_1',
        type: 'payment_intent.succeeded',
        objectId: 'pi_1',
        customer: 'cus_1',
      },
    });
  });

  test('either secret is taken while one replaces the other', () => {
    const secrets = ['whsec_new', 'whsec_old'];
    expect(verify(paid, { by: 'whsec_old', secrets })).toMatchObject({ ok: true });
    expect(verify(paid, { by: 'whsec_new', secrets })).toMatchObject({ ok: true });
    expect(verify(paid, { by: 'whsec_other', secrets })).toEqual(badSignature);
  });

  test('no secret verifies nothing', () => {
    expect(verify(paid, { secrets: [] })).toEqual(badSignature);
  });

  test('is taken for 300 seconds and refused after', () => {
    expect(verify(paid, { ageSeconds: 300 })).toMatchObject({ ok: true });
    expect(verify(paid, { ageSeconds: 301 })).toEqual(badSignature);
  });

  test.each(['', 'nonsense', 't=1770000000', 'v1=abc', 't=1770000000,v0=abc'])(
    'the header "%s" is refused',
    (header) => {
      const body = Buffer.from(JSON.stringify(paid));
      expect(verifyWebhook(body, header, [secret], signedAtSeconds * 1000)).toEqual(badSignature);
    },
  );

  test('one changed byte of the body is refused', () => {
    const { header } = signed(JSON.stringify(paid));
    const changed = Buffer.from(JSON.stringify(paid).replace('4900', '4901'));
    expect(verifyWebhook(changed, header, [secret], signedAtSeconds * 1000)).toEqual(badSignature);
  });

  test('the same content printed differently is refused: the bytes are what is signed', () => {
    const { header } = signed(JSON.stringify(paid));
    const printed = Buffer.from(JSON.stringify(paid, null, 2));
    expect(verifyWebhook(printed, header, [secret], signedAtSeconds * 1000)).toEqual(badSignature);
  });
});

describe('the body', () => {
  const withObject = (type: string, object: unknown) => ({ ...paid, type, data: { object } });

  test('the customer of a customer event is the object itself', () => {
    const event = withObject('customer.updated', { id: 'cus_7', object: 'customer' });
    expect(verify(event, {})).toMatchObject({ value: { objectId: 'cus_7', customer: 'cus_7' } });
  });

  test("a customer's tax id belongs to its customer", () => {
    const event = withObject('customer.tax_id.created', {
      id: 'txi_1',
      object: 'tax_id',
      customer: 'cus_7',
    });
    expect(verify(event, {})).toMatchObject({ value: { objectId: 'txi_1', customer: 'cus_7' } });
  });

  test.each([
    [{ id: 'dp_1', object: 'dispute', payment_intent: 'pi_1' }, null],
    [{ id: 'ch_1', object: 'charge', customer: null }, null],
    [{ id: 'ch_1', object: 'charge', customer: { id: 'cus_2', object: 'customer' } }, 'cus_2'],
  ])('of %j the customer is %s', (object, customer) => {
    expect(verify(withObject('x.y', object), {})).toMatchObject({ value: { customer } });
  });

  test('other API versions and unknown fields are taken', () => {
    const event = { ...paid, api_version: '2019-02-19', pending_webhooks: 'many', extra: [] };
    expect(verify(event, {})).toMatchObject({ ok: true, value: { objectId: 'pi_1' } });
  });

  test.each([
    ['a thin event', { id: 'evt_1', object: 'v2.core.event', type: 'v2.x', related_object: {} }],
    ['an event without its object', { ...paid, data: {} }],
    ['an object without id', { ...paid, data: { object: { object: 'balance' } } }],
    ['an event without type', { ...paid, type: undefined }],
    ['an event without id', { ...paid, id: '' }],
    ['a list', [paid]],
    ['null', null],
  ])('%s is refused as badBody', (_name, body) => {
    expect(verify(body, {})).toEqual(badBody);
  });

  test('a rightly signed body that is no JSON is refused as badBody', () => {
    const { raw, header } = signed('not json');
    expect(verifyWebhook(raw, header, [secret], signedAtSeconds * 1000)).toEqual(badBody);
  });
});
