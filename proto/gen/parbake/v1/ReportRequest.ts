// Original file: proto/parbake/v1/agent.proto

import type { Span as _parbake_v1_Span, Span__Output as _parbake_v1_Span__Output } from '../../parbake/v1/Span.ts';
import type { Pull as _parbake_v1_Pull, Pull__Output as _parbake_v1_Pull__Output } from '../../parbake/v1/Pull.ts';
import type { ContainerStart as _parbake_v1_ContainerStart, ContainerStart__Output as _parbake_v1_ContainerStart__Output } from '../../parbake/v1/ContainerStart.ts';
import type { Sample as _parbake_v1_Sample, Sample__Output as _parbake_v1_Sample__Output } from '../../parbake/v1/Sample.ts';
import type { StartReads as _parbake_v1_StartReads, StartReads__Output as _parbake_v1_StartReads__Output } from '../../parbake/v1/StartReads.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One batch of what an instance measured.
 */
export interface ReportRequest {
  /**
   * As in the check-in.
   */
  'instanceId'?: (string);
  /**
   * The boot that the sequence numbers belong to.
   */
  'bootId'?: (string);
  /**
   * The batch's number, which rises by one from 1 in each boot.
   */
  'sequence'?: (number | string | Long);
  /**
   * Spans that have ended.
   */
  'spans'?: (_parbake_v1_Span)[];
  /**
   * Images that were pulled, at bake or on the instance.
   */
  'pulls'?: (_parbake_v1_Pull)[];
  /**
   * Containers that were started for an order.
   */
  'starts'?: (_parbake_v1_ContainerStart)[];
  /**
   * Samples of the host and of each container. Dropped first when the instance has no
   * room to keep everything.
   */
  'samples'?: (_parbake_v1_Sample)[];
  /**
   * What starts read beyond what was recorded for them.
   */
  'reads'?: (_parbake_v1_StartReads)[];
}

/**
 * One batch of what an instance measured.
 */
export interface ReportRequest__Output {
  /**
   * As in the check-in.
   */
  'instanceId': (string);
  /**
   * The boot that the sequence numbers belong to.
   */
  'bootId': (string);
  /**
   * The batch's number, which rises by one from 1 in each boot.
   */
  'sequence': (number);
  /**
   * Spans that have ended.
   */
  'spans': (_parbake_v1_Span__Output)[];
  /**
   * Images that were pulled, at bake or on the instance.
   */
  'pulls': (_parbake_v1_Pull__Output)[];
  /**
   * Containers that were started for an order.
   */
  'starts': (_parbake_v1_ContainerStart__Output)[];
  /**
   * Samples of the host and of each container. Dropped first when the instance has no
   * room to keep everything.
   */
  'samples': (_parbake_v1_Sample__Output)[];
  /**
   * What starts read beyond what was recorded for them.
   */
  'reads': (_parbake_v1_StartReads__Output)[];
}
