import type { MicroCredits } from '../domain/values/money.ts';

/** Promo credits that a refund gave, because the grant that it went back to had ended. */
export interface PromoInPlace {
  readonly grantNo: number;
  readonly inPlaceOf: number;
  readonly amountMicro: MicroCredits;
  readonly expiresAt: string;
}
