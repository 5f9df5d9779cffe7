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
 * What operators and dashboards call.
 */
export interface TelemetryServiceClient extends grpc.Client {
  /**
   * Returns the timeline of one instance: its spans, pulls and starts, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  GetTimeline(argument: _parbake_v1_GetTimelineRequest, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns the timeline of one instance: its spans, pulls and starts, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  getTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  getTimeline(argument: _parbake_v1_GetTimelineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  getTimeline(argument: _parbake_v1_GetTimelineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  getTimeline(argument: _parbake_v1_GetTimelineRequest, callback: grpc.requestCallback<_parbake_v1_GetTimelineResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists what happened to one instance and its assignments, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  ListEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _parbake_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _parbake_v1_ListEventsRequest, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists what happened to one instance and its assignments, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  listEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _parbake_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _parbake_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _parbake_v1_ListEventsRequest, callback: grpc.requestCallback<_parbake_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns disk, network, processor and memory over time, of the host and of each
   * container. Older samples are longer, see docs/retention.md.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  QuerySamples(argument: _parbake_v1_QuerySamplesRequest, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns disk, network, processor and memory over time, of the host and of each
   * container. Older samples are longer, see docs/retention.md.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  querySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _parbake_v1_QuerySamplesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _parbake_v1_QuerySamplesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  querySamples(argument: _parbake_v1_QuerySamplesRequest, callback: grpc.requestCallback<_parbake_v1_QuerySamplesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sends what happens in the whole fleet, or to what the request names, oldest first:
   * first what was stored after the caller's cursor, then each event as it happens,
   * until the caller cancels. Resume from the last cursor after a broken stream: every
   * event is delivered exactly once. The first answer comes at once and may have no
   * events, as may later ones: they show that the stream lives.
   * 
   * Events wait in the store, never for a reader: the stream of a reader that does not
   * read for 30 s ends with READER_TOO_SLOW, as does one beyond 1000 streams.
   * EVENTS_REMOVED means that events after the cursor are not kept any more.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, READER_TOO_SLOW, EVENTS_REMOVED, COORDINATOR_UNREACHABLE,
   * STORE_FAILED.
   */
  WatchEvents(argument: _parbake_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  WatchEvents(argument: _parbake_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  /**
   * Sends what happens in the whole fleet, or to what the request names, oldest first:
   * first what was stored after the caller's cursor, then each event as it happens,
   * until the caller cancels. Resume from the last cursor after a broken stream: every
   * event is delivered exactly once. The first answer comes at once and may have no
   * events, as may later ones: they show that the stream lives.
   * 
   * Events wait in the store, never for a reader: the stream of a reader that does not
   * read for 30 s ends with READER_TOO_SLOW, as does one beyond 1000 streams.
   * EVENTS_REMOVED means that events after the cursor are not kept any more.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, READER_TOO_SLOW, EVENTS_REMOVED, COORDINATOR_UNREACHABLE,
   * STORE_FAILED.
   */
  watchEvents(argument: _parbake_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  watchEvents(argument: _parbake_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchEventsResponse__Output>;
  
}

/**
 * What operators and dashboards call.
 */
export interface TelemetryServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Returns the timeline of one instance: its spans, pulls and starts, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  GetTimeline: grpc.handleUnaryCall<_parbake_v1_GetTimelineRequest__Output, _parbake_v1_GetTimelineResponse>;
  
  /**
   * Lists what happened to one instance and its assignments, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  ListEvents: grpc.handleUnaryCall<_parbake_v1_ListEventsRequest__Output, _parbake_v1_ListEventsResponse>;
  
  /**
   * Returns disk, network, processor and memory over time, of the host and of each
   * container. Older samples are longer, see docs/retention.md.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  QuerySamples: grpc.handleUnaryCall<_parbake_v1_QuerySamplesRequest__Output, _parbake_v1_QuerySamplesResponse>;
  
  /**
   * Sends what happens in the whole fleet, or to what the request names, oldest first:
   * first what was stored after the caller's cursor, then each event as it happens,
   * until the caller cancels. Resume from the last cursor after a broken stream: every
   * event is delivered exactly once. The first answer comes at once and may have no
   * events, as may later ones: they show that the stream lives.
   * 
   * Events wait in the store, never for a reader: the stream of a reader that does not
   * read for 30 s ends with READER_TOO_SLOW, as does one beyond 1000 streams.
   * EVENTS_REMOVED means that events after the cursor are not kept any more.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, READER_TOO_SLOW, EVENTS_REMOVED, COORDINATOR_UNREACHABLE,
   * STORE_FAILED.
   */
  WatchEvents: grpc.handleServerStreamingCall<_parbake_v1_WatchEventsRequest__Output, _parbake_v1_WatchEventsResponse>;
  
}

export interface TelemetryServiceDefinition extends grpc.ServiceDefinition {
  GetTimeline: MethodDefinition<_parbake_v1_GetTimelineRequest, _parbake_v1_GetTimelineResponse, _parbake_v1_GetTimelineRequest__Output, _parbake_v1_GetTimelineResponse__Output>
  ListEvents: MethodDefinition<_parbake_v1_ListEventsRequest, _parbake_v1_ListEventsResponse, _parbake_v1_ListEventsRequest__Output, _parbake_v1_ListEventsResponse__Output>
  QuerySamples: MethodDefinition<_parbake_v1_QuerySamplesRequest, _parbake_v1_QuerySamplesResponse, _parbake_v1_QuerySamplesRequest__Output, _parbake_v1_QuerySamplesResponse__Output>
  WatchEvents: MethodDefinition<_parbake_v1_WatchEventsRequest, _parbake_v1_WatchEventsResponse, _parbake_v1_WatchEventsRequest__Output, _parbake_v1_WatchEventsResponse__Output>
}
