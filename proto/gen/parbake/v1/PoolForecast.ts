// Original file: proto/parbake/v1/pool.proto

import type { ForecastMode as _parbake_v1_ForecastMode, ForecastMode__Output as _parbake_v1_ForecastMode__Output } from '../../parbake/v1/ForecastMode.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * How many READY instances last for one lead time, going by the last minutes and by the
 * same time of earlier weeks.
 */
export interface PoolForecast {
  /**
   * Whether it counts.
   */
  'mode'?: (_parbake_v1_ForecastMode);
  /**
   * Part of lead times in which nobody has to wait: 0.5 to 0.9999. Default 0.99.
   */
  'quantile'?: (number | string);
  /**
   * From a launch to READY: 10 s to 30 min. Default 100 s.
   */
  'lead'?: (_google_protobuf_Duration | null);
}

/**
 * How many READY instances last for one lead time, going by the last minutes and by the
 * same time of earlier weeks.
 */
export interface PoolForecast__Output {
  /**
   * Whether it counts.
   */
  'mode': (_parbake_v1_ForecastMode__Output);
  /**
   * Part of lead times in which nobody has to wait: 0.5 to 0.9999. Default 0.99.
   */
  'quantile': (number);
  /**
   * From a launch to READY: 10 s to 30 min. Default 100 s.
   */
  'lead': (_google_protobuf_Duration__Output | null);
}
