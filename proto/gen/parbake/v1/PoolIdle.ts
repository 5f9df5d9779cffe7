// Original file: proto/parbake/v1/pool.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { PoolSchedule as _parbake_v1_PoolSchedule, PoolSchedule__Output as _parbake_v1_PoolSchedule__Output } from '../../parbake/v1/PoolSchedule.ts';
import type { PoolForecast as _parbake_v1_PoolForecast, PoolForecast__Output as _parbake_v1_PoolForecast__Output } from '../../parbake/v1/PoolForecast.ts';

/**
 * How many READY instances a pool wants: the largest of its terms.
 */
export interface PoolIdle {
  /**
   * Always wanted.
   */
  'target'?: (number);
  /**
   * Part of the assigned instances, 0 to 1.
   */
  'share'?: (number | string);
  /**
   * The most that any term can make it. Default: the pool's max.
   */
  'max'?: (number);
  /**
   * The target falls only to its highest value in this time. Default 10 min.
   */
  'hold'?: (_google_protobuf_Duration | null);
  /**
   * Times with targets of their own.
   */
  'schedules'?: (_parbake_v1_PoolSchedule)[];
  /**
   * What past requests ask for. Absent: nothing.
   */
  'forecast'?: (_parbake_v1_PoolForecast | null);
}

/**
 * How many READY instances a pool wants: the largest of its terms.
 */
export interface PoolIdle__Output {
  /**
   * Always wanted.
   */
  'target': (number);
  /**
   * Part of the assigned instances, 0 to 1.
   */
  'share': (number);
  /**
   * The most that any term can make it. Default: the pool's max.
   */
  'max': (number);
  /**
   * The target falls only to its highest value in this time. Default 10 min.
   */
  'hold': (_google_protobuf_Duration__Output | null);
  /**
   * Times with targets of their own.
   */
  'schedules': (_parbake_v1_PoolSchedule__Output)[];
  /**
   * What past requests ask for. Absent: nothing.
   */
  'forecast': (_parbake_v1_PoolForecast__Output | null);
}
