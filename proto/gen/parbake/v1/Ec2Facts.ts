// Original file: proto/parbake/v1/instance.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * What DescribeInstances answered.
 */
export interface Ec2Facts {
  /**
   * EC2's name of the state, such as `running`.
   */
  'state'?: (string);
  /**
   * The instance type.
   */
  'instanceType'?: (string);
  /**
   * The AMI.
   */
  'imageId'?: (string);
  /**
   * The availability zone.
   */
  'availabilityZone'?: (string);
  /**
   * The private address.
   */
  'privateIpv4'?: (string);
  /**
   * The public address. Empty when it has none.
   */
  'publicIpv4'?: (string);
  /**
   * When EC2 launched it.
   */
  'launchTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The instance's tags, by key.
   */
  'tags'?: ({[key: string]: string});
  /**
   * When EC2 was asked.
   */
  'lookupTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * What DescribeInstances answered.
 */
export interface Ec2Facts__Output {
  /**
   * EC2's name of the state, such as `running`.
   */
  'state': (string);
  /**
   * The instance type.
   */
  'instanceType': (string);
  /**
   * The AMI.
   */
  'imageId': (string);
  /**
   * The availability zone.
   */
  'availabilityZone': (string);
  /**
   * The private address.
   */
  'privateIpv4': (string);
  /**
   * The public address. Empty when it has none.
   */
  'publicIpv4': (string);
  /**
   * When EC2 launched it.
   */
  'launchTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The instance's tags, by key.
   */
  'tags': ({[key: string]: string});
  /**
   * When EC2 was asked.
   */
  'lookupTime': (_google_protobuf_Timestamp__Output | null);
}
