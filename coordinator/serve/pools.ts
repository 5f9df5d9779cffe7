import { randomUUID } from 'node:crypto';
import { Bell } from '../../proto/process/bell.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted, type Task } from '../../proto/process/tasks.ts';
import { defaultLimits } from '../core/limits.ts';
import { moment } from '../fleet/moment.ts';
import { ImageOperator } from '../pools/image-operator.ts';
import { keepPools } from '../pools/pool-keeper.ts';
import { PoolOperator } from '../pools/pool-operator.ts';
import type { PoolParts } from '../pools/pool-rounds.ts';
import type { Fleet } from './fleet.ts';

/** What operators ask about pools, and what keeps them. */
export interface Pools {
  operator: PoolOperator;
  images: ImageOperator;
  /** Keeps pools until the signal aborts. One coordinator of several is enough; two do no harm. */
  keep: Task;
}

/** @param region of EC2; undefined without a provider that launches machines */
export function composePools(
  { store, changes, outcomes }: Fleet,
  region: string | undefined,
  called: NonNullable<PoolParts['called']>,
  logger: Logger,
): Pools {
  const wake = new Bell();
  const operator = new PoolOperator({
    store,
    hasProvider: region !== undefined,
    newFleetId: randomUUID,
    changed: () => wake.ring(),
    logger,
  });
  const images = new ImageOperator({ store, hasProvider: region !== undefined, moment, logger });
  // A task of a leader that returns at once would be started again at once.
  if (region === undefined) return { operator, images, keep: aborted };
  return {
    operator,
    images,
    async keep(signal) {
      // The AWS SDK is loaded only where it is used: it is most of this program's memory.
      const { ec2Provider } = await import('../ec2/ec2-provider.ts');
      const provider = ec2Provider(region);
      const stop = changes.watch(() => wake.ring());
      try {
        const ports = { store, provider, called, logger, moment, wake };
        const { settling } = defaultLimits;
        const concluded: PoolParts['concluded'] = (operated) => outcomes.operated(operated);
        await keepPools({ ...ports, concluded, settling, newId: randomUUID, random: Math.random }, signal);
      } finally {
        stop();
        provider.close();
      }
    },
  };
}
