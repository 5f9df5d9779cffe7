import { randomUUID } from 'node:crypto';
import { toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Task } from '../../proto/process/tasks.ts';
import { packageVersion } from '../../proto/process/version.ts';
import { Following, type Remembered } from '../fleet/following.ts';
import { alone, type Peers } from '../store/peers.ts';
import type { StorePlace } from '../store/threads/messages.ts';
import type { Fleet } from './fleet.ts';

/** A coordinator among those that may share its store. */
export interface Membership {
  /** The place, opened as one of them. */
  place: StorePlace;
  /** Absent where there can be no other. */
  peers: Peers;
  /** Whether there can be others. */
  isShared: boolean;
  /** Follows what the others change, until the signal aborts. */
  follow: (fleet: Fleet, remembered: Remembered, signal: AbortSignal) => Record<string, Task>;
}

/** @param address where this coordinator listens, for people */
export async function joinPeers(
  place: StorePlace,
  address: () => string,
  logger: Logger,
): Promise<Membership> {
  if (place.kind === 'sqlite') return { place, peers: alone, isShared: false, follow: () => ({}) };
  const replica = { replicaId: `co-${randomUUID()}`, version: packageVersion() };
  const { PostgresPeers } = await import('../store/postgres/peers.ts');
  const peers = new PostgresPeers({
    url: place.url,
    replica,
    address,
    onProblem: (problem) => {
      if (problem === undefined) logger.info('other coordinators are heard again');
      else
        logger.warn(
          { reason: toParbakeError(problem).message },
          'cannot hear other coordinators, and looks into the store instead',
        );
    },
  });
  return {
    place: { ...place, replica },
    peers,
    isShared: true,
    follow: (fleet, remembered, signal) => ({
      peers: () => peers.run(new Following({ ...fleet, remembered, logger }), signal),
    }),
  };
}
