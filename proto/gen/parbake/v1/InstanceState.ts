// Original file: proto/parbake/v1/instance.proto

/**
 * Where an instance is in its life. Whether its agent is connected is a condition
 * beside the state (Instance.connected, Instance.silent_since), never a state.
 */
export const InstanceState = {
  /**
   * The server never sends it. A client that sees it is older than the server.
   * In a filter: any state.
   */
  INSTANCE_STATE_UNSPECIFIED: 'INSTANCE_STATE_UNSPECIFIED',
  /**
   * The coordinator launched it; its agent has not checked in yet.
   */
  INSTANCE_STATE_EXPECTED: 'INSTANCE_STATE_EXPECTED',
  /**
   * Its agent has checked in.
   */
  INSTANCE_STATE_CHECKED_IN: 'INSTANCE_STATE_CHECKED_IN',
  /**
   * Its agent prepares the roles that it carries.
   */
  INSTANCE_STATE_PREPARING: 'INSTANCE_STATE_PREPARING',
  /**
   * It is in the pool. While its agent is connected, it can be assigned.
   */
  INSTANCE_STATE_READY: 'INSTANCE_STATE_READY',
  /**
   * It belongs to a user. It never returns to a pool.
   */
  INSTANCE_STATE_ASSIGNED: 'INSTANCE_STATE_ASSIGNED',
  /**
   * Its assignment has ended, and its agent removes the containers.
   */
  INSTANCE_STATE_RELEASING: 'INSTANCE_STATE_RELEASING',
  /**
   * The provider says that the machine is gone.
   */
  INSTANCE_STATE_TERMINATED: 'INSTANCE_STATE_TERMINATED',
  /**
   * It takes no new assignment and is retired when the present one ends.
   */
  INSTANCE_STATE_DRAINING: 'INSTANCE_STATE_DRAINING',
  /**
   * It takes no assignment, because it failed or has the identity of another
   * instance. It is retired later, unless an operator clears the quarantine.
   */
  INSTANCE_STATE_QUARANTINED: 'INSTANCE_STATE_QUARANTINED',
  /**
   * It could not be prepared.
   */
  INSTANCE_STATE_FAILED: 'INSTANCE_STATE_FAILED',
  /**
   * Parbake is done with it. The machine may still run.
   */
  INSTANCE_STATE_RETIRED: 'INSTANCE_STATE_RETIRED',
  /**
   * Its agent is silent, and the provider or an operator says that it does not run.
   */
  INSTANCE_STATE_LOST: 'INSTANCE_STATE_LOST',
  /**
   * It is being stopped, to wait in the pool without costing instance hours.
   */
  INSTANCE_STATE_PARKING: 'INSTANCE_STATE_PARKING',
  /**
   * It is stopped and can be started again for its pool.
   */
  INSTANCE_STATE_PARKED: 'INSTANCE_STATE_PARKED',
} as const;

/**
 * Where an instance is in its life. Whether its agent is connected is a condition
 * beside the state (Instance.connected, Instance.silent_since), never a state.
 */
export type InstanceState =
  /**
   * The server never sends it. A client that sees it is older than the server.
   * In a filter: any state.
   */
  | 'INSTANCE_STATE_UNSPECIFIED'
  | 0
  /**
   * The coordinator launched it; its agent has not checked in yet.
   */
  | 'INSTANCE_STATE_EXPECTED'
  | 1
  /**
   * Its agent has checked in.
   */
  | 'INSTANCE_STATE_CHECKED_IN'
  | 2
  /**
   * Its agent prepares the roles that it carries.
   */
  | 'INSTANCE_STATE_PREPARING'
  | 3
  /**
   * It is in the pool. While its agent is connected, it can be assigned.
   */
  | 'INSTANCE_STATE_READY'
  | 4
  /**
   * It belongs to a user. It never returns to a pool.
   */
  | 'INSTANCE_STATE_ASSIGNED'
  | 5
  /**
   * Its assignment has ended, and its agent removes the containers.
   */
  | 'INSTANCE_STATE_RELEASING'
  | 6
  /**
   * The provider says that the machine is gone.
   */
  | 'INSTANCE_STATE_TERMINATED'
  | 7
  /**
   * It takes no new assignment and is retired when the present one ends.
   */
  | 'INSTANCE_STATE_DRAINING'
  | 8
  /**
   * It takes no assignment, because it failed or has the identity of another
   * instance. It is retired later, unless an operator clears the quarantine.
   */
  | 'INSTANCE_STATE_QUARANTINED'
  | 9
  /**
   * It could not be prepared.
   */
  | 'INSTANCE_STATE_FAILED'
  | 10
  /**
   * Parbake is done with it. The machine may still run.
   */
  | 'INSTANCE_STATE_RETIRED'
  | 11
  /**
   * Its agent is silent, and the provider or an operator says that it does not run.
   */
  | 'INSTANCE_STATE_LOST'
  | 12
  /**
   * It is being stopped, to wait in the pool without costing instance hours.
   */
  | 'INSTANCE_STATE_PARKING'
  | 13
  /**
   * It is stopped and can be started again for its pool.
   */
  | 'INSTANCE_STATE_PARKED'
  | 14

/**
 * Where an instance is in its life. Whether its agent is connected is a condition
 * beside the state (Instance.connected, Instance.silent_since), never a state.
 */
export type InstanceState__Output = typeof InstanceState[keyof typeof InstanceState]
