// Original file: proto/parbake/v1/pool.proto

import type { PoolIdle as _parbake_v1_PoolIdle, PoolIdle__Output as _parbake_v1_PoolIdle__Output } from '../../parbake/v1/PoolIdle.ts';
import type { PoolLaunch as _parbake_v1_PoolLaunch, PoolLaunch__Output as _parbake_v1_PoolLaunch__Output } from '../../parbake/v1/PoolLaunch.ts';
import type { PoolReplace as _parbake_v1_PoolReplace, PoolReplace__Output as _parbake_v1_PoolReplace__Output } from '../../parbake/v1/PoolReplace.ts';

/**
 * What an operator wants of a pool.
 */
export interface PoolSpec {
  /**
   * 1 to 63 characters: lower-case letters, digits and hyphens.
   */
  'name'?: (string);
  /**
   * The machine image, such as an AMI's id. A name that does not begin with "ami-" is
   * a channel: the pool follows the image that was last promoted there.
   */
  'imageId'?: (string);
  /**
   * Roles whose waiting requests count as demand. Empty: those that the pool's
   * instances offer.
   */
  'roles'?: (string)[];
  /**
   * How many READY instances.
   */
  'idle'?: (_parbake_v1_PoolIdle | null);
  /**
   * Machines that may be alive at once, with those that have a user: 1 to 100000.
   */
  'max'?: (number);
  /**
   * Default 300.
   */
  'launchesPerHour'?: (number);
  /**
   * How machines are launched.
   */
  'launch'?: (_parbake_v1_PoolLaunch | null);
  /**
   * When machines are replaced.
   */
  'replace'?: (_parbake_v1_PoolReplace | null);
}

/**
 * What an operator wants of a pool.
 */
export interface PoolSpec__Output {
  /**
   * 1 to 63 characters: lower-case letters, digits and hyphens.
   */
  'name': (string);
  /**
   * The machine image, such as an AMI's id. A name that does not begin with "ami-" is
   * a channel: the pool follows the image that was last promoted there.
   */
  'imageId': (string);
  /**
   * Roles whose waiting requests count as demand. Empty: those that the pool's
   * instances offer.
   */
  'roles': (string)[];
  /**
   * How many READY instances.
   */
  'idle': (_parbake_v1_PoolIdle__Output | null);
  /**
   * Machines that may be alive at once, with those that have a user: 1 to 100000.
   */
  'max': (number);
  /**
   * Default 300.
   */
  'launchesPerHour': (number);
  /**
   * How machines are launched.
   */
  'launch': (_parbake_v1_PoolLaunch__Output | null);
  /**
   * When machines are replaced.
   */
  'replace': (_parbake_v1_PoolReplace__Output | null);
}
