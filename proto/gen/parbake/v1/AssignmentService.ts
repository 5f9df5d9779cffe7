// Original file: proto/parbake/v1/assignment.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AssignRequest as _parbake_v1_AssignRequest, AssignRequest__Output as _parbake_v1_AssignRequest__Output } from '../../parbake/v1/AssignRequest.ts';
import type { AssignResponse as _parbake_v1_AssignResponse, AssignResponse__Output as _parbake_v1_AssignResponse__Output } from '../../parbake/v1/AssignResponse.ts';
import type { GetAssignmentRequest as _parbake_v1_GetAssignmentRequest, GetAssignmentRequest__Output as _parbake_v1_GetAssignmentRequest__Output } from '../../parbake/v1/GetAssignmentRequest.ts';
import type { GetAssignmentResponse as _parbake_v1_GetAssignmentResponse, GetAssignmentResponse__Output as _parbake_v1_GetAssignmentResponse__Output } from '../../parbake/v1/GetAssignmentResponse.ts';
import type { ListAssignmentsRequest as _parbake_v1_ListAssignmentsRequest, ListAssignmentsRequest__Output as _parbake_v1_ListAssignmentsRequest__Output } from '../../parbake/v1/ListAssignmentsRequest.ts';
import type { ListAssignmentsResponse as _parbake_v1_ListAssignmentsResponse, ListAssignmentsResponse__Output as _parbake_v1_ListAssignmentsResponse__Output } from '../../parbake/v1/ListAssignmentsResponse.ts';
import type { ReleaseRequest as _parbake_v1_ReleaseRequest, ReleaseRequest__Output as _parbake_v1_ReleaseRequest__Output } from '../../parbake/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _parbake_v1_ReleaseResponse, ReleaseResponse__Output as _parbake_v1_ReleaseResponse__Output } from '../../parbake/v1/ReleaseResponse.ts';

/**
 * Called by a product's backend.
 */
