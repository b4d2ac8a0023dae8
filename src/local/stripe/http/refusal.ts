/** The `error` object of a Stripe answer, as far as the emulator fills it. */
export interface RefusalBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly code?: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly param?: string;
  readonly [detail: string]: unknown;
}

/**
 * A request that Stripe would refuse. Thrown, not returned: every refusal leaves through the one
 * boundary in `server.ts`, and the resources read as the straight story of what succeeds.
 */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly body: RefusalBody;
  /** Stripe forgets the idempotency key of a request that never began to execute. */
  readonly beforeExecution: boolean;

  constructor(status: number, body: RefusalBody, options: { beforeExecution?: boolean } = {}) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.beforeExecution = options.beforeExecution ?? false;
  }
}

/** 400: the request makes no sense in the state that the objects are in. */
export const invalidRequest = (
  message: string,
  details: { code?: string; param?: string; [detail: string]: unknown } = {},
): StripeRefusal => new StripeRefusal(400, { type: 'invalid_request_error', message, ...details });

export const resourceMissing = (what: string, id: string, param = 'id'): StripeRefusal =>
  new StripeRefusal(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  });

export const unrecognizedUrl = (method: string, path: string): StripeRefusal =>
  new StripeRefusal(
    404,
    {
      type: 'invalid_request_error',
      message:
        `Unrecognized request URL (${method}: ${path}). ` +
        'If you are trying to list objects, remove the trailing slash.',
    },
    { beforeExecution: true },
  );
