// Original file: proto/parbake/v1/assignment.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AssignRequest as _parbake_v1_AssignRequest, AssignRequest__Output as _parbake_v1_AssignRequest__Output } from '../../parbake/v1/AssignRequest.ts';
import type { AssignResponse as _parbake_v1_AssignResponse, AssignResponse__Output as _parbake_v1_AssignResponse__Output } from '../../parbake/v1/AssignResponse.ts';
import type { ExecRequest as _parbake_v1_ExecRequest, ExecRequest__Output as _parbake_v1_ExecRequest__Output } from '../../parbake/v1/ExecRequest.ts';
import type { ExecResponse as _parbake_v1_ExecResponse, ExecResponse__Output as _parbake_v1_ExecResponse__Output } from '../../parbake/v1/ExecResponse.ts';
import type { ExtendAssignmentRequest as _parbake_v1_ExtendAssignmentRequest, ExtendAssignmentRequest__Output as _parbake_v1_ExtendAssignmentRequest__Output } from '../../parbake/v1/ExtendAssignmentRequest.ts';
import type { ExtendAssignmentResponse as _parbake_v1_ExtendAssignmentResponse, ExtendAssignmentResponse__Output as _parbake_v1_ExtendAssignmentResponse__Output } from '../../parbake/v1/ExtendAssignmentResponse.ts';
import type { GetAssignmentRequest as _parbake_v1_GetAssignmentRequest, GetAssignmentRequest__Output as _parbake_v1_GetAssignmentRequest__Output } from '../../parbake/v1/GetAssignmentRequest.ts';
import type { GetAssignmentResponse as _parbake_v1_GetAssignmentResponse, GetAssignmentResponse__Output as _parbake_v1_GetAssignmentResponse__Output } from '../../parbake/v1/GetAssignmentResponse.ts';
import type { GetUsageRequest as _parbake_v1_GetUsageRequest, GetUsageRequest__Output as _parbake_v1_GetUsageRequest__Output } from '../../parbake/v1/GetUsageRequest.ts';
import type { GetUsageResponse as _parbake_v1_GetUsageResponse, GetUsageResponse__Output as _parbake_v1_GetUsageResponse__Output } from '../../parbake/v1/GetUsageResponse.ts';
import type { ListAssignmentsRequest as _parbake_v1_ListAssignmentsRequest, ListAssignmentsRequest__Output as _parbake_v1_ListAssignmentsRequest__Output } from '../../parbake/v1/ListAssignmentsRequest.ts';
import type { ListAssignmentsResponse as _parbake_v1_ListAssignmentsResponse, ListAssignmentsResponse__Output as _parbake_v1_ListAssignmentsResponse__Output } from '../../parbake/v1/ListAssignmentsResponse.ts';
import type { ReleaseRequest as _parbake_v1_ReleaseRequest, ReleaseRequest__Output as _parbake_v1_ReleaseRequest__Output } from '../../parbake/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _parbake_v1_ReleaseResponse, ReleaseResponse__Output as _parbake_v1_ReleaseResponse__Output } from '../../parbake/v1/ReleaseResponse.ts';
import type { StreamLogsRequest as _parbake_v1_StreamLogsRequest, StreamLogsRequest__Output as _parbake_v1_StreamLogsRequest__Output } from '../../parbake/v1/StreamLogsRequest.ts';
import type { StreamLogsResponse as _parbake_v1_StreamLogsResponse, StreamLogsResponse__Output as _parbake_v1_StreamLogsResponse__Output } from '../../parbake/v1/StreamLogsResponse.ts';

/**
 * What a product's backend calls.
 */
