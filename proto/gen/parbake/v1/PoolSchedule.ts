// Original file: proto/parbake/v1/pool.proto


/**
 * A time of the week with a target of its own.
 */
export interface PoolSchedule {
  /**
   * 0 is Sunday, 6 is Saturday. At least one.
   */
  'days'?: (number)[];
  /**
   * Minutes after midnight, 0 to 1439.
   */
  'fromMinute'?: (number);
  /**
   * Minutes after midnight, 0 to 1439; not after from_minute: on the next day.
   */
  'untilMinute'?: (number);
  /**
   * A name of the IANA time zone database, such as Europe/Berlin. Default: UTC.
   */
  'timeZone'?: (string);
  /**
   * READY instances that are wanted then.
   */
  'target'?: (number);
}

/**
 * A time of the week with a target of its own.
 */
export interface PoolSchedule__Output {
  /**
   * 0 is Sunday, 6 is Saturday. At least one.
   */
  'days': (number)[];
  /**
   * Minutes after midnight, 0 to 1439.
   */
  'fromMinute': (number);
  /**
   * Minutes after midnight, 0 to 1439; not after from_minute: on the next day.
   */
  'untilMinute': (number);
  /**
   * A name of the IANA time zone database, such as Europe/Berlin. Default: UTC.
   */
  'timeZone': (string);
  /**
   * READY instances that are wanted then.
   */
  'target': (number);
}
