// Original file: proto/parbake/v1/telemetry.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetTimelineRequest as _parbake_v1_GetTimelineRequest, GetTimelineRequest__Output as _parbake_v1_GetTimelineRequest__Output } from '../../parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse as _parbake_v1_GetTimelineResponse, GetTimelineResponse__Output as _parbake_v1_GetTimelineResponse__Output } from '../../parbake/v1/GetTimelineResponse.ts';

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
  
}

export interface TelemetryServiceDefinition extends grpc.ServiceDefinition {
  GetTimeline: MethodDefinition<_parbake_v1_GetTimelineRequest, _parbake_v1_GetTimelineResponse, _parbake_v1_GetTimelineRequest__Output, _parbake_v1_GetTimelineResponse__Output>
}
