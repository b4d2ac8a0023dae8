import { burnable, burnDown } from './burn-down.ts';
import {
  availableMicro,
  countedMicro,
  isCapped,
  type CreditAccount,
  type CreditEntry,
  type CreditRefusal,
  type Done,
  type Usage,
  type UsagePart,
} from './credit-account.ts';
import { changeGrants, entryOf, takeFrom } from './credit-movement.ts';
import { invoicedOf, roomBeyond } from './credit-overage.ts';
import { greater, lesser, micro, minus, plus, sum, type MicroCredits } from '../values/money.ts';
import { ok, refused, type Outcome } from '../values/outcome.ts';

/** Something to be used or held. */
export type Call = {
  readonly id: string;
  readonly amountMicro: MicroCredits;
  readonly feature: string | null;
  /** The member and the Space that it is for; not given: nobody is named. */
  readonly whose?: readonly string[];
  /** What it counts against caps, where that is another unit than credits. */
  readonly countedMicro?: MicroCredits;
};

/**
 * Burns an amount in the policy's order. `deny` refuses it whole when the grants or a cap do not
 * allow it, and moves nothing; `record` takes usage that has happened: what no grant covers becomes
 * debt or goes to the invoice, and a cap's breach is told.
 */
export function useCredits(
  account: CreditAccount,
  call: Call & { readonly onShort: 'deny' | 'record' },
): Done<Usage> {
  if (call.amountMicro < 0n) return refused({ kind: 'badAmount' });
  if (call.onShort === 'deny') {
    const allowed = mayUse(account, call);
    if (!allowed.ok) return allowed;
  }
  const { account: state, parts } = burn(account, call.amountMicro, call.feature);
  return ok(record(state, call, parts));
}

/** Whether the caps and the grants allow a call. */
export function mayUse(account: CreditAccount, call: Call): Outcome<true, CreditRefusal> {
  const counted = call.countedMicro ?? call.amountMicro;
  for (const cap of account.policy.caps) {
    if (!isCapped(cap, call)) continue;
    const usedMicro = countedMicro(account, cap);
    if (plus(usedMicro, counted) > cap.limitMicro) {
      return refused({ kind: 'capReached', cap, usedMicro });
    }
  }
  const shortMicro = minus(call.amountMicro, availableMicro(account, call.feature));
  return shortMicro > roomBeyond(account)
    ? refused({ kind: 'insufficientBalance', shortMicro })
    : ok(true);
}

/** Takes an amount from the grants; what they cannot pay goes where the policy's settlement says. */
export function burn(
  account: CreditAccount,
  amountMicro: MicroCredits,
  feature: string | null,
): { readonly account: CreditAccount; readonly parts: readonly UsagePart[] } {
  const grants = burnable(account.grants, { at: account.at, earmark: feature });
  const { burns, shortMicro } = burnDown(grants, account.policy.order, amountMicro);
  const paid = burns.map(({ grantNo, amountMicro }) => ({ source: grantNo, amountMicro }));
  const invoiced = invoicedOf(account, shortMicro);
  const { overagePriceMicro: priceMicro } = account.policy;
  const short: UsagePart[] = [
    {
      source: 'overage',
      amountMicro: invoiced,
      ...(priceMicro === undefined ? {} : { priceMicro }),
    },
    { source: 'debt', amountMicro: minus(shortMicro, invoiced) },
  ];
  const parts = [...paid, ...short.filter(({ amountMicro }) => amountMicro > 0n)];
  return { account: takeFrom(account, burns), parts };
}

/** Writes a usage and its entries, with how far it is over the tightest cap. */
export function record(
  account: CreditAccount,
  call: Call,
  parts: readonly UsagePart[],
): { readonly account: CreditAccount; readonly answer: Usage } {
  const { id, feature, whose = [] } = call;
  const { at } = account;
  const counted = call.countedMicro ?? call.amountMicro;
  const usage = { id, at, feature, whose, parts, countedMicro: counted, breachMicro: micro(0) };
  const paid = parts.flatMap(({ source, amountMicro }) =>
    typeof source === 'number' ? [{ grantNo: source, amountMicro }] : [],
  );
  const owed = parts.filter(({ source }) => source === 'debt').map((part) => part.amountMicro);
  const spent = changeGrants(account, paid, ({ spentMicro }, amountMicro) => ({
    spentMicro: plus(spentMicro, amountMicro),
  }));
  const written = {
    ...spent,
    usages: [...account.usages, usage],
    debtMicro: sum([account.debtMicro, ...owed]),
    entries: [...account.entries, ...parts.flatMap((part) => entryOfPart(account, part))],
  };
  const answer = { ...usage, breachMicro: breachOf(written, call, counted) };
  return { account: { ...written, usages: [...account.usages, answer] }, answer };
}

function breachOf(account: CreditAccount, call: Call, counted: MicroCredits): MicroCredits {
  return account.policy.caps
    .filter((cap) => isCapped(cap, call))
    .map((cap) => minus(countedMicro(account, cap), cap.limitMicro))
    .reduce((most, over) => greater(most, lesser(over, counted)), micro(0));
}

function entryOfPart(account: CreditAccount, part: UsagePart): CreditEntry[] {
  const { source, amountMicro } = part;
  if (typeof source === 'number') {
    return entryOf(account.at, 'burned', { grantNo: source, amountMicro });
  }
  const kind = source === 'overage' ? 'invoiced' : 'borrowed';
  return entryOf(account.at, kind, { grantNo: null, amountMicro });
}
