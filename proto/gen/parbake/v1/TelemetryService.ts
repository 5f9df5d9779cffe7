// Original file: proto/parbake/v1/telemetry.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetTimelineRequest as _parbake_v1_GetTimelineRequest, GetTimelineRequest__Output as _parbake_v1_GetTimelineRequest__Output } from '../../parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse as _parbake_v1_GetTimelineResponse, GetTimelineResponse__Output as _parbake_v1_GetTimelineResponse__Output } from '../../parbake/v1/GetTimelineResponse.ts';
import type { ListEventsRequest as _parbake_v1_ListEventsRequest, ListEventsRequest__Output as _parbake_v1_ListEventsRequest__Output } from '../../parbake/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _parbake_v1_ListEventsResponse, ListEventsResponse__Output as _parbake_v1_ListEventsResponse__Output } from '../../parbake/v1/ListEventsResponse.ts';
import type { QuerySamplesRequest as _parbake_v1_QuerySamplesRequest, QuerySamplesRequest__Output as _parbake_v1_QuerySamplesRequest__Output } from '../../parbake/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse as _parbake_v1_QuerySamplesResponse, QuerySamplesResponse__Output as _parbake_v1_QuerySamplesResponse__Output } from '../../parbake/v1/QuerySamplesResponse.ts';
import type { WatchEventsRequest as _parbake_v1_WatchEventsRequest, WatchEventsRequest__Output as _parbake_v1_WatchEventsRequest__Output } from '../../parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse as _parbake_v1_WatchEventsResponse, WatchEventsResponse__Output as _parbake_v1_WatchEventsResponse__Output } from '../../parbake/v1/WatchEventsResponse.ts';

/**
 * Reads what instances reported.
 */
export interface TelemetryServiceClient extends grpc.Client {
  /**
   * The timeline of one instance: its spans, pulls and starts, oldest first.
   * NOT_FOUND with reason INSTANCE_NOT_FOUND when no such instance checked in;
   * INVALID_ARGUMENT (REQUEST_INVALID). A message of gRPC holds 4 MiB unless the
   * caller says otherwise: ask for pages, or allow more, for what has run for weeks.
   */
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The timeline of one instance: its spans, pulls and starts, oldest first.
   * NOT_FOUND with reason INSTANCE_NOT_FOUND when no such instance checked in;
   * INVALID_ARGUMENT (REQUEST_INVALID). A message of gRPC holds 4 MiB unless the
   * caller says otherwise: ask for pages, or allow more, for what has run for weeks.
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
  
  /**
   * What happens in the whole fleet, or to what the request names, oldest first:
   * what was stored after the caller's cursor, and then each event as it happens,
   * until the caller goes. Every answer has a cursor; a caller whose stream ended,
   * for whatever reason, comes back with its last one and misses nothing and sees
   * nothing twice. The first answer comes at once and may have no events, as may
   * later ones: they say that the stream lives.
   * 
   * Events wait in the store and not for a reader: one that does not read for 30
   * seconds is ended with RESOURCE_EXHAUSTED (READER_TOO_SLOW), as is one more than
   * 1000. Events after the cursor that are not kept any more: OUT_OF_RANGE
   * (EVENTS_REMOVED). The coordinator shuts down: UNAVAILABLE
   * (COORDINATOR_UNREACHABLE). A cursor that is none: INVALID_ARGUMENT
   * (REQUEST_INVALID).
   */
  WatchEvents(argument: _parbake_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  WatchEvents(argument: _parbake_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  /**
   * What happens in the whole fleet, or to what the request names, oldest first:
   * what was stored after the caller's cursor, and then each event as it happens,
   * until the caller goes. Every answer has a cursor; a caller whose stream ended,
   * for whatever reason, comes back with its last one and misses nothing and sees
   * nothing twice. The first answer comes at once and may have no events, as may
   * later ones: they say that the stream lives.
   * 
   * Events wait in the store and not for a reader: one that does not read for 30
   * seconds is ended with RESOURCE_EXHAUSTED (READER_TOO_SLOW), as is one more than
   * 1000. Events after the cursor that are not kept any more: OUT_OF_RANGE
   * (EVENTS_REMOVED). The coordinator shuts down: UNAVAILABLE
   * (COORDINATOR_UNREACHABLE). A cursor that is none: INVALID_ARGUMENT
   * (REQUEST_INVALID).
   */
  watchEvents(argument: _parbake_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  watchEvents(argument: _parbake_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  
}

/**
 * Reads what instances reported.
 */
export interface TelemetryServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The timeline of one instance: its spans, pulls and starts, oldest first.
   * NOT_FOUND with reason INSTANCE_NOT_FOUND when no such instance checked in;
   * INVALID_ARGUMENT (REQUEST_INVALID). A message of gRPC holds 4 MiB unless the
   * caller says otherwise: ask for pages, or allow more, for what has run for weeks.
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
  
  /**
   * What happens in the whole fleet, or to what the request names, oldest first:
   * what was stored after the caller's cursor, and then each event as it happens,
   * until the caller goes. Every answer has a cursor; a caller whose stream ended,
   * for whatever reason, comes back with its last one and misses nothing and sees
   * nothing twice. The first answer comes at once and may have no events, as may
   * later ones: they say that the stream lives.
   * 
   * Events wait in the store and not for a reader: one that does not read for 30
   * seconds is ended with RESOURCE_EXHAUSTED (READER_TOO_SLOW), as is one more than
   * 1000. Events after the cursor that are not kept any more: OUT_OF_RANGE
   * (EVENTS_REMOVED). The coordinator shuts down: UNAVAILABLE
   * (COORDINATOR_UNREACHABLE). A cursor that is none: INVALID_ARGUMENT
   * (REQUEST_INVALID).
   */
  WatchEvents: grpc.handleServerStreamingCall<_parbake_v1_WatchEventsRequest__Output, _parbake_v1_WatchEventsResponse>;
  
}

export interface TelemetryServiceDefinition extends grpc.ServiceDefinition {
  GetTimeline: MethodDefinition<_parbake_v1_GetTimelineRequest, _parbake_v1_GetTimelineResponse, _parbake_v1_GetTimelineRequest__Output, _parbake_v1_GetTimelineResponse__Output>
  ListEvents: MethodDefinition<_parbake_v1_ListEventsRequest, _parbake_v1_ListEventsResponse, _parbake_v1_ListEventsRequest__Output, _parbake_v1_ListEventsResponse__Output>
  QuerySamples: MethodDefinition<_parbake_v1_QuerySamplesRequest, _parbake_v1_QuerySamplesResponse, _parbake_v1_QuerySamplesRequest__Output, _parbake_v1_QuerySamplesResponse__Output>
  WatchEvents: MethodDefinition<_parbake_v1_WatchEventsRequest, _parbake_v1_WatchEventsResponse, _parbake_v1_WatchEventsRequest__Output, _parbake_v1_WatchEventsResponse__Output>
}
