import type { PoolServiceHandlers } from '../../proto/gen/parbake/v1/PoolService.ts';
import type { Logger } from '../../proto/process/log.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { Moment } from '../core/model.ts';
import type { PoolOperator } from '../pools/pool-operator.ts';
import { expectationFromProto } from './from-proto/expect-demand.ts';
import { named, required } from './from-proto/parts.ts';
import { poolsFromProto } from './from-proto/pools.ts';
import { unary } from './handlers.ts';
import { poolMessage } from './pool-message.ts';

/** Characters of why a pool is paused. */
const maxReason = 200;

export function poolService(
  operator: PoolOperator,
  moment: () => Moment,
  logger: Logger,
): PoolServiceHandlers {
  const nameOf = ({ name }: { name: string }): string => required('name', name, 63);
  return {
    ApplyPools: unary(logger, 'ApplyPools', async (request) => {
      const pools = await operator.apply(poolsFromProto(request), request.validateOnly);
      return { pools: pools.map((pool) => poolMessage(pool)) };
    }),
    ListPools: unary(logger, 'ListPools', async () => ({
      pools: (await operator.list()).map((pool) => poolMessage(pool)),
    })),
    ExplainPool: unary(logger, 'ExplainPool', async (request) => ({
      pool: poolMessage(await operator.get(nameOf(request)), moment()),
    })),
    PausePool: unary(logger, 'PausePool', async (request) => {
      const reason = named('reason', required('reason', request.reason, maxReason), maxReason);
      await operator.pause(nameOf(request), reason);
      return {};
    }),
    ResumePool: unary(logger, 'ResumePool', async (request) => {
      await operator.resume(nameOf(request));
      return {};
    }),
    ExpectDemand: unary(logger, 'ExpectDemand', async (request) => {
      const expectation = expectationFromProto(request, moment().now);
      await operator.expect(expectation);
      return { expireTime: timeOf(expectation.end) };
    }),
    DeletePool: unary(logger, 'DeletePool', async (request) => {
      await operator.delete(nameOf(request));
      return {};
    }),
  };
}
