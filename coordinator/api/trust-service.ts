import type { TrustServiceHandlers } from '../../proto/gen/parbake/v1/TrustService.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { TrustOperator } from '../trust/trust-operator.ts';
import type { AccessToken } from '../core/access-token.ts';
import { principalText } from '../core/principal.ts';
import type { AccessTokens } from '../trust/access-tokens.ts';
import { tokenFromProto } from './from-proto/access-token.ts';
import { joinTokenFromProto } from './from-proto/attest.ts';
import { printable, required } from './from-proto/parts.ts';
import { unary } from './handlers.ts';

/** Characters of why an instance is locked. */
const maxReason = 500;

export function trustService(
  operator: TrustOperator,
  tokens: AccessTokens,
  logger: Logger,
): TrustServiceHandlers {
  return {
    CreateToken: unary(logger, 'CreateToken', async (request) => {
      const { principal, ttlMs } = tokenFromProto(request);
      const { secret, token } = await tokens.create(principal, ttlMs);
      return { secret, token: tokenMessage(token) };
    }),
    ListTokens: unary(logger, 'ListTokens', async () => ({
      tokens: await Promise.resolve(tokens.list(Date.now()).map(tokenMessage)),
    })),
    RevokeToken: unary(logger, 'RevokeToken', async ({ tokenId }) => {
      await tokens.revoke(required('token_id', tokenId, 128));
      return {};
    }),
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

function tokenMessage({ tokenId, principal, createTime, expireTime }: AccessToken) {
  return {
    tokenId,
    principal: principalText(principal),
    createTime: timeOf(createTime),
    expireTime: timeOf(expireTime),
  };
}
