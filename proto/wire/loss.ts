import type { Role } from '../gen/parbake/v1/Role.ts';
import { durationOf } from './time.ts';

/** What a recipe's role says about the loss of its instance, as the API has it. */
export function lossMessage({
  onLoss = 'fail',
  silentAfterMs,
}: {
  onLoss?: 'fail' | 'replace';
  silentAfterMs?: number;
}): Pick<Role, 'onLoss' | 'silentAfter'> {
  return {
    onLoss: onLoss === 'replace' ? 'ON_LOSS_REPLACE' : 'ON_LOSS_FAIL',
    silentAfter: durationOf(silentAfterMs) ?? null,
  };
}
