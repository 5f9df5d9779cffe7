// Original file: proto/parbake/v1/instance.proto

import type { InstanceState as _parbake_v1_InstanceState, InstanceState__Output as _parbake_v1_InstanceState__Output } from '../../parbake/v1/InstanceState.ts';
import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from '../../parbake/v1/InstanceFacts.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from '../../parbake/v1/RoleOffer.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Ec2Facts as _parbake_v1_Ec2Facts, Ec2Facts__Output as _parbake_v1_Ec2Facts__Output } from '../../parbake/v1/Ec2Facts.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One booted machine with one agent, as the coordinator knows it.
 */
export interface Instance {
  /**
   * EC2's instance id, or the name that the agent was given.
   */
  'instanceId'?: (string);
  /**
   * Where it is in its life.
   */
  'state'?: (_parbake_v1_InstanceState);
  /**
   * Why it is in this state: a stable code of docs/errors.md. Empty without a reason.
   */
  'reason'?: (string);
  /**
   * Whether the agent's session is open right now.
   */
  'connected'?: (boolean);
  /**
   * What the machine said about itself at check-in.
   */
  'facts'?: (_parbake_v1_InstanceFacts | null);
  /**
   * The roles that it can become.
   */
  'roles'?: (_parbake_v1_RoleOffer)[];
  /**
   * Its live assignment. Empty while it has none.
   */
  'assignmentId'?: (string);
  /**
   * The user of that assignment.
   */
  'user'?: (string);
  /**
   * Rises with every change of what the instance should do.
   */
  'generation'?: (number | string | Long);
  /**
   * The last generation that its agent applied.
   */
  'observedGeneration'?: (number | string | Long);
  /**
   * The first check-in of this boot.
   */
  'checkInTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When its agent was last heard of.
   */
  'lastSeenTime'?: (_google_protobuf_Timestamp | null);
  /**
   * What EC2 says about it. Absent without EC2 and before the first lookup.
   */
  'ec2'?: (_parbake_v1_Ec2Facts | null);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * When its agent was last heard of, while it is not connected. Absent while it is
   * connected, and once the instance is RETIRED, LOST or TERMINATED.
   */
  'silentSince'?: (_google_protobuf_Timestamp | null);
  /**
   * The environment of that assignment.
   */
  'environment'?: (string);
}

/**
 * One booted machine with one agent, as the coordinator knows it.
 */
export interface Instance__Output {
  /**
   * EC2's instance id, or the name that the agent was given.
   */
  'instanceId': (string);
  /**
   * Where it is in its life.
   */
  'state': (_parbake_v1_InstanceState__Output);
  /**
   * Why it is in this state: a stable code of docs/errors.md. Empty without a reason.
   */
  'reason': (string);
  /**
   * Whether the agent's session is open right now.
   */
  'connected': (boolean);
  /**
   * What the machine said about itself at check-in.
   */
  'facts': (_parbake_v1_InstanceFacts__Output | null);
  /**
   * The roles that it can become.
   */
  'roles': (_parbake_v1_RoleOffer__Output)[];
  /**
   * Its live assignment. Empty while it has none.
   */
  'assignmentId': (string);
  /**
   * The user of that assignment.
   */
  'user': (string);
  /**
   * Rises with every change of what the instance should do.
   */
  'generation': (number);
  /**
   * The last generation that its agent applied.
   */
  'observedGeneration': (number);
  /**
   * The first check-in of this boot.
   */
  'checkInTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When its agent was last heard of.
   */
  'lastSeenTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * What EC2 says about it. Absent without EC2 and before the first lookup.
   */
  'ec2': (_parbake_v1_Ec2Facts__Output | null);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * When its agent was last heard of, while it is not connected. Absent while it is
   * connected, and once the instance is RETIRED, LOST or TERMINATED.
   */
  'silentSince': (_google_protobuf_Timestamp__Output | null);
  /**
   * The environment of that assignment.
   */
  'environment': (string);
}
