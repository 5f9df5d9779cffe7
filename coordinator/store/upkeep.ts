import type { Ec2Facts, Moment } from '../core/model.ts';
import type { Tenancy } from './agents.ts';
import type { Operated } from './fleet.ts';

/** An instance about which EC2 has to be asked or told something. */
export interface Ec2Work {
  instanceId: string;
  /** Say this to `ec2Done`: what changed meanwhile is not lost. */
  revision: number;
}

/** What loops beside the sessions do. Each removal takes at most `limit` and returns how many it took. */
export interface UpkeepUseCases {
  /** Instances that checked in or whose user changed since `ec2Done`. */
  ec2Work(): Promise<(Ec2Work & Tenancy)[]>;
  /** @param facts absent when EC2 does not know the instance */
  ec2Done(work: Ec2Work, facts: Ec2Facts | undefined): Promise<void>;
  /** Instances that EC2 knew, that are silent, and of which it has not said that they are terminated. */
  ec2Silent(): Promise<string[]>;
  /**
   * Keeps what EC2 says about a silent instance: a terminated one becomes TERMINATED, a stopped one LOST, and its
   * assignment ends or moves as after the word of an operator. Nothing follows from it for one that is connected.
   * @param facts absent when EC2 does not know it any more
   */
  ec2Says(instanceId: string, facts: Ec2Facts | undefined, at: Moment): Promise<Operated | undefined>;
  /**
   * Joins samples that started before `before` into stretches of `stretchMs`, for at most `limit` instances.
   * @param from the stretches of the samples to join, 0 for those that came from instances
   * @returns for how many instances something was done
   */
  joinSamples(before: number, stretchMs: number, from: number, limit: number): Promise<number>;
  /** Blocks of samples whose last one ended before: a block of joined samples is up to a day. */
  removeSamples(at: number, limit: number): Promise<number>;
  /** Spans that were received before, whenever their instance says that they began. */
  removeSpans(at: number, limit: number): Promise<number>;
  /** How far former boots of instances had reported, when they last did before. */
  removeBoots(lastBefore: number, limit: number): Promise<number>;
  removeEvents(at: number, limit: number): Promise<number>;
  /** Assignments that ended without an instance. */
  removeAssignments(endedBefore: number, limit: number): Promise<number>;
  /** What attempts used that ended before. */
  removeUsage(endedBefore: number, limit: number): Promise<number>;
  /**
   * Instances that are over, or silent without anybody's assignment, and were last seen before, with what they reported
   * and their assignments.
   */
  removeInstances(lastSeenBefore: number, limit: number): Promise<number>;
  /** Writes to the disk, and changes nothing. */
  tryWrite(): Promise<void>;
  /** Bytes that hold something: a file does not shrink, but its free pages are used again. */
  size(): Promise<number>;
}
