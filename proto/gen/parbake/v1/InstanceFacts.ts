// Original file: proto/parbake/v1/instance.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Facts an agent gathers at boot. Empty text means that it is not known.
 */
export interface InstanceFacts {
  /**
   * EC2's instance id, or `--instance-id`.
   */
  'instanceId'?: (string);
  /**
   * Changes at every boot: the kernel's boot_id.
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
   * SHA-256 of /etc/machine-id keyed with the program's name: comparable between
   * instances, useless for anything else.
   */
  'machineIdHash'?: (string);
  /**
   * AMI, instance type, zone and region from IMDS; empty elsewhere.
   */
  'imageId'?: (string);
  'instanceType'?: (string);
  'availabilityZone'?: (string);
  'region'?: (string);
  /**
   * The address on which the containers' ports are reached.
   */
  'privateIpv4'?: (string);
  /**
   * The public address, from IMDS.
   */
  'publicIpv4'?: (string);
  /**
   * The kernel's architecture as Docker names it, `amd64` or `arm64`.
   */
  'architecture'?: (string);
  /**
   * Kernel release.
   */
  'kernel'?: (string);
  /**
   * Distribution name and version.
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
   * The bake this instance was cloned from; empty when it carries no manifest.
   */
  'bakeId'?: (string);
  /**
   * SHA-256 of the engine id of the builder, from the manifest: a clone whose
   * own engine id hashes to it leaked its identity.
   */
  'builderEngineIdHash'?: (string);
}

/**
 * Facts an agent gathers at boot. Empty text means that it is not known.
 */
export interface InstanceFacts__Output {
  /**
   * EC2's instance id, or `--instance-id`.
   */
  'instanceId': (string);
  /**
   * Changes at every boot: the kernel's boot_id.
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
   * SHA-256 of /etc/machine-id keyed with the program's name: comparable between
   * instances, useless for anything else.
   */
  'machineIdHash': (string);
  /**
   * AMI, instance type, zone and region from IMDS; empty elsewhere.
   */
  'imageId': (string);
  'instanceType': (string);
  'availabilityZone': (string);
  'region': (string);
  /**
   * The address on which the containers' ports are reached.
   */
  'privateIpv4': (string);
  /**
   * The public address, from IMDS.
   */
  'publicIpv4': (string);
  /**
   * The kernel's architecture as Docker names it, `amd64` or `arm64`.
   */
  'architecture': (string);
  /**
   * Kernel release.
   */
  'kernel': (string);
  /**
   * Distribution name and version.
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
   * The bake this instance was cloned from; empty when it carries no manifest.
   */
  'bakeId': (string);
  /**
   * SHA-256 of the engine id of the builder, from the manifest: a clone whose
   * own engine id hashes to it leaked its identity.
   */
  'builderEngineIdHash': (string);
}
