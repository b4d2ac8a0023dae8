import { denialProblems } from './denial-kinds.ts';
import type { ProblemKind } from './problem-kind.ts';
import { refusalProblems } from './refusal-kinds.ts';
import { topUpRefundProblems } from './top-up-refund-kinds.ts';

const ofRequests = {
  badJson: {
    status: 400,
    title: 'The body is not JSON.',
    fix: 'Send one JSON object, encoded as UTF-8.',
  },
  badEncoding: {
    status: 400,
    title: 'The body is not UTF-8.',
    fix: 'Encode the body as UTF-8, without another content encoding than gzip, deflate or br.',
  },
  idempotencyKeyRequired: {
    status: 400,
    title: 'The header Idempotency-Key is missing.',
    fix: 'Send a new key per wish, and the same key when you try the same wish again.',
  },
  badSignature: {
    status: 400,
    title: 'The webhook was not signed by a known secret.',
    fix: 'Check the endpoint’s signing secret and the clock of the sender.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key was given.',
    fix: 'Send “Authorization: Bearer tg_…” with a key that was not revoked.',
  },
  scopeRequired: {
    status: 403,
    title: 'The key lacks the scope for this.',
    fix: 'Use a key with one of the scopes that the message names.',
  },
  permissionRequired: {
    status: 403,
    title: 'The member’s role does not allow this.',
    fix: 'Have it done by one of the roles that the message names.',
  },
  notFound: {
    status: 404,
    title: 'There is nothing here under this name.',
    fix: 'Check the address and its ids; a workspace of another product is not found either.',
  },
  bodyTooLarge: {
    status: 413,
    title: 'The body is too large.',
    fix: 'Send less at once.',
  },
  unsupportedMediaType: {
    status: 415,
    title: 'The body is not declared as JSON.',
    fix: 'Send “Content-Type: application/json”.',
  },
  invalidRequest: {
    status: 422,
    title: 'Fields of the request are missing, unknown or wrong.',
    fix: 'Correct each field that “pointers” names; nothing was written.',
  },
  tooManyRequests: {
    status: 429,
    title: 'The key has used up its requests for now.',
    fix: 'Wait as long as the header Retry-After says.',
  },
  defect: {
    status: 500,
    title: 'Tollgate made a mistake.',
    fix: 'Try again with the same Idempotency-Key; report the request id if it stays.',
  },
  databaseUnavailable: {
    status: 503,
    title: 'The database is away.',
    fix: 'Try again with the same Idempotency-Key after the time in Retry-After.',
  },
  paymentsUnavailable: {
    status: 503,
    title: 'The payment provider is away.',
    fix: 'Try again with the same Idempotency-Key after the time in Retry-After.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

const ofRules = {
  idempotencyKeyReused: {
    status: 409,
    title: 'This Idempotency-Key was used with another body.',
    fix: 'Take a new key for a new wish.',
  },
  workspaceExists: {
    status: 409,
    title: 'The workspace exists and was made otherwise.',
    fix: 'Change it by its own routes, or choose another id.',
  },
  invoiceNotOpen: {
    status: 409,
    title: 'The invoice is not open.',
    fix: 'Only an open invoice is paid; GET …/invoices/{invoice} shows what became of this one.',
  },
  invoiceBeingPaid: {
    status: 409,
    title: 'A bank debit of this invoice is on its way.',
    fix: 'Wait for the bank’s answer; give money that came twice back.',
  },
  testClocksUnavailable: {
    status: 409,
    title: 'Test clocks are not possible with real money.',
    fix: 'Make the workspace without “testClock”, or use a test installation.',
  },
  ownerStays: {
    status: 409,
    title: 'The owner’s membership is not changed here.',
    fix: 'Transfer the ownership first.',
  },
  holdClosed: {
    status: 409,
    title: 'The hold was closed by another request.',
    fix: 'Nothing is left to do for it; what was used is on its receipt.',
  },
  nothingToRefund: {
    status: 409,
    title: 'Less than this is left to refund.',
    fix: 'Refund at most what the message says.',
  },
  nothingToVoid: {
    status: 409,
    title: 'Nothing is left of the grant.',
    fix: 'What is spent stays spent; refund the debits instead.',
  },
  grantNotVoidable: {
    status: 409,
    title: 'The grant was not given by an operator.',
    fix: 'Included credits follow the plan, and bought ones are refunded.',
  },
  allocationNotOffered: {
    status: 422,
    title: 'The plan lets nobody set credits aside.',
    fix: 'Leave “earmark” out, or choose a plan with allocation.',
  },
  ratesMoving: {
    status: 409,
    title: 'The rates are being changed just now.',
    fix: 'Send the request again under the same Idempotency-Key.',
  },
  memberRequired: {
    status: 422,
    title: 'Members of this workspace pay with their own plans.',
    fix: 'Say in “member” who is calling.',
  },
  memberUnknown: {
    status: 422,
    title: 'The member is not an accepted member of the workspace.',
    fix: 'Accept the membership first.',
  },
  unknownModel: {
    status: 422,
    title: 'The rate card has no such model.',
    fix: 'Ask GET /api/rate-card for the models and their rates.',
  },
  capScopeNotOffered: {
    status: 422,
    title: 'The product’s catalog offers no caps of this scope.',
    fix: 'Use a scope that the message names.',
  },
  spendCapNotOffered: {
    status: 422,
    title: 'The product’s catalog offers no spend cap.',
    fix: 'Leave "spend" out.',
  },
  occurredAhead: {
    status: 422,
    title: '“occurredAt” lies more than 5 minutes in the future.',
    fix: 'Check the sender’s clock; times are compared with the workspace’s time.',
  },
  occurredTooLate: {
    status: 422,
    title: '“occurredAt” lies more than 35 days in the past.',
    fix: 'Usage this old cannot be booked any more.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export const problemKinds = {
  ...ofRequests,
  ...ofRules,
  ...denialProblems,
  ...refusalProblems,
  ...topUpRefundProblems,
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof problemKinds;

export const isProblemCode = (code: string): code is ProblemCode =>
  Object.hasOwn(problemKinds, code);
