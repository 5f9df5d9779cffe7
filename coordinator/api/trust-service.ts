import type { TrustServiceHandlers } from '../../proto/gen/parbake/v1/TrustService.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { TrustOperator } from '../trust/trust-operator.ts';
import { joinTokenFromProto } from './from-proto/attest.ts';
import { printable, required } from './from-proto/parts.ts';
import { unary } from './handlers.ts';

/** Characters of why an instance is locked. */
const maxReason = 500;

export function trustService(operator: TrustOperator, logger: Logger): TrustServiceHandlers {
  return {
    CreateJoinToken: unary(logger, 'CreateJoinToken', async (request) => {
      const { instanceId, ttlMs } = joinTokenFromProto(request);
      const { token, expireTime } = await operator.createJoinToken(instanceId, ttlMs);
      return { joinToken: token, expireTime: timeOf(expireTime) };
    }),
    LockInstance: unary(logger, 'LockInstance', async ({ instanceId, reason }) => {
      await operator.lock(required('instance_id', instanceId, 128), printable(reason, maxReason));
      return {};
    }),
    ReadmitInstance: unary(logger, 'ReadmitInstance', async ({ instanceId }) => {
      await operator.readmit(required('instance_id', instanceId, 128));
      return {};
    }),
  };
}
