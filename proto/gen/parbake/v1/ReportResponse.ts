// Original file: proto/parbake/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Acknowledges batches.
 */
export interface ReportResponse {
  /**
   * Every batch up to and including this one is durable.
   */
  'acknowledgedSequence'?: (number | string | Long);
}

/**
 * Acknowledges batches.
 */
export interface ReportResponse__Output {
  /**
   * Every batch up to and including this one is durable.
   */
  'acknowledgedSequence': (number);
}
