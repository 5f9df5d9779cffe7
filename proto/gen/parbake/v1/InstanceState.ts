// Original file: proto/parbake/v1/instance.proto

/**
 * Where an instance is in its life. Whether its agent is connected is a
 * condition beside the state (Instance.connected), never a state.
 */
export const InstanceState = {
  /**
   * Never sent; a reader that sees it is older than the writer.
   */
  INSTANCE_STATE_UNSPECIFIED: 'INSTANCE_STATE_UNSPECIFIED',
  /**
   * Launched by the coordinator; its agent has not checked in yet.
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
   * In the pool: it can be assigned.
   */
  INSTANCE_STATE_READY: 'INSTANCE_STATE_READY',
  /**
   * It belongs to a user. It never returns to a pool.
   */
  INSTANCE_STATE_ASSIGNED: 'INSTANCE_STATE_ASSIGNED',
  /**
   * Its assignment was released; the agent takes its containers down.
   */
  INSTANCE_STATE_RELEASING: 'INSTANCE_STATE_RELEASING',
  /**
   * Its life is over.
   */
  INSTANCE_STATE_TERMINATED: 'INSTANCE_STATE_TERMINATED',
  /**
   * It takes no new assignment and will be terminated.
   */
  INSTANCE_STATE_DRAINING: 'INSTANCE_STATE_DRAINING',
  /**
   * Set aside for a person to look at: duplicate identity, or a start failed.
   */
  INSTANCE_STATE_QUARANTINED: 'INSTANCE_STATE_QUARANTINED',
  /**
   * It could not be prepared.
   */
  INSTANCE_STATE_FAILED: 'INSTANCE_STATE_FAILED',
} as const;

/**
 * Where an instance is in its life. Whether its agent is connected is a
 * condition beside the state (Instance.connected), never a state.
 */
export type InstanceState =
  /**
   * Never sent; a reader that sees it is older than the writer.
   */
  | 'INSTANCE_STATE_UNSPECIFIED'
  | 0
  /**
   * Launched by the coordinator; its agent has not checked in yet.
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
   * In the pool: it can be assigned.
   */
  | 'INSTANCE_STATE_READY'
  | 4
  /**
   * It belongs to a user. It never returns to a pool.
   */
  | 'INSTANCE_STATE_ASSIGNED'
  | 5
  /**
   * Its assignment was released; the agent takes its containers down.
   */
  | 'INSTANCE_STATE_RELEASING'
  | 6
  /**
   * Its life is over.
   */
  | 'INSTANCE_STATE_TERMINATED'
  | 7
  /**
   * It takes no new assignment and will be terminated.
   */
  | 'INSTANCE_STATE_DRAINING'
  | 8
  /**
   * Set aside for a person to look at: duplicate identity, or a start failed.
   */
  | 'INSTANCE_STATE_QUARANTINED'
  | 9
  /**
   * It could not be prepared.
   */
  | 'INSTANCE_STATE_FAILED'
  | 10

/**
 * Where an instance is in its life. Whether its agent is connected is a
 * condition beside the state (Instance.connected), never a state.
 */
export type InstanceState__Output = typeof InstanceState[keyof typeof InstanceState]
