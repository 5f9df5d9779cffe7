// Original file: proto/parbake/v1/telemetry.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Bytes moved meanwhile; of the whole host from /proc/diskstats for the device that
 * holds Docker's data root and /proc/net/dev for the default route's interface, of a
 * container from its control group and its network namespace. A counter is absent when
 * its source could not be read.
 */
export interface IoCounters {
  /**
   * Bytes read from the disk.
   */
  'diskReadBytes'?: (number | string | Long);
  /**
   * Bytes written to the disk.
   */
  'diskWriteBytes'?: (number | string | Long);
  /**
   * Bytes received from the network.
   */
  'networkReceiveBytes'?: (number | string | Long);
  /**
   * Bytes sent to the network.
   */
  'networkTransmitBytes'?: (number | string | Long);
  /**
   * Reads that reached the disk.
   */
  'diskReadOperations'?: (number | string | Long);
  /**
   * Writes that reached the disk.
   */
  'diskWriteOperations'?: (number | string | Long);
  '_diskReadBytes'?: "diskReadBytes";
  '_diskWriteBytes'?: "diskWriteBytes";
  '_networkReceiveBytes'?: "networkReceiveBytes";
  '_networkTransmitBytes'?: "networkTransmitBytes";
  '_diskReadOperations'?: "diskReadOperations";
  '_diskWriteOperations'?: "diskWriteOperations";
}

/**
 * Bytes moved meanwhile; of the whole host from /proc/diskstats for the device that
 * holds Docker's data root and /proc/net/dev for the default route's interface, of a
 * container from its control group and its network namespace. A counter is absent when
 * its source could not be read.
 */
export interface IoCounters__Output {
  /**
   * Bytes read from the disk.
   */
  'diskReadBytes'?: (number);
  /**
   * Bytes written to the disk.
   */
  'diskWriteBytes'?: (number);
  /**
   * Bytes received from the network.
   */
  'networkReceiveBytes'?: (number);
  /**
   * Bytes sent to the network.
   */
  'networkTransmitBytes'?: (number);
  /**
   * Reads that reached the disk.
   */
  'diskReadOperations'?: (number);
  /**
   * Writes that reached the disk.
   */
  'diskWriteOperations'?: (number);
  '_diskReadBytes'?: "diskReadBytes";
  '_diskWriteBytes'?: "diskWriteBytes";
  '_networkReceiveBytes'?: "networkReceiveBytes";
  '_networkTransmitBytes'?: "networkTransmitBytes";
  '_diskReadOperations'?: "diskReadOperations";
  '_diskWriteOperations'?: "diskWriteOperations";
}
