import { toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { retry } from '../../proto/process/retry.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { CheckInRequest } from '../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { CheckInResponse__Output } from '../../proto/gen/parbake/v1/CheckInResponse.ts';

/**
 * Checks in. A coordinator that is too busy is asked again on the same connection when it said: a new connection would cost it
 * more than the check-in.
 * @param request made anew for each try
 * @param onBusy gets the milliseconds until the next try
 * @throws ParbakeError
 */
export async function checkIn(
  client: AgentServiceClient,
  request: () => CheckInRequest,
  { random, signal, onBusy }: { random: () => number; signal: AbortSignal; onBusy: (waitMs: number) => void },
): Promise<CheckInResponse__Output> {
  return await retry(() => checkInOnce(client, request()), {
    delay: (failures) => backoff(failures, random()),
    isWorthIt: (cause) => toParbakeError(cause).code === 'COORDINATOR_BUSY',
    signal,
    onRetry: ({ waitMs }) => onBusy(waitMs),
  });
}

function checkInOnce(client: AgentServiceClient, request: CheckInRequest): Promise<CheckInResponse__Output> {
  return new Promise((resolve, reject) => {
    client.checkIn(request, { deadline: Date.now() + deadlines.checkIn }, (error, response) => {
      if (error !== null || response === undefined) reject(fromStatus(error));
      else resolve(response);
    });
  });
}
