// Original file: proto/parbake/v1/agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AttachRequest as _parbake_v1_AttachRequest, AttachRequest__Output as _parbake_v1_AttachRequest__Output } from '../../parbake/v1/AttachRequest.ts';
import type { AttachResponse as _parbake_v1_AttachResponse, AttachResponse__Output as _parbake_v1_AttachResponse__Output } from '../../parbake/v1/AttachResponse.ts';
import type { CheckInRequest as _parbake_v1_CheckInRequest, CheckInRequest__Output as _parbake_v1_CheckInRequest__Output } from '../../parbake/v1/CheckInRequest.ts';
import type { CheckInResponse as _parbake_v1_CheckInResponse, CheckInResponse__Output as _parbake_v1_CheckInResponse__Output } from '../../parbake/v1/CheckInResponse.ts';
import type { ReportRequest as _parbake_v1_ReportRequest, ReportRequest__Output as _parbake_v1_ReportRequest__Output } from '../../parbake/v1/ReportRequest.ts';
import type { ReportResponse as _parbake_v1_ReportResponse, ReportResponse__Output as _parbake_v1_ReportResponse__Output } from '../../parbake/v1/ReportResponse.ts';
import type { SessionRequest as _parbake_v1_SessionRequest, SessionRequest__Output as _parbake_v1_SessionRequest__Output } from '../../parbake/v1/SessionRequest.ts';
import type { SessionResponse as _parbake_v1_SessionResponse, SessionResponse__Output as _parbake_v1_SessionResponse__Output } from '../../parbake/v1/SessionResponse.ts';

/**
 * What agents call. Which instance an agent speaks for is in its certificate
 * (spiffe://TRUST-DOMAIN/agent/INSTANCE-ID). An instance_id in a message may repeat it;
 * any other id is PERMISSION_DENIED. Only on a plaintext listener for demos and tests,
 * and with a certificate that agents share, does the message say which instance it is.
 */