export interface AssignmentServiceClient extends grpc.Client {
  /**
   * Gives the user an instance of the role and waits until it has come as far as
   * `wait` asks. Durable before it is answered. The same `request_id` gives the
   * same assignment; with other parameters FAILED_PRECONDITION
   * (REQUEST_ID_MISMATCH). No READY instance before the caller's deadline:
   * RESOURCE_EXHAUSTED (NO_CAPACITY). Unknown role: NOT_FOUND (ROLE_UNKNOWN).
   * A variable that the role does not allow: INVALID_ARGUMENT (ENV_NOT_ALLOWED).
   * Files for a role that takes none: INVALID_ARGUMENT (FILES_NOT_ALLOWED).
   * Metadata `traceparent` and `tracestate` (W3C Trace Context) say where the caller
   * is in its trace; what is none of that is ignored.
   */
  Assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  Assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  Assign(argument: _parbake_v1_AssignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  Assign(argument: _parbake_v1_AssignRequest, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Gives the user an instance of the role and waits until it has come as far as
   * `wait` asks. Durable before it is answered. The same `request_id` gives the
   * same assignment; with other parameters FAILED_PRECONDITION
   * (REQUEST_ID_MISMATCH). No READY instance before the caller's deadline:
   * RESOURCE_EXHAUSTED (NO_CAPACITY). Unknown role: NOT_FOUND (ROLE_UNKNOWN).
   * A variable that the role does not allow: INVALID_ARGUMENT (ENV_NOT_ALLOWED).
   * Files for a role that takes none: INVALID_ARGUMENT (FILES_NOT_ALLOWED).
   * Metadata `traceparent` and `tracestate` (W3C Trace Context) say where the caller
   * is in its trace; what is none of that is ignored.
   */
  assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  assign(argument: _parbake_v1_AssignRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  assign(argument: _parbake_v1_AssignRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  assign(argument: _parbake_v1_AssignRequest, callback: grpc.requestCallback<_parbake_v1_AssignResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * One assignment. NOT_FOUND (ASSIGNMENT_NOT_FOUND).
   */
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  GetAssignment(argument: _parbake_v1_GetAssignmentRequest, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * One assignment. NOT_FOUND (ASSIGNMENT_NOT_FOUND).
   */
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  getAssignment(argument: _parbake_v1_GetAssignmentRequest, callback: grpc.requestCallback<_parbake_v1_GetAssignmentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Assignments, newest first.
   */
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  ListAssignments(argument: _parbake_v1_ListAssignmentsRequest, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Assignments, newest first.
   */
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  listAssignments(argument: _parbake_v1_ListAssignmentsRequest, callback: grpc.requestCallback<_parbake_v1_ListAssignmentsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends an assignment: its containers are stopped and removed and the instance is
   * retired. Releasing twice answers the same, with `already_released`.
   */
  Release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _parbake_v1_ReleaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  Release(argument: _parbake_v1_ReleaseRequest, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends an assignment: its containers are stopped and removed and the instance is
   * retired. Releasing twice answers the same, with `already_released`.
   */
  release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _parbake_v1_ReleaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _parbake_v1_ReleaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  release(argument: _parbake_v1_ReleaseRequest, callback: grpc.requestCallback<_parbake_v1_ReleaseResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Called by a product's backend.
 */
export interface AssignmentServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Gives the user an instance of the role and waits until it has come as far as
   * `wait` asks. Durable before it is answered. The same `request_id` gives the
   * same assignment; with other parameters FAILED_PRECONDITION
   * (REQUEST_ID_MISMATCH). No READY instance before the caller's deadline:
   * RESOURCE_EXHAUSTED (NO_CAPACITY). Unknown role: NOT_FOUND (ROLE_UNKNOWN).
   * A variable that the role does not allow: INVALID_ARGUMENT (ENV_NOT_ALLOWED).
   * Files for a role that takes none: INVALID_ARGUMENT (FILES_NOT_ALLOWED).
   * Metadata `traceparent` and `tracestate` (W3C Trace Context) say where the caller
   * is in its trace; what is none of that is ignored.
   */
  Assign: grpc.handleUnaryCall<_parbake_v1_AssignRequest__Output, _parbake_v1_AssignResponse>;
  
  /**
   * One assignment. NOT_FOUND (ASSIGNMENT_NOT_FOUND).
   */
  GetAssignment: grpc.handleUnaryCall<_parbake_v1_GetAssignmentRequest__Output, _parbake_v1_GetAssignmentResponse>;
  
  /**
   * Assignments, newest first.
   */
  ListAssignments: grpc.handleUnaryCall<_parbake_v1_ListAssignmentsRequest__Output, _parbake_v1_ListAssignmentsResponse>;
  
  /**
   * Ends an assignment: its containers are stopped and removed and the instance is
   * retired. Releasing twice answers the same, with `already_released`.
   */
  Release: grpc.handleUnaryCall<_parbake_v1_ReleaseRequest__Output, _parbake_v1_ReleaseResponse>;
  
}

export interface AssignmentServiceDefinition extends grpc.ServiceDefinition {
  Assign: MethodDefinition<_parbake_v1_AssignRequest, _parbake_v1_AssignResponse, _parbake_v1_AssignRequest__Output, _parbake_v1_AssignResponse__Output>
  GetAssignment: MethodDefinition<_parbake_v1_GetAssignmentRequest, _parbake_v1_GetAssignmentResponse, _parbake_v1_GetAssignmentRequest__Output, _parbake_v1_GetAssignmentResponse__Output>
  ListAssignments: MethodDefinition<_parbake_v1_ListAssignmentsRequest, _parbake_v1_ListAssignmentsResponse, _parbake_v1_ListAssignmentsRequest__Output, _parbake_v1_ListAssignmentsResponse__Output>
  Release: MethodDefinition<_parbake_v1_ReleaseRequest, _parbake_v1_ReleaseResponse, _parbake_v1_ReleaseRequest__Output, _parbake_v1_ReleaseResponse__Output>
}
