// Original file: proto/parbake/v1/pool.proto

/**
 * Whether a forecast counts.
 */
export const ForecastMode = {
  /**
   * As ON.
   */
  FORECAST_MODE_UNSPECIFIED: 'FORECAST_MODE_UNSPECIFIED',
  /**
   * Nothing is computed.
   */
  FORECAST_MODE_OFF: 'FORECAST_MODE_OFF',
  /**
   * It is shown by ExplainPool, and does not count.
   */
  FORECAST_MODE_WATCH: 'FORECAST_MODE_WATCH',
  /**
   * It counts as any other term.
   */
  FORECAST_MODE_ON: 'FORECAST_MODE_ON',
} as const;

/**
 * Whether a forecast counts.
 */
export type ForecastMode =
  /**
   * As ON.
   */
  | 'FORECAST_MODE_UNSPECIFIED'
  | 0
  /**
   * Nothing is computed.
   */
  | 'FORECAST_MODE_OFF'
  | 1
  /**
   * It is shown by ExplainPool, and does not count.
   */
  | 'FORECAST_MODE_WATCH'
  | 2
  /**
   * It counts as any other term.
   */
  | 'FORECAST_MODE_ON'
  | 3

/**
 * Whether a forecast counts.
 */
export type ForecastMode__Output = typeof ForecastMode[keyof typeof ForecastMode]
