// Original file: proto/parbake/v1/agent.proto

import type { Span as _parbake_v1_Span, Span__Output as _parbake_v1_Span__Output } from '../../parbake/v1/Span.ts';
import type { Pull as _parbake_v1_Pull, Pull__Output as _parbake_v1_Pull__Output } from '../../parbake/v1/Pull.ts';
import type { ContainerStart as _parbake_v1_ContainerStart, ContainerStart__Output as _parbake_v1_ContainerStart__Output } from '../../parbake/v1/ContainerStart.ts';
import type { Sample as _parbake_v1_Sample, Sample__Output as _parbake_v1_Sample__Output } from '../../parbake/v1/Sample.ts';
import type { StartReads as _parbake_v1_StartReads, StartReads__Output as _parbake_v1_StartReads__Output } from '../../parbake/v1/StartReads.ts';
import type { Long } from '@grpc/proto-loader';

export interface ReportRequest {
  'instanceId'?: (string);
  /**
   * The boot the sequence numbers belong to.
   */
  'bootId'?: (string);
  /**
   * Of this batch; rises by one from 1 in each boot.
   */
  'sequence'?: (number | string | Long);
  'spans'?: (_parbake_v1_Span)[];
  'pulls'?: (_parbake_v1_Pull)[];
  'starts'?: (_parbake_v1_ContainerStart)[];
  /**
   * Left out first when the instance has no room to keep everything.
   */
  'samples'?: (_parbake_v1_Sample)[];
  'reads'?: (_parbake_v1_StartReads)[];
}

export interface ReportRequest__Output {
  'instanceId': (string);
  /**
   * The boot the sequence numbers belong to.
   */
  'bootId': (string);
  /**
   * Of this batch; rises by one from 1 in each boot.
   */
  'sequence': (number);
  'spans': (_parbake_v1_Span__Output)[];
  'pulls': (_parbake_v1_Pull__Output)[];
  'starts': (_parbake_v1_ContainerStart__Output)[];
  /**
   * Left out first when the instance has no room to keep everything.
   */
  'samples': (_parbake_v1_Sample__Output)[];
  'reads': (_parbake_v1_StartReads__Output)[];
}
