// Original file: proto/parbake/v1/pool.proto


/**
 * One part of the answer to "why this many?".
 */
export interface PoolTerm {
  /**
   * Such as floor, share, ready or max.
   */
  'name'?: (string);
  /**
   * How many instances.
   */
  'value'?: (number);
  /**
   * What it is, in words.
   */
  'meaning'?: (string);
}

/**
 * One part of the answer to "why this many?".
 */
export interface PoolTerm__Output {
  /**
   * Such as floor, share, ready or max.
   */
  'name': (string);
  /**
   * How many instances.
   */
  'value': (number);
  /**
   * What it is, in words.
   */
  'meaning': (string);
}