export interface AssignmentServiceClient extends grpc.Client {
  /**
   * Gives the user an instance of the role and waits until the assignment has come as
   * far as `wait` asks. It is durable before it is answered. The same `request_id`
   * returns the same assignment.
   * 
   * Default deadline: 60 s. The answer comes shortly before the caller's deadline, so
   * that the caller learns why it waited in vain.
   * 
   * At most 900 calls wait on one connection at a time. Further ones are refused at once
   * with TOO_MANY_WAITING and a RetryInfo, and other calls get through.
   * 
   * The metadata keys `traceparent` and `tracestate` (W3C Trace Context) say where the
   * caller is in its trace. Invalid ones are ignored.
   * 
   * Errors: REQUEST_INVALID, ORDER_TOO_LARGE, ROLE_UNKNOWN, ENV_NOT_ALLOWED,
   * FILES_NOT_ALLOWED, REQUEST_ID_MISMATCH, ASSIGN_BACKOFF, ASSIGNMENT_DIFFERS,
   * ZONE_UNKNOWN, ROUTE_NAME_TAKEN, NO_CAPACITY, TOO_MANY_WAITING, ASSIGNMENT_FAILED, DEADLINE_EXCEEDED,
   * COORDINATOR_UNREACHABLE, STORE_FAILED.
   */
  Assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  Assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  Assign(argument: _parbake_v1_AssignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  Assign(argument: _parbake_v1_AssignRequest, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Gives the user an instance of the role and waits until the assignment has come as
   * far as `wait` asks. It is durable before it is answered. The same `request_id`
   * returns the same assignment.
   * 
   * Default deadline: 60 s. The answer comes shortly before the caller's deadline, so
   * that the caller learns why it waited in vain.
   * 
   * At most 900 calls wait on one connection at a time. Further ones are refused at once
   * with TOO_MANY_WAITING and a RetryInfo, and other calls get through.
   * 
   * The metadata keys `traceparent` and `tracestate` (W3C Trace Context) say where the
   * caller is in its trace. Invalid ones are ignored.
   * 
   * Errors: REQUEST_INVALID, ORDER_TOO_LARGE, ROLE_UNKNOWN, ENV_NOT_ALLOWED,
   * FILES_NOT_ALLOWED, REQUEST_ID_MISMATCH, ASSIGN_BACKOFF, ASSIGNMENT_DIFFERS,
   * ZONE_UNKNOWN, ROUTE_NAME_TAKEN, NO_CAPACITY, TOO_MANY_WAITING, ASSIGNMENT_FAILED, DEADLINE_EXCEEDED,
   * COORDINATOR_UNREACHABLE, STORE_FAILED.
   */
  assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  assign(argument: _parbake_v1_AssignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  assign(argument: _parbake_v1_AssignRequest, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Runs a command in a container of an assignment, as `docker exec` does. The first
   * message is ExecRequest.start. The last answer has the command's exit code. A client
   * may do this in its own assignments only. Each call is a line of the coordinator's log
   * with the command's first word; its arguments, which may be secret, are in no log.
   * 
   * Bounds are those of StreamLogs, in both directions. When the caller goes away, the
   * command's standard input ends; the command itself may go on.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ASSIGNMENT_NOT_RUNNING,
   * CONTAINER_UNKNOWN, EXEC_FAILED, INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD,
   * TOO_MANY_STREAMS, DOCKER_FAILED, DOCKER_UNAVAILABLE, STORE_FAILED.
   */
  Exec(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ExecRequest, _parbake_v1_ExecResponse__Output>;
  Exec(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ExecRequest, _parbake_v1_ExecResponse__Output>;
  /**
   * Runs a command in a container of an assignment, as `docker exec` does. The first
   * message is ExecRequest.start. The last answer has the command's exit code. A client
   * may do this in its own assignments only. Each call is a line of the coordinator's log
   * with the command's first word; its arguments, which may be secret, are in no log.
   * 
   * Bounds are those of StreamLogs, in both directions. When the caller goes away, the
   * command's standard input ends; the command itself may go on.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ASSIGNMENT_NOT_RUNNING,
   * CONTAINER_UNKNOWN, EXEC_FAILED, INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD,
   * TOO_MANY_STREAMS, DOCKER_FAILED, DOCKER_UNAVAILABLE, STORE_FAILED.
   */
  exec(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ExecRequest, _parbake_v1_ExecResponse__Output>;
  exec(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_ExecRequest, _parbake_v1_ExecResponse__Output>;
  
  /**
   * Gives a live assignment more time, or a first limit: it becomes EXPIRED `ttl` from
   * now on. One that has ended or is being released is refused (ILLEGAL_TRANSITION).
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  ExtendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  ExtendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  ExtendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  ExtendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Gives a live assignment more time, or a first limit: it becomes EXPIRED `ttl` from
   * now on. One that has ended or is being released is refused (ILLEGAL_TRANSITION).
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  extendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  extendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  extendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  extendAssignment(argument: _parbake_v1_ExtendAssignmentRequest, callback: grpc.requestCallback<_parbake_v1_ExtendAssignmentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns one assignment. A client's calls find its own ones only, here and in the calls
   * below; request ids are those of the caller.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, STORE_FAILED.
   */
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one assignment. A client's calls find its own ones only, here and in the calls
   * below; request ids are those of the caller.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, STORE_FAILED.
   */
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Adds up what assignments used, by user, environment or role. A client's calls count
   * its own assignments only. What counts, and what is missing, is in docs/usage.md.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  GetUsage(argument: _parbake_v1_GetUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  GetUsage(argument: _parbake_v1_GetUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  GetUsage(argument: _parbake_v1_GetUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  GetUsage(argument: _parbake_v1_GetUsageRequest, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Adds up what assignments used, by user, environment or role. A client's calls count
   * its own assignments only. What counts, and what is missing, is in docs/usage.md.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  getUsage(argument: _parbake_v1_GetUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _parbake_v1_GetUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _parbake_v1_GetUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _parbake_v1_GetUsageRequest, callback: grpc.requestCallback<_parbake_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists assignments, newest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists assignments, newest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends an assignment: its containers are stopped and removed, and the instance is
   * retired. The answer comes as soon as this is durable, before the containers are
   * gone. Releasing twice answers the same, with `already_released`.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, STORE_FAILED.
   */
  Release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _parbake_v1_ReleaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _parbake_v1_ReleaseRequest, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends an assignment: its containers are stopped and removed, and the instance is
   * retired. The answer comes as soon as this is durable, before the containers are
   * gone. Releasing twice answers the same, with `already_released`.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, STORE_FAILED.
   */
  release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _parbake_v1_ReleaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _parbake_v1_ReleaseRequest, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sends what a container of an assignment has printed, and with `follow` what it prints
   * until it stops or the caller cancels. A client reads its own assignments only. Each
   * call is a line of the coordinator's log, and nothing of the output is.
   * 
   * The output comes from the instance's agent as the caller reads it, at most 4 MiB a
   * second. At most 8 streams are open to one instance, and 500 in all.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ASSIGNMENT_NOT_RUNNING,
   * CONTAINER_UNKNOWN, INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD,
   * TOO_MANY_STREAMS, DOCKER_FAILED, DOCKER_UNAVAILABLE, STORE_FAILED.
   */
  StreamLogs(argument: _parbake_v1_StreamLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_StreamLogsResponse__Output>;
  StreamLogs(argument: _parbake_v1_StreamLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_StreamLogsResponse__Output>;
  /**
   * Sends what a container of an assignment has printed, and with `follow` what it prints
   * until it stops or the caller cancels. A client reads its own assignments only. Each
   * call is a line of the coordinator's log, and nothing of the output is.
   * 
   * The output comes from the instance's agent as the caller reads it, at most 4 MiB a
   * second. At most 8 streams are open to one instance, and 500 in all.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ASSIGNMENT_NOT_RUNNING,
   * CONTAINER_UNKNOWN, INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD,
   * TOO_MANY_STREAMS, DOCKER_FAILED, DOCKER_UNAVAILABLE, STORE_FAILED.
   */
  streamLogs(argument: _parbake_v1_StreamLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_StreamLogsResponse__Output>;
  streamLogs(argument: _parbake_v1_StreamLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_StreamLogsResponse__Output>;
  
}

/**
 * What a product's backend calls.
 */
export interface AssignmentServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Gives the user an instance of the role and waits until the assignment has come as
   * far as `wait` asks. It is durable before it is answered. The same `request_id`
   * returns the same assignment.
   * 
   * Default deadline: 60 s. The answer comes shortly before the caller's deadline, so
   * that the caller learns why it waited in vain.
   * 
   * At most 900 calls wait on one connection at a time. Further ones are refused at once
   * with TOO_MANY_WAITING and a RetryInfo, and other calls get through.
   * 
   * The metadata keys `traceparent` and `tracestate` (W3C Trace Context) say where the
   * caller is in its trace. Invalid ones are ignored.
   * 
   * Errors: REQUEST_INVALID, ORDER_TOO_LARGE, ROLE_UNKNOWN, ENV_NOT_ALLOWED,
   * FILES_NOT_ALLOWED, REQUEST_ID_MISMATCH, ASSIGN_BACKOFF, ASSIGNMENT_DIFFERS,
   * ZONE_UNKNOWN, ROUTE_NAME_TAKEN, NO_CAPACITY, TOO_MANY_WAITING, ASSIGNMENT_FAILED, DEADLINE_EXCEEDED,
   * COORDINATOR_UNREACHABLE, STORE_FAILED.
   */
  Assign: grpc.handleUnaryCall<_parbake_v1_AssignRequest__Output, _parbake_v1_AssignResponse>;
  
  /**
   * Runs a command in a container of an assignment, as `docker exec` does. The first
   * message is ExecRequest.start. The last answer has the command's exit code. A client
   * may do this in its own assignments only. Each call is a line of the coordinator's log
   * with the command's first word; its arguments, which may be secret, are in no log.
   * 
   * Bounds are those of StreamLogs, in both directions. When the caller goes away, the
   * command's standard input ends; the command itself may go on.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ASSIGNMENT_NOT_RUNNING,
   * CONTAINER_UNKNOWN, EXEC_FAILED, INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD,
   * TOO_MANY_STREAMS, DOCKER_FAILED, DOCKER_UNAVAILABLE, STORE_FAILED.
   */
  Exec: grpc.handleBidiStreamingCall<_parbake_v1_ExecRequest__Output, _parbake_v1_ExecResponse>;
  
  /**
   * Gives a live assignment more time, or a first limit: it becomes EXPIRED `ttl` from
   * now on. One that has ended or is being released is refused (ILLEGAL_TRANSITION).
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  ExtendAssignment: grpc.handleUnaryCall<_parbake_v1_ExtendAssignmentRequest__Output, _parbake_v1_ExtendAssignmentResponse>;
  
  /**
   * Returns one assignment. A client's calls find its own ones only, here and in the calls
   * below; request ids are those of the caller.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, STORE_FAILED.
   */
  GetAssignment: grpc.handleUnaryCall<_parbake_v1_GetAssignmentRequest__Output, _parbake_v1_GetAssignmentResponse>;
  
  /**
   * Adds up what assignments used, by user, environment or role. A client's calls count
   * its own assignments only. What counts, and what is missing, is in docs/usage.md.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  GetUsage: grpc.handleUnaryCall<_parbake_v1_GetUsageRequest__Output, _parbake_v1_GetUsageResponse>;
  
  /**
   * Lists assignments, newest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListAssignments: grpc.handleUnaryCall<_parbake_v1_ListAssignmentsRequest__Output, _parbake_v1_ListAssignmentsResponse>;
  
  /**
   * Ends an assignment: its containers are stopped and removed, and the instance is
   * retired. The answer comes as soon as this is durable, before the containers are
   * gone. Releasing twice answers the same, with `already_released`.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, STORE_FAILED.
   */
  Release: grpc.handleUnaryCall<_parbake_v1_ReleaseRequest__Output, _parbake_v1_ReleaseResponse>;
  
  /**
   * Sends what a container of an assignment has printed, and with `follow` what it prints
   * until it stops or the caller cancels. A client reads its own assignments only. Each
   * call is a line of the coordinator's log, and nothing of the output is.
   * 
   * The output comes from the instance's agent as the caller reads it, at most 4 MiB a
   * second. At most 8 streams are open to one instance, and 500 in all.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, ASSIGNMENT_NOT_FOUND, ASSIGNMENT_NOT_RUNNING,
   * CONTAINER_UNKNOWN, INSTANCE_SILENT, INSTANCE_ELSEWHERE, AGENT_TOO_OLD,
   * TOO_MANY_STREAMS, DOCKER_FAILED, DOCKER_UNAVAILABLE, STORE_FAILED.
   */
  StreamLogs: grpc.handleServerStreamingCall<_parbake_v1_StreamLogsRequest__Output, _parbake_v1_StreamLogsResponse>;
  
}

export interface AssignmentServiceDefinition extends grpc.ServiceDefinition {
  Assign: MethodDefinition<_parbake_v1_AssignRequest, _parbake_v1_AssignResponse, _parbake_v1_AssignRequest__Output, _parbake_v1_AssignResponse__Output>
  Exec: MethodDefinition<_parbake_v1_ExecRequest, _parbake_v1_ExecResponse, _parbake_v1_ExecRequest__Output, _parbake_v1_ExecResponse__Output>
  ExtendAssignment: MethodDefinition<_parbake_v1_ExtendAssignmentRequest, _parbake_v1_ExtendAssignmentResponse, _parbake_v1_ExtendAssignmentRequest__Output, _parbake_v1_ExtendAssignmentResponse__Output>
  GetAssignment: MethodDefinition<_parbake_v1_GetAssignmentRequest, _parbake_v1_GetAssignmentResponse, _parbake_v1_GetAssignmentRequest__Output, _parbake_v1_GetAssignmentResponse__Output>
  GetUsage: MethodDefinition<_parbake_v1_GetUsageRequest, _parbake_v1_GetUsageResponse, _parbake_v1_GetUsageRequest__Output, _parbake_v1_GetUsageResponse__Output>
  ListAssignments: MethodDefinition<_parbake_v1_ListAssignmentsRequest, _parbake_v1_ListAssignmentsResponse, _parbake_v1_ListAssignmentsRequest__Output, _parbake_v1_ListAssignmentsResponse__Output>
  Release: MethodDefinition<_parbake_v1_ReleaseRequest, _parbake_v1_ReleaseResponse, _parbake_v1_ReleaseRequest__Output, _parbake_v1_ReleaseResponse__Output>
  StreamLogs: MethodDefinition<_parbake_v1_StreamLogsRequest, _parbake_v1_StreamLogsResponse, _parbake_v1_StreamLogsRequest__Output, _parbake_v1_StreamLogsResponse__Output>
}
