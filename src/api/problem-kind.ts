/** What a stable code means and what to do about it; rendered at /docs/errors. */
export type ProblemKind = {
  readonly status: 400 | 401 | 402 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly title: string;
  readonly fix: string;
};
