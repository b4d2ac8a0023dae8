import { answerDueDebits } from './objects/bank-debits.ts';
import { expireDueCheckouts } from './objects/checkout.ts';
import type { World } from './world.ts';

/** Does what fell due by the clock of each customer. */
export function passTime(world: World): void {
  expireDueCheckouts(world);
  answerDueDebits(world);
}
