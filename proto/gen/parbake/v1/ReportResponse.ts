// Original file: proto/parbake/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface ReportResponse {
  /**
   * Every batch up to and including this one is durable.
   */
  'acknowledgedSequence'?: (number | string | Long);
}

export interface ReportResponse__Output {
  /**
   * Every batch up to and including this one is durable.
   */
  'acknowledgedSequence': (number);
}
