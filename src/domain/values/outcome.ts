/** What a customer may cause: an answer, or a refusal with the data its message needs. */
export type Outcome<Value, Refusal> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Refusal };

export const ok = <Value>(value: Value): Outcome<Value, never> => ({ ok: true, value });
export const refused = <Refusal>(refusal: Refusal): Outcome<never, Refusal> => ({
  ok: false,
  refusal,
});
