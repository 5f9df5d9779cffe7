// Original file: proto/parbake/v1/telemetry.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetTimelineRequest as _parbake_v1_GetTimelineRequest, GetTimelineRequest__Output as _parbake_v1_GetTimelineRequest__Output } from '../../parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse as _parbake_v1_GetTimelineResponse, GetTimelineResponse__Output as _parbake_v1_GetTimelineResponse__Output } from '../../parbake/v1/GetTimelineResponse.ts';
import type { ListEventsRequest as _parbake_v1_ListEventsRequest, ListEventsRequest__Output as _parbake_v1_ListEventsRequest__Output } from '../../parbake/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _parbake_v1_ListEventsResponse, ListEventsResponse__Output as _parbake_v1_ListEventsResponse__Output } from '../../parbake/v1/ListEventsResponse.ts';
import type { QuerySamplesRequest as _parbake_v1_QuerySamplesRequest, QuerySamplesRequest__Output as _parbake_v1_QuerySamplesRequest__Output } from '../../parbake/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse as _parbake_v1_QuerySamplesResponse, QuerySamplesResponse__Output as _parbake_v1_QuerySamplesResponse__Output } from '../../parbake/v1/QuerySamplesResponse.ts';

/**
 * Reads what instances reported.
 */
export interface TelemetryServiceClient extends grpc.Client {
  /**
   * The timeline of one instance: its spans, pulls and starts, oldest first.
   * NOT_FOUND with reason INSTANCE_NOT_FOUND when no such instance checked in.
   */
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The timeline of one instance: its spans, pulls and starts, oldest first.
   * NOT_FOUND with reason INSTANCE_NOT_FOUND when no such instance checked in.
   */
  getTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  getTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  getTimeline(argument: _parbake_v1_GetTimelineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  getTimeline(argument: _parbake_v1_GetTimelineRequest, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * What happened to one instance and its assignments, oldest first.
   * NOT_FOUND (INSTANCE_NOT_FOUND).
   */
  ListEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _parbake_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _parbake_v1_ListEventsRequest, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * What happened to one instance and its assignments, oldest first.
   * NOT_FOUND (INSTANCE_NOT_FOUND).
   */
  listEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _parbake_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _parbake_v1_ListEventsRequest, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Disk, network, processor and memory over time: of the host, and of each of our
   * containers. Older samples are longer, see docs/retention.md. NOT_FOUND
   * (INSTANCE_NOT_FOUND); INVALID_ARGUMENT (REQUEST_INVALID).
   */
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Disk, network, processor and memory over time: of the host, and of each of our
   * containers. Older samples are longer, see docs/retention.md. NOT_FOUND
   * (INSTANCE_NOT_FOUND); INVALID_ARGUMENT (REQUEST_INVALID).
   */
  querySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _parbake_v1_QuerySamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _parbake_v1_QuerySamplesRequest, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Reads what instances reported.
 */
export interface TelemetryServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The timeline of one instance: its spans, pulls and starts, oldest first.
   * NOT_FOUND with reason INSTANCE_NOT_FOUND when no such instance checked in.
   */
  GetTimeline: grpc.handleUnaryCall<_parbake_v1_GetTimelineRequest__Output, _parbake_v1_GetTimelineResponse>;
  
  /**
   * What happened to one instance and its assignments, oldest first.
   * NOT_FOUND (INSTANCE_NOT_FOUND).
   */
  ListEvents: grpc.handleUnaryCall<_parbake_v1_ListEventsRequest__Output, _parbake_v1_ListEventsResponse>;
  
  /**
   * Disk, network, processor and memory over time: of the host, and of each of our
   * containers. Older samples are longer, see docs/retention.md. NOT_FOUND
   * (INSTANCE_NOT_FOUND); INVALID_ARGUMENT (REQUEST_INVALID).
   */
  QuerySamples: grpc.handleUnaryCall<_parbake_v1_QuerySamplesRequest__Output, _parbake_v1_QuerySamplesResponse>;
  
}

export interface TelemetryServiceDefinition extends grpc.ServiceDefinition {
  GetTimeline: MethodDefinition<_parbake_v1_GetTimelineRequest, _parbake_v1_GetTimelineResponse, _parbake_v1_GetTimelineRequest__Output, _parbake_v1_GetTimelineResponse__Output>
  ListEvents: MethodDefinition<_parbake_v1_ListEventsRequest, _parbake_v1_ListEventsResponse, _parbake_v1_ListEventsRequest__Output, _parbake_v1_ListEventsResponse__Output>
  QuerySamples: MethodDefinition<_parbake_v1_QuerySamplesRequest, _parbake_v1_QuerySamplesResponse, _parbake_v1_QuerySamplesRequest__Output, _parbake_v1_QuerySamplesResponse__Output>
}
