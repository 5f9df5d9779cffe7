import type { Limits } from '../core/limits.ts';
import type { Moment } from '../core/model.ts';
import type { AssignmentStep, Tenancy } from './agents.ts';

/** What was done because its time was up. */
export interface Swept {
  steps: AssignmentStep[];
  /** Instances that have something else to do now. */
  tenancies: Tenancy[];
  claimed: Tenancy[];
  /** Roles of whose pools so many fell silent at once that nothing is concluded from it. */
  massSilence: string[];
}

/** What makes every step end. */
export interface SweepUseCases {
  /**
   * Carries out the next step of everything that took longer than its limit.
   * @param startedSteady when this coordinator started: only its own uptime counts
   */
  sweep(limits: Limits, startedSteady: number, at: Moment): Promise<Swept>;
  /** Connected instances whose agents have not applied what they should do. */
  behind(): Promise<Tenancy[]>;
}
