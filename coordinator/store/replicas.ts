import type { Moment } from '../core/model.ts';

/** What coordinators that share a store do for each other. */
export interface ReplicaUseCases {
  /**
   * Keeps when agents were last heard of: coordinators without their sessions cannot know. Nothing where there is one
   * coordinator, whose sessions know better.
   * @param lastSeenTimes in milliseconds since the epoch, by instance
   */
  noteSeen(lastSeenTimes: Readonly<Record<string, number>>): Promise<void>;
  /**
   * Gives up coordinators whose leases ran out: from now on they change nothing. Their sessions are closed, and requests
   * that only they waited for are forgotten.
   * @returns who was given up, and the instances that had a session there
   */
  endLapsed(at: Moment): Promise<{ replicaIds: string[]; instanceIds: string[] }>;
}
