import type { Assignment, Clock, Facts, Instance, Moment, RoleOffer } from '../core/model.ts';
import type { Observed } from '../core/observed.ts';

/** An instance and the assignment that it is taken for. */
export interface Tenancy {
  instance: Instance;
  assignment?: Assignment;
  /** The last one that it was taken for, when it is taken for none; absent when that was removed. */
  last?: Assignment;
}

/** What an agent says about its instance when it checks in. */
export interface CheckIn {
  facts: Facts;
  roles: RoleOffer[];
  /** The last generation that the agent applied; 0 when it never did. */
  observedGeneration: number;
  /** The assignment that it carries; empty when none. */
  assignmentId: string;
}

/** What changed on an assignment. */
export interface AssignmentStep {
  before: Assignment;
  after: Assignment;
}

/** What came of a check-in. */
export interface Admitted {
  tenancy: Tenancy;
  /** Its assignment ended: it was released before its order got here. */
  steps: AssignmentStep[];
}

/** What came of an observed state. */
export interface Observation {
  tenancy: Tenancy;
  /** Other instances that have something else to do now. */
  others: Tenancy[];
  steps: AssignmentStep[];
  /** Instances that were taken for requests that waited. */
  claimed: Tenancy[];
}

/** What agents bring about. */
export interface AgentUseCases {
  /**
   * Makes the instance known, or brings its facts up to date, and gives its session an id. A new boot is the event
   * `checked_in`. An instance that shares an identity, or carries an assignment that is not its own, is QUARANTINED.
   * @throws ParbakeError INSTANCE_ID_TAKEN when it has a user, and this is another machine; nothing is kept then
   */
  admit(checkIn: CheckIn, sessionId: string, at: Moment): Promise<Admitted>;
  /**
   * Keeps for those who look at the instance that another machine was refused under its id. Repetitions change nothing.
   * @returns whether it is news
   */
  noteIdTaken(instanceId: string, reason: string, at: Moment): Promise<boolean>;
  /**
   * Commits that the session is open, so that from now on the instance can be taken, and only then reads what it should
   * do: in the other order, an order could fall between the two.
   * @throws ParbakeError SESSION_UNKNOWN when the last check-in of this instance got another id
   */
  openSession(
    instanceId: string,
    sessionId: string,
    at: Moment,
  ): Promise<{ tenancy: Tenancy; claimed: Tenancy[] }>;
  /** Does nothing when the instance has another session by now. @returns whether this one was closed */
  closeSession(instanceId: string, sessionId: string, lastSeenTime: number, at: Moment): Promise<boolean>;
  /**
   * Repetitions are normal and change nothing.
   * @param sessionId whose agent says so; absent for whichever session there is
   * @throws ParbakeError SESSION_SUPERSEDED when there has been a later check-in, maybe at another coordinator
   */
  observe(
    instanceId: string,
    observed: Observed,
    at: Moment,
    sessionId?: string,
  ): Promise<Observation | undefined>;
  /** Its agent measured how its clock stands to ours. */
  measureClock(instanceId: string, clock: Clock, now: number): Promise<void>;
}