export interface AgentServiceClient extends grpc.Client {
  /**
   * Carries the output of a container to whoever asked the coordinator for it. The
   * coordinator asks over the session (SessionResponse.attach), and the agent opens this
   * stream, so that neither a flood nor a slow reader holds up the session. The first
   * message is AttachRequest.hello; the coordinator answers with what it wants.
   * 
   * Deadline: none. It ends with AttachRequest.end, or when either side cancels it.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID.
   */
  Attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttachRequest, _parbake_v1_AttachResponse__Output>;
  Attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttachRequest, _parbake_v1_AttachResponse__Output>;
  /**
   * Carries the output of a container to whoever asked the coordinator for it. The
   * coordinator asks over the session (SessionResponse.attach), and the agent opens this
   * stream, so that neither a flood nor a slow reader holds up the session. The first
   * message is AttachRequest.hello; the coordinator answers with what it wants.
   * 
   * Deadline: none. It ends with AttachRequest.end, or when either side cancels it.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID.
   */
  attach(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttachRequest, _parbake_v1_AttachResponse__Output>;
  attach(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttachRequest, _parbake_v1_AttachResponse__Output>;
  
  /**
   * Says who this instance is. The agent calls it once at boot, and again after each
   * restart or lost session; idempotent by (instance_id, boot_id).
   * 
   * One instance id is one machine. A second machine is refused while the first answers a
   * ping within 2 s, and as long as the instance has a user. A machine that does not
   * answer is superseded, so a reboot is not a duplicate.
   * 
   * When more instances check in at once than the store takes, some are refused with
   * COORDINATOR_BUSY and a RetryInfo. The agent keeps its connection and asks again then.
   * 
   * Deadline: the agent sets 10 s.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, INSTANCE_ID_TAKEN,
   * COORDINATOR_BUSY, STORE_FAILED.
   */
  CheckIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  CheckIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  CheckIn(argument: _parbake_v1_CheckInRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  CheckIn(argument: _parbake_v1_CheckInRequest, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says who this instance is. The agent calls it once at boot, and again after each
   * restart or lost session; idempotent by (instance_id, boot_id).
   * 
   * One instance id is one machine. A second machine is refused while the first answers a
   * ping within 2 s, and as long as the instance has a user. A machine that does not
   * answer is superseded, so a reboot is not a duplicate.
   * 
   * When more instances check in at once than the store takes, some are refused with
   * COORDINATOR_BUSY and a RetryInfo. The agent keeps its connection and asks again then.
   * 
   * Deadline: the agent sets 10 s.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, INSTANCE_ID_TAKEN,
   * COORDINATOR_BUSY, STORE_FAILED.
   */
  checkIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  checkIn(argument: _parbake_v1_CheckInRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  checkIn(argument: _parbake_v1_CheckInRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  checkIn(argument: _parbake_v1_CheckInRequest, callback: grpc.requestCallback<_parbake_v1_CheckInResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Takes spans, pulls, starts and samples, at least once: the agent keeps each batch
   * until it is acknowledged, and the coordinator drops what it has by (instance,
   * boot, sequence). An instance checks in before it reports.
   * 
   * Deadline: none.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, INSTANCE_NOT_FOUND,
   * STORE_FAILED.
   */
  Report(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  Report(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  /**
   * Takes spans, pulls, starts and samples, at least once: the agent keeps each batch
   * until it is acknowledged, and the coordinator drops what it has by (instance,
   * boot, sequence). An instance checks in before it reports.
   * 
   * Deadline: none.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, INSTANCE_NOT_FOUND,
   * STORE_FAILED.
   */
  report(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  report(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse__Output>;
  
  /**
   * The session, one per instance: a newer one ends an older one. The first message is
   * SessionRequest.hello. It has no deadline: an agent that hears nothing for 30 s
   * opens a new one.
   * 
   * Endpoints are accepted at the address that the agent calls from, and at those that
   * EC2 has for the instance.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, SESSION_UNKNOWN,
   * SESSION_SUPERSEDED, STORE_FAILED.
   */
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_SessionRequest, _parbake_v1_SessionResponse__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_SessionRequest, _parbake_v1_SessionResponse__Output>;
  /**
   * The session, one per instance: a newer one ends an older one. The first message is
   * SessionRequest.hello. It has no deadline: an agent that hears nothing for 30 s
   * opens a new one.
   * 
   * Endpoints are accepted at the address that the agent calls from, and at those that
   * EC2 has for the instance.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, SESSION_UNKNOWN,
   * SESSION_SUPERSEDED, STORE_FAILED.
   */
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_SessionRequest, _parbake_v1_SessionResponse__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_SessionRequest, _parbake_v1_SessionResponse__Output>;
  
}

/**
 * What agents call. Which instance an agent speaks for is in its certificate
 * (spiffe://TRUST-DOMAIN/agent/INSTANCE-ID). An instance_id in a message may repeat it;
 * any other id is PERMISSION_DENIED. Only on a plaintext listener for demos and tests,
 * and with a certificate that agents share, does the message say which instance it is.
 */
export interface AgentServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Carries the output of a container to whoever asked the coordinator for it. The
   * coordinator asks over the session (SessionResponse.attach), and the agent opens this
   * stream, so that neither a flood nor a slow reader holds up the session. The first
   * message is AttachRequest.hello; the coordinator answers with what it wants.
   * 
   * Deadline: none. It ends with AttachRequest.end, or when either side cancels it.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID.
   */
  Attach: grpc.handleBidiStreamingCall<_parbake_v1_AttachRequest__Output, _parbake_v1_AttachResponse>;
  
  /**
   * Says who this instance is. The agent calls it once at boot, and again after each
   * restart or lost session; idempotent by (instance_id, boot_id).
   * 
   * One instance id is one machine. A second machine is refused while the first answers a
   * ping within 2 s, and as long as the instance has a user. A machine that does not
   * answer is superseded, so a reboot is not a duplicate.
   * 
   * When more instances check in at once than the store takes, some are refused with
   * COORDINATOR_BUSY and a RetryInfo. The agent keeps its connection and asks again then.
   * 
   * Deadline: the agent sets 10 s.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, INSTANCE_ID_TAKEN,
   * COORDINATOR_BUSY, STORE_FAILED.
   */
  CheckIn: grpc.handleUnaryCall<_parbake_v1_CheckInRequest__Output, _parbake_v1_CheckInResponse>;
  
  /**
   * Takes spans, pulls, starts and samples, at least once: the agent keeps each batch
   * until it is acknowledged, and the coordinator drops what it has by (instance,
   * boot, sequence). An instance checks in before it reports.
   * 
   * Deadline: none.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, INSTANCE_NOT_FOUND,
   * STORE_FAILED.
   */
  Report: grpc.handleBidiStreamingCall<_parbake_v1_ReportRequest__Output, _parbake_v1_ReportResponse>;
  
  /**
   * The session, one per instance: a newer one ends an older one. The first message is
   * SessionRequest.hello. It has no deadline: an agent that hears nothing for 30 s
   * opens a new one.
   * 
   * Endpoints are accepted at the address that the agent calls from, and at those that
   * EC2 has for the instance.
   * 
   * Errors: UNAUTHENTICATED, PERMISSION_DENIED, REQUEST_INVALID, SESSION_UNKNOWN,
   * SESSION_SUPERSEDED, STORE_FAILED.
   */
  Session: grpc.handleBidiStreamingCall<_parbake_v1_SessionRequest__Output, _parbake_v1_SessionResponse>;
  
}

export interface AgentServiceDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<_parbake_v1_AttachRequest, _parbake_v1_AttachResponse, _parbake_v1_AttachRequest__Output, _parbake_v1_AttachResponse__Output>
  CheckIn: MethodDefinition<_parbake_v1_CheckInRequest, _parbake_v1_CheckInResponse, _parbake_v1_CheckInRequest__Output, _parbake_v1_CheckInResponse__Output>
  Report: MethodDefinition<_parbake_v1_ReportRequest, _parbake_v1_ReportResponse, _parbake_v1_ReportRequest__Output, _parbake_v1_ReportResponse__Output>
  Session: MethodDefinition<_parbake_v1_SessionRequest, _parbake_v1_SessionResponse, _parbake_v1_SessionRequest__Output, _parbake_v1_SessionResponse__Output>
}
