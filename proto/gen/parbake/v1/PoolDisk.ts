// Original file: proto/parbake/v1/pool.proto


/**
 * A machine's root disk.
 */
export interface PoolDisk {
  /**
   * Its name in the machine image, such as /dev/xvda.
   */
  'device'?: (string);
  /**
   * 1 to 65536.
   */
  'gib'?: (number);
  /**
   * Such as gp3. Default: gp3.
   */
  'type'?: (string);
  /**
   * Default: the type's own.
   */
  'iops'?: (number);
  /**
   * MiB/s. Default: the type's own.
   */
  'throughput'?: (number);
}

/**
 * A machine's root disk.
 */
export interface PoolDisk__Output {
  /**
   * Its name in the machine image, such as /dev/xvda.
   */
  'device': (string);
  /**
   * 1 to 65536.
   */
  'gib': (number);
  /**
   * Such as gp3. Default: gp3.
   */
  'type': (string);
  /**
   * Default: the type's own.
   */
  'iops': (number);
  /**
   * MiB/s. Default: the type's own.
   */
  'throughput': (number);
}
