// Original file: proto/parbake/v1/instance.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * What DescribeInstances answered.
 */
export interface Ec2Facts {
  /**
   * EC2's state name, such as `running`.
   */
  'state'?: (string);
  'instanceType'?: (string);
  'imageId'?: (string);
  'availabilityZone'?: (string);
  'privateIpv4'?: (string);
  'publicIpv4'?: (string);
  /**
   * When EC2 launched it.
   */
  'launchTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Tags on the instance.
   */
  'tags'?: ({[key: string]: string});
  /**
   * When this was looked up.
   */
  'lookupTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * What DescribeInstances answered.
 */
export interface Ec2Facts__Output {
  /**
   * EC2's state name, such as `running`.
   */
  'state': (string);
  'instanceType': (string);
  'imageId': (string);
  'availabilityZone': (string);
  'privateIpv4': (string);
  'publicIpv4': (string);
  /**
   * When EC2 launched it.
   */
  'launchTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Tags on the instance.
   */
  'tags': ({[key: string]: string});
  /**
   * When this was looked up.
   */
  'lookupTime': (_google_protobuf_Timestamp__Output | null);
}
