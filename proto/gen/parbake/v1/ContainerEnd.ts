// Original file: proto/parbake/v1/assignment.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * How one container of an attempt ended, as its instance's agent saw it.
 */
export interface ContainerEnd {
  /**
   * The container's name in the role.
   */
  'container'?: (string);
  /**
   * The exit code. Absent when Docker does not know it.
   */
  'exitCode'?: (number);
  /**
   * The signal that ended it, such as `SIGSEGV`. Empty when it exited by itself.
   */
  'signal'?: (string);
  /**
   * True when it exceeded its own memory limit.
   */
  'oomKilled'?: (boolean);
  /**
   * True when the instance ran out of memory and the kernel chose this container.
   */
  'hostOomKilled'?: (boolean);
  /**
   * True when Docker was restarted, and the container ended with it.
   */
  'engineRestarted'?: (boolean);
  /**
   * True when somebody outside of the container and of Parbake ended it, such as
   * `docker kill` or a signal from the host.
   */
  'killedFromOutside'?: (boolean);
  /**
   * When it ended, on the instance's clock.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * How often the agent had restarted it before, as its restart policy says.
   */
  'restarts'?: (number);
  '_exitCode'?: "exitCode";
}

/**
 * How one container of an attempt ended, as its instance's agent saw it.
 */
export interface ContainerEnd__Output {
  /**
   * The container's name in the role.
   */
  'container': (string);
  /**
   * The exit code. Absent when Docker does not know it.
   */
  'exitCode'?: (number);
  /**
   * The signal that ended it, such as `SIGSEGV`. Empty when it exited by itself.
   */
  'signal': (string);
  /**
   * True when it exceeded its own memory limit.
   */
  'oomKilled': (boolean);
  /**
   * True when the instance ran out of memory and the kernel chose this container.
   */
  'hostOomKilled': (boolean);
  /**
   * True when Docker was restarted, and the container ended with it.
   */
  'engineRestarted': (boolean);
  /**
   * True when somebody outside of the container and of Parbake ended it, such as
   * `docker kill` or a signal from the host.
   */
  'killedFromOutside': (boolean);
  /**
   * When it ended, on the instance's clock.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * How often the agent had restarted it before, as its restart policy says.
   */
  'restarts': (number);
  '_exitCode'?: "exitCode";
}
