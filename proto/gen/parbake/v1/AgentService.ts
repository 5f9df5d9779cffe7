// Original file: proto/parbake/v1/agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AgentMessage as _parbake_v1_AgentMessage, AgentMessage__Output as _parbake_v1_AgentMessage__Output } from '../../parbake/v1/AgentMessage.ts';
import type { CheckInRequest as _parbake_v1_CheckInRequest, CheckInRequest__Output as _parbake_v1_CheckInRequest__Output } from '../../parbake/v1/CheckInRequest.ts';
import type { CheckInResponse as _parbake_v1_CheckInResponse, CheckInResponse__Output as _parbake_v1_CheckInResponse__Output } from '../../parbake/v1/CheckInResponse.ts';
import type { CoordinatorMessage as _parbake_v1_CoordinatorMessage, CoordinatorMessage__Output as _parbake_v1_CoordinatorMessage__Output } from '../../parbake/v1/CoordinatorMessage.ts';
import type { ReportRequest as _parbake_v1_ReportRequest, ReportRequest__Output as _parbake_v1_ReportRequest__Output } from '../../parbake/v1/ReportRequest.ts';
import type { ReportResponse as _parbake_v1_ReportResponse, ReportResponse__Output as _parbake_v1_ReportResponse__Output } from '../../parbake/v1/ReportResponse.ts';

export interface AgentServiceClient extends grpc.Client {
  /**
   * Says who this instance is. Once at boot, and again after a restart of the
   * agent; idempotent by (instance_id, boot_id).
   */
  CheckIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  CheckIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  CheckIn(argument: _parbake_v1_CheckInRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  CheckIn(argument: _parbake_v1_CheckInRequest, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says who this instance is. Once at boot, and again after a restart of the
   * agent; idempotent by (instance_id, boot_id).
   */
  checkIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  checkIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  checkIn(argument: _parbake_v1_CheckInRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  checkIn(argument: _parbake_v1_CheckInRequest, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Spans, pulls and starts, at least once: the agent keeps each batch until it is
   * acknowledged, the coordinator drops what it has by (instance, boot, sequence).
   */
  Report(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  Report(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  /**
   * Spans, pulls and starts, at least once: the agent keeps each batch until it is
   * acknowledged, the coordinator drops what it has by (instance, boot, sequence).
   */
  report(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  report(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  
  /**
   * The session, one per instance: a newer one ends an older one with ABORTED
   * (SESSION_SUPERSEDED). The first message is AgentMessage.hello.
   */
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AgentMessage, _parbake_v1_CoordinatorMessage__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AgentMessage, _parbake_v1_CoordinatorMessage__Output>;
  /**
   * The session, one per instance: a newer one ends an older one with ABORTED
   * (SESSION_SUPERSEDED). The first message is AgentMessage.hello.
   */
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AgentMessage, _parbake_v1_CoordinatorMessage__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AgentMessage, _parbake_v1_CoordinatorMessage__Output>;
  
}

export interface AgentServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Says who this instance is. Once at boot, and again after a restart of the
   * agent; idempotent by (instance_id, boot_id).
   */
  CheckIn: grpc.handleUnaryCall<_parbake_v1_CheckInRequest__Output, _parbake_v1_CheckInResponse>;
  
  /**
   * Spans, pulls and starts, at least once: the agent keeps each batch until it is
   * acknowledged, the coordinator drops what it has by (instance, boot, sequence).
   */
  Report: grpc.handleBidiStreamingCall<_parbake_v1_ReportRequest__Output, _parbake_v1_ReportResponse>;
  
  /**
   * The session, one per instance: a newer one ends an older one with ABORTED
   * (SESSION_SUPERSEDED). The first message is AgentMessage.hello.
   */
  Session: grpc.handleBidiStreamingCall<_parbake_v1_AgentMessage__Output, _parbake_v1_CoordinatorMessage>;
  
}

export interface AgentServiceDefinition extends grpc.ServiceDefinition {
  CheckIn: MethodDefinition<_parbake_v1_CheckInRequest, _parbake_v1_CheckInResponse, _parbake_v1_CheckInRequest__Output, _parbake_v1_CheckInResponse__Output>
  Report: MethodDefinition<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse, _parbake_v1_ReportRequest__Output, _parbake_v1_ReportResponse__Output>
  Session: MethodDefinition<_parbake_v1_AgentMessage, _parbake_v1_CoordinatorMessage, _parbake_v1_AgentMessage__Output, _parbake_v1_CoordinatorMessage__Output>
}
