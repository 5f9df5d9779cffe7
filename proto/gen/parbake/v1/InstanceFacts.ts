// Original file: proto/parbake/v1/instance.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Facts that an agent gathers at boot. An empty text means that it is not known.
 */
export interface InstanceFacts {
  /**
   * EC2's instance id, or `--instance-id`.
   */
  'instanceId'?: (string);
  /**
   * The kernel's boot_id, which changes at every boot.
   */
  'bootId'?: (string);
  /**
   * Docker's own identity, from `GET /info` (ID).
   */
  'engineId'?: (string);
  /**
   * Docker's version, such as `26.1.5`.
   */
  'engineVersion'?: (string);
  /**
   * SHA-256 of /etc/machine-id, keyed with the program's name: it can be compared
   * between instances and serves nothing else.
   */
  'machineIdHash'?: (string);
  /**
   * The AMI, from the instance metadata service.
   */
  'imageId'?: (string);
  /**
   * The instance type, from the instance metadata service.
   */
  'instanceType'?: (string);
  /**
   * The availability zone, from the instance metadata service.
   */
  'availabilityZone'?: (string);
  /**
   * The region, from the instance metadata service.
   */
  'region'?: (string);
  /**
   * The address on which the ports of containers are reached.
   */
  'privateIpv4'?: (string);
  /**
   * The public address, from the instance metadata service.
   */
  'publicIpv4'?: (string);
  /**
   * The kernel's architecture as Docker names it, `amd64` or `arm64`.
   */
  'architecture'?: (string);
  /**
   * The kernel's release.
   */
  'kernel'?: (string);
  /**
   * The distribution's name and version.
   */
  'os'?: (string);
  /**
   * CPU threads.
   */
  'cpus'?: (number);
  /**
   * Memory in bytes.
   */
  'memoryBytes'?: (number | string | Long);
  /**
   * The agent's version.
   */
  'agentVersion'?: (string);
  /**
   * The bake that this instance was cloned from. Empty without a manifest.
   */
  'bakeId'?: (string);
  /**
   * SHA-256 of the builder's engine id, from the manifest. A clone whose own engine
   * id hashes to it has leaked its identity.
   */
  'builderEngineIdHash'?: (string);
  /**
   * The agent powers the machine off once its assignment is over and nothing points to
   * the instance any more (`--on-release poweroff`).
   */
  'powersOff'?: (boolean);
}

/**
 * Facts that an agent gathers at boot. An empty text means that it is not known.
 */
export interface InstanceFacts__Output {
  /**
   * EC2's instance id, or `--instance-id`.
   */
  'instanceId': (string);
  /**
   * The kernel's boot_id, which changes at every boot.
   */
  'bootId': (string);
  /**
   * Docker's own identity, from `GET /info` (ID).
   */
  'engineId': (string);
  /**
   * Docker's version, such as `26.1.5`.
   */
  'engineVersion': (string);
  /**
   * SHA-256 of /etc/machine-id, keyed with the program's name: it can be compared
   * between instances and serves nothing else.
   */
  'machineIdHash': (string);
  /**
   * The AMI, from the instance metadata service.
   */
  'imageId': (string);
  /**
   * The instance type, from the instance metadata service.
   */
  'instanceType': (string);
  /**
   * The availability zone, from the instance metadata service.
   */
  'availabilityZone': (string);
  /**
   * The region, from the instance metadata service.
   */
  'region': (string);
  /**
   * The address on which the ports of containers are reached.
   */
  'privateIpv4': (string);
  /**
   * The public address, from the instance metadata service.
   */
  'publicIpv4': (string);
  /**
   * The kernel's architecture as Docker names it, `amd64` or `arm64`.
   */
  'architecture': (string);
  /**
   * The kernel's release.
   */
  'kernel': (string);
  /**
   * The distribution's name and version.
   */
  'os': (string);
  /**
   * CPU threads.
   */
  'cpus': (number);
  /**
   * Memory in bytes.
   */
  'memoryBytes': (number);
  /**
   * The agent's version.
   */
  'agentVersion': (string);
  /**
   * The bake that this instance was cloned from. Empty without a manifest.
   */
  'bakeId': (string);
  /**
   * SHA-256 of the builder's engine id, from the manifest. A clone whose own engine
   * id hashes to it has leaked its identity.
   */
  'builderEngineIdHash': (string);
  /**
   * The agent powers the machine off once its assignment is over and nothing points to
   * the instance any more (`--on-release poweroff`).
   */
  'powersOff': (boolean);
}
