// Original file: proto/parbake/v1/pool.proto

import type { PoolOffering as _parbake_v1_PoolOffering, PoolOffering__Output as _parbake_v1_PoolOffering__Output } from '../../parbake/v1/PoolOffering.ts';
import type { PoolDisk as _parbake_v1_PoolDisk, PoolDisk__Output as _parbake_v1_PoolDisk__Output } from '../../parbake/v1/PoolDisk.ts';

/**
 * What machines are made from. A machine that was made from other things is outdated.
 */
export interface PoolLaunch {
  /**
   * Markets with their instance types, the most preferred first. At least one.
   */
  'offerings'?: (_parbake_v1_PoolOffering)[];
  /**
   * At least one. Launches are spread over them.
   */
  'subnetIds'?: (string)[];
  /**
   * Empty: the default of the VPC.
   */
  'securityGroupIds'?: (string)[];
  /**
   * Name of the IAM instance profile.
   */
  'instanceProfile'?: (string);
  /**
   * The root disk. Absent: as the image says.
   */
  'disk'?: (_parbake_v1_PoolDisk | null);
  /**
   * Tags of instances and volumes. Keys that begin with "parbake:" or "aws:" are
   * refused.
   */
  'tags'?: ({[key: string]: string});
  /**
   * User data: a script or a #cloud-config, up to 12 KiB. Parbake puts a part of its
   * own before it.
   */
  'userData'?: (string);
}

/**
 * What machines are made from. A machine that was made from other things is outdated.
 */
export interface PoolLaunch__Output {
  /**
   * Markets with their instance types, the most preferred first. At least one.
   */
  'offerings': (_parbake_v1_PoolOffering__Output)[];
  /**
   * At least one. Launches are spread over them.
   */
  'subnetIds': (string)[];
  /**
   * Empty: the default of the VPC.
   */
  'securityGroupIds': (string)[];
  /**
   * Name of the IAM instance profile.
   */
  'instanceProfile': (string);
  /**
   * The root disk. Absent: as the image says.
   */
  'disk': (_parbake_v1_PoolDisk__Output | null);
  /**
   * Tags of instances and volumes. Keys that begin with "parbake:" or "aws:" are
   * refused.
   */
  'tags': ({[key: string]: string});
  /**
   * User data: a script or a #cloud-config, up to 12 KiB. Parbake puts a part of its
   * own before it.
   */
  'userData': (string);
}
