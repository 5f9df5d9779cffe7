// Original file: proto/parbake/v1/telemetry.proto

/**
 * What happened. Names say whether it happened to an instance or to an assignment.
 */
export const EventType = {
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  EVENT_TYPE_UNSPECIFIED: 'EVENT_TYPE_UNSPECIFIED',
  /**
   * A new boot's agent checked in.
   */
  EVENT_TYPE_INSTANCE_CHECKED_IN: 'EVENT_TYPE_INSTANCE_CHECKED_IN',
  /**
   * Its agent prepares its roles, or prepares them again.
   */
  EVENT_TYPE_INSTANCE_PREPARING: 'EVENT_TYPE_INSTANCE_PREPARING',
  /**
   * It can take an order.
   */
  EVENT_TYPE_INSTANCE_PREPARED: 'EVENT_TYPE_INSTANCE_PREPARED',
  /**
   * It could not be prepared.
   */
  EVENT_TYPE_INSTANCE_PREPARE_FAILED: 'EVENT_TYPE_INSTANCE_PREPARE_FAILED',
  /**
   * It was taken for an assignment.
   */
  EVENT_TYPE_INSTANCE_ASSIGNED: 'EVENT_TYPE_INSTANCE_ASSIGNED',
  /**
   * Its assignment has ended.
   */
  EVENT_TYPE_INSTANCE_RELEASED: 'EVENT_TYPE_INSTANCE_RELEASED',
  /**
   * Its containers are gone.
   */
  EVENT_TYPE_INSTANCE_STOPPED: 'EVENT_TYPE_INSTANCE_STOPPED',
  /**
   * It was quarantined.
   */
  EVENT_TYPE_INSTANCE_QUARANTINED: 'EVENT_TYPE_INSTANCE_QUARANTINED',
  /**
   * An operator cleared its quarantine.
   */
  EVENT_TYPE_INSTANCE_QUARANTINE_CLEARED: 'EVENT_TYPE_INSTANCE_QUARANTINE_CLEARED',
  /**
   * It takes no new assignment.
   */
  EVENT_TYPE_INSTANCE_DRAINED: 'EVENT_TYPE_INSTANCE_DRAINED',
  /**
   * Parbake is done with it.
   */
  EVENT_TYPE_INSTANCE_RETIRED: 'EVENT_TYPE_INSTANCE_RETIRED',
  /**
   * It is silent, and the provider or an operator says that it does not run.
   */
  EVENT_TYPE_INSTANCE_LOST: 'EVENT_TYPE_INSTANCE_LOST',
  /**
   * The provider says that it is gone.
   */
  EVENT_TYPE_INSTANCE_TERMINATED: 'EVENT_TYPE_INSTANCE_TERMINATED',
  /**
   * It is being stopped, to wait in its pool.
   */
  EVENT_TYPE_INSTANCE_PARKING: 'EVENT_TYPE_INSTANCE_PARKING',
  /**
   * It is stopped and waits in its pool.
   */
  EVENT_TYPE_INSTANCE_PARKED: 'EVENT_TYPE_INSTANCE_PARKED',
  /**
   * The coordinator launched it.
   */
  EVENT_TYPE_INSTANCE_EXPECTED: 'EVENT_TYPE_INSTANCE_EXPECTED',
  /**
   * Another machine that checked in with its id was refused. The message names both.
   */
  EVENT_TYPE_INSTANCE_ID_TAKEN: 'EVENT_TYPE_INSTANCE_ID_TAKEN',
  /**
   * It proved itself with a key that the coordinator did not know.
   */
  EVENT_TYPE_INSTANCE_ATTESTED: 'EVENT_TYPE_INSTANCE_ATTESTED',
  /**
   * Somebody proved to be this instance with another key, and was refused. The message
   * names both keys.
   */
  EVENT_TYPE_INSTANCE_IDENTITY_CONFLICT: 'EVENT_TYPE_INSTANCE_IDENTITY_CONFLICT',
  /**
   * No certificate of it is accepted any more.
   */
  EVENT_TYPE_INSTANCE_LOCKED: 'EVENT_TYPE_INSTANCE_LOCKED',
  /**
   * An operator lets it prove itself again, once with another key.
   */
  EVENT_TYPE_INSTANCE_READMITTED: 'EVENT_TYPE_INSTANCE_READMITTED',
  /**
   * An instance was taken for it.
   */
  EVENT_TYPE_ASSIGNMENT_CLAIMED: 'EVENT_TYPE_ASSIGNMENT_CLAIMED',
  /**
   * The agent has the order.
   */
  EVENT_TYPE_ASSIGNMENT_DELIVERED: 'EVENT_TYPE_ASSIGNMENT_DELIVERED',
  /**
   * Its containers are being started.
   */
  EVENT_TYPE_ASSIGNMENT_STARTING: 'EVENT_TYPE_ASSIGNMENT_STARTING',
  /**
   * Every readiness check passed.
   */
  EVENT_TYPE_ASSIGNMENT_SERVING: 'EVENT_TYPE_ASSIGNMENT_SERVING',
  /**
   * An attempt failed, and another one may follow.
   */
  EVENT_TYPE_ASSIGNMENT_ATTEMPT_FAILED: 'EVENT_TYPE_ASSIGNMENT_ATTEMPT_FAILED',
  /**
   * It failed.
   */
  EVENT_TYPE_ASSIGNMENT_FAILED: 'EVENT_TYPE_ASSIGNMENT_FAILED',
  /**
   * Its release was asked for.
   */
  EVENT_TYPE_ASSIGNMENT_RELEASE: 'EVENT_TYPE_ASSIGNMENT_RELEASE',
  /**
   * Its containers are gone.
   */
  EVENT_TYPE_ASSIGNMENT_STOPPED: 'EVENT_TYPE_ASSIGNMENT_STOPPED',
  /**
   * Its containers exited by themselves with 0.
   */
  EVENT_TYPE_ASSIGNMENT_COMPLETED: 'EVENT_TYPE_ASSIGNMENT_COMPLETED',
  /**
   * Its `ttl` is over.
   */
  EVENT_TYPE_ASSIGNMENT_EXPIRED: 'EVENT_TYPE_ASSIGNMENT_EXPIRED',
  /**
   * Its `ttl` was extended.
   */
  EVENT_TYPE_ASSIGNMENT_EXTENDED: 'EVENT_TYPE_ASSIGNMENT_EXTENDED',
  /**
   * The agent did not confirm the order in time.
   */
  EVENT_TYPE_ASSIGNMENT_UNDELIVERED: 'EVENT_TYPE_ASSIGNMENT_UNDELIVERED',
} as const;

/**
 * What happened. Names say whether it happened to an instance or to an assignment.
 */
export type EventType =
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  | 'EVENT_TYPE_UNSPECIFIED'
  | 0
  /**
   * A new boot's agent checked in.
   */
  | 'EVENT_TYPE_INSTANCE_CHECKED_IN'
  | 1
  /**
   * Its agent prepares its roles, or prepares them again.
   */
  | 'EVENT_TYPE_INSTANCE_PREPARING'
  | 2
  /**
   * It can take an order.
   */
  | 'EVENT_TYPE_INSTANCE_PREPARED'
  | 3
  /**
   * It could not be prepared.
   */
  | 'EVENT_TYPE_INSTANCE_PREPARE_FAILED'
  | 4
  /**
   * It was taken for an assignment.
   */
  | 'EVENT_TYPE_INSTANCE_ASSIGNED'
  | 5
  /**
   * Its assignment has ended.
   */
  | 'EVENT_TYPE_INSTANCE_RELEASED'
  | 6
  /**
   * Its containers are gone.
   */
  | 'EVENT_TYPE_INSTANCE_STOPPED'
  | 7
  /**
   * It was quarantined.
   */
  | 'EVENT_TYPE_INSTANCE_QUARANTINED'
  | 8
  /**
   * An operator cleared its quarantine.
   */
  | 'EVENT_TYPE_INSTANCE_QUARANTINE_CLEARED'
  | 9
  /**
   * It takes no new assignment.
   */
  | 'EVENT_TYPE_INSTANCE_DRAINED'
  | 10
  /**
   * Parbake is done with it.
   */
  | 'EVENT_TYPE_INSTANCE_RETIRED'
  | 11
  /**
   * It is silent, and the provider or an operator says that it does not run.
   */
  | 'EVENT_TYPE_INSTANCE_LOST'
  | 12
  /**
   * The provider says that it is gone.
   */
  | 'EVENT_TYPE_INSTANCE_TERMINATED'
  | 13
  /**
   * It is being stopped, to wait in its pool.
   */
  | 'EVENT_TYPE_INSTANCE_PARKING'
  | 14
  /**
   * It is stopped and waits in its pool.
   */
  | 'EVENT_TYPE_INSTANCE_PARKED'
  | 15
  /**
   * The coordinator launched it.
   */
  | 'EVENT_TYPE_INSTANCE_EXPECTED'
  | 16
  /**
   * Another machine that checked in with its id was refused. The message names both.
   */
  | 'EVENT_TYPE_INSTANCE_ID_TAKEN'
  | 17
  /**
   * It proved itself with a key that the coordinator did not know.
   */
  | 'EVENT_TYPE_INSTANCE_ATTESTED'
  | 18
  /**
   * Somebody proved to be this instance with another key, and was refused. The message
   * names both keys.
   */
  | 'EVENT_TYPE_INSTANCE_IDENTITY_CONFLICT'
  | 19
  /**
   * No certificate of it is accepted any more.
   */
  | 'EVENT_TYPE_INSTANCE_LOCKED'
  | 20
  /**
   * An operator lets it prove itself again, once with another key.
   */
  | 'EVENT_TYPE_INSTANCE_READMITTED'
  | 21
  /**
   * An instance was taken for it.
   */
  | 'EVENT_TYPE_ASSIGNMENT_CLAIMED'
  | 32
  /**
   * The agent has the order.
   */
  | 'EVENT_TYPE_ASSIGNMENT_DELIVERED'
  | 33
  /**
   * Its containers are being started.
   */
  | 'EVENT_TYPE_ASSIGNMENT_STARTING'
  | 34
  /**
   * Every readiness check passed.
   */
  | 'EVENT_TYPE_ASSIGNMENT_SERVING'
  | 35
  /**
   * An attempt failed, and another one may follow.
   */
  | 'EVENT_TYPE_ASSIGNMENT_ATTEMPT_FAILED'
  | 36
  /**
   * It failed.
   */
  | 'EVENT_TYPE_ASSIGNMENT_FAILED'
  | 37
  /**
   * Its release was asked for.
   */
  | 'EVENT_TYPE_ASSIGNMENT_RELEASE'
  | 38
  /**
   * Its containers are gone.
   */
  | 'EVENT_TYPE_ASSIGNMENT_STOPPED'
  | 39
  /**
   * Its containers exited by themselves with 0.
   */
  | 'EVENT_TYPE_ASSIGNMENT_COMPLETED'
  | 40
  /**
   * Its `ttl` is over.
   */
  | 'EVENT_TYPE_ASSIGNMENT_EXPIRED'
  | 41
  /**
   * Its `ttl` was extended.
   */
  | 'EVENT_TYPE_ASSIGNMENT_EXTENDED'
  | 42
  /**
   * The agent did not confirm the order in time.
   */
  | 'EVENT_TYPE_ASSIGNMENT_UNDELIVERED'
  | 43

/**
 * What happened. Names say whether it happened to an instance or to an assignment.
 */
export type EventType__Output = typeof EventType[keyof typeof EventType]
