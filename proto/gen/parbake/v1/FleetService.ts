// Original file: proto/parbake/v1/fleet.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyRolesRequest as _parbake_v1_ApplyRolesRequest, ApplyRolesRequest__Output as _parbake_v1_ApplyRolesRequest__Output } from '../../parbake/v1/ApplyRolesRequest.ts';
import type { ApplyRolesResponse as _parbake_v1_ApplyRolesResponse, ApplyRolesResponse__Output as _parbake_v1_ApplyRolesResponse__Output } from '../../parbake/v1/ApplyRolesResponse.ts';
import type { ClearQuarantineRequest as _parbake_v1_ClearQuarantineRequest, ClearQuarantineRequest__Output as _parbake_v1_ClearQuarantineRequest__Output } from '../../parbake/v1/ClearQuarantineRequest.ts';
import type { ClearQuarantineResponse as _parbake_v1_ClearQuarantineResponse, ClearQuarantineResponse__Output as _parbake_v1_ClearQuarantineResponse__Output } from '../../parbake/v1/ClearQuarantineResponse.ts';
import type { DeleteRoleRequest as _parbake_v1_DeleteRoleRequest, DeleteRoleRequest__Output as _parbake_v1_DeleteRoleRequest__Output } from '../../parbake/v1/DeleteRoleRequest.ts';
import type { DeleteRoleResponse as _parbake_v1_DeleteRoleResponse, DeleteRoleResponse__Output as _parbake_v1_DeleteRoleResponse__Output } from '../../parbake/v1/DeleteRoleResponse.ts';
import type { DrainInstanceRequest as _parbake_v1_DrainInstanceRequest, DrainInstanceRequest__Output as _parbake_v1_DrainInstanceRequest__Output } from '../../parbake/v1/DrainInstanceRequest.ts';
import type { DrainInstanceResponse as _parbake_v1_DrainInstanceResponse, DrainInstanceResponse__Output as _parbake_v1_DrainInstanceResponse__Output } from '../../parbake/v1/DrainInstanceResponse.ts';
import type { GetInstanceRequest as _parbake_v1_GetInstanceRequest, GetInstanceRequest__Output as _parbake_v1_GetInstanceRequest__Output } from '../../parbake/v1/GetInstanceRequest.ts';
import type { GetInstanceResponse as _parbake_v1_GetInstanceResponse, GetInstanceResponse__Output as _parbake_v1_GetInstanceResponse__Output } from '../../parbake/v1/GetInstanceResponse.ts';
import type { ListInstancesRequest as _parbake_v1_ListInstancesRequest, ListInstancesRequest__Output as _parbake_v1_ListInstancesRequest__Output } from '../../parbake/v1/ListInstancesRequest.ts';
import type { ListInstancesResponse as _parbake_v1_ListInstancesResponse, ListInstancesResponse__Output as _parbake_v1_ListInstancesResponse__Output } from '../../parbake/v1/ListInstancesResponse.ts';
import type { ListRolesRequest as _parbake_v1_ListRolesRequest, ListRolesRequest__Output as _parbake_v1_ListRolesRequest__Output } from '../../parbake/v1/ListRolesRequest.ts';
import type { ListRolesResponse as _parbake_v1_ListRolesResponse, ListRolesResponse__Output as _parbake_v1_ListRolesResponse__Output } from '../../parbake/v1/ListRolesResponse.ts';
import type { RetireInstanceRequest as _parbake_v1_RetireInstanceRequest, RetireInstanceRequest__Output as _parbake_v1_RetireInstanceRequest__Output } from '../../parbake/v1/RetireInstanceRequest.ts';
import type { RetireInstanceResponse as _parbake_v1_RetireInstanceResponse, RetireInstanceResponse__Output as _parbake_v1_RetireInstanceResponse__Output } from '../../parbake/v1/RetireInstanceResponse.ts';
import type { WatchInstancesRequest as _parbake_v1_WatchInstancesRequest, WatchInstancesRequest__Output as _parbake_v1_WatchInstancesRequest__Output } from '../../parbake/v1/WatchInstancesRequest.ts';
import type { WatchInstancesResponse as _parbake_v1_WatchInstancesResponse, WatchInstancesResponse__Output as _parbake_v1_WatchInstancesResponse__Output } from '../../parbake/v1/WatchInstancesResponse.ts';

/**
 * What operators call.
 */
export interface FleetServiceClient extends grpc.Client {
  /**
   * Makes roles known to the coordinator before an instance carries them, so that an
   * Assign waits for capacity instead of failing with ROLE_UNKNOWN. Applying the same
   * roles again changes nothing.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ROLE_INVALID, STORE_FAILED.
   */
  ApplyRoles(argument: _parbake_v1_ApplyRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  ApplyRoles(argument: _parbake_v1_ApplyRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  ApplyRoles(argument: _parbake_v1_ApplyRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  ApplyRoles(argument: _parbake_v1_ApplyRolesRequest, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes roles known to the coordinator before an instance carries them, so that an
   * Assign waits for capacity instead of failing with ROLE_UNKNOWN. Applying the same
   * roles again changes nothing.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ROLE_INVALID, STORE_FAILED.
   */
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Puts a QUARANTINED instance that never had a user back into its pool.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  ClearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  ClearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  ClearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  ClearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Puts a QUARANTINED instance that never had a user back into its pool.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  clearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  clearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  clearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  clearQuarantine(argument: _parbake_v1_ClearQuarantineRequest, callback: grpc.requestCallback<_parbake_v1_ClearQuarantineResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Forgets a role that was applied. Instances that carry it still offer it.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ROLE_UNKNOWN, STORE_FAILED.
   */
  DeleteRole(argument: _parbake_v1_DeleteRoleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  DeleteRole(argument: _parbake_v1_DeleteRoleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  DeleteRole(argument: _parbake_v1_DeleteRoleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  DeleteRole(argument: _parbake_v1_DeleteRoleRequest, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Forgets a role that was applied. Instances that carry it still offer it.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ROLE_UNKNOWN, STORE_FAILED.
   */
  deleteRole(argument: _parbake_v1_DeleteRoleRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  deleteRole(argument: _parbake_v1_DeleteRoleRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  deleteRole(argument: _parbake_v1_DeleteRoleRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  deleteRole(argument: _parbake_v1_DeleteRoleRequest, callback: grpc.requestCallback<_parbake_v1_DeleteRoleResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Takes an instance out of its pool: it is RETIRED. One that has a user is DRAINING,
   * and is retired when its assignment ends.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  DrainInstance(argument: _parbake_v1_DrainInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  DrainInstance(argument: _parbake_v1_DrainInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  DrainInstance(argument: _parbake_v1_DrainInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  DrainInstance(argument: _parbake_v1_DrainInstanceRequest, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Takes an instance out of its pool: it is RETIRED. One that has a user is DRAINING,
   * and is retired when its assignment ends.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  drainInstance(argument: _parbake_v1_DrainInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  drainInstance(argument: _parbake_v1_DrainInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  drainInstance(argument: _parbake_v1_DrainInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  drainInstance(argument: _parbake_v1_DrainInstanceRequest, callback: grpc.requestCallback<_parbake_v1_DrainInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns one instance.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  GetInstance(argument: _parbake_v1_GetInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  GetInstance(argument: _parbake_v1_GetInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  GetInstance(argument: _parbake_v1_GetInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  GetInstance(argument: _parbake_v1_GetInstanceRequest, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one instance.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  getInstance(argument: _parbake_v1_GetInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  getInstance(argument: _parbake_v1_GetInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  getInstance(argument: _parbake_v1_GetInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  getInstance(argument: _parbake_v1_GetInstanceRequest, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists instances, by id.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListInstances(argument: _parbake_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _parbake_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _parbake_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  ListInstances(argument: _parbake_v1_ListInstancesRequest, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists instances, by id.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listInstances(argument: _parbake_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _parbake_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _parbake_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _parbake_v1_ListInstancesRequest, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the roles that were applied or that an instance carries, by name.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListRoles(argument: _parbake_v1_ListRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  ListRoles(argument: _parbake_v1_ListRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  ListRoles(argument: _parbake_v1_ListRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  ListRoles(argument: _parbake_v1_ListRolesRequest, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the roles that were applied or that an instance carries, by name.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listRoles(argument: _parbake_v1_ListRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  listRoles(argument: _parbake_v1_ListRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  listRoles(argument: _parbake_v1_ListRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  listRoles(argument: _parbake_v1_ListRolesRequest, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends an instance's life in Parbake: its assignment, if it has one, is released
   * first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  RetireInstance(argument: _parbake_v1_RetireInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  RetireInstance(argument: _parbake_v1_RetireInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  RetireInstance(argument: _parbake_v1_RetireInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  RetireInstance(argument: _parbake_v1_RetireInstanceRequest, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends an instance's life in Parbake: its assignment, if it has one, is released
   * first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  retireInstance(argument: _parbake_v1_RetireInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  retireInstance(argument: _parbake_v1_RetireInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  retireInstance(argument: _parbake_v1_RetireInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  retireInstance(argument: _parbake_v1_RetireInstanceRequest, callback: grpc.requestCallback<_parbake_v1_RetireInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sends the instances that match now, and then each one that changes, until the
   * caller cancels.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  WatchInstances(argument: _parbake_v1_WatchInstancesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchInstancesResponse__Output>;
  WatchInstances(argument: _parbake_v1_WatchInstancesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchInstancesResponse__Output>;
  /**
   * Sends the instances that match now, and then each one that changes, until the
   * caller cancels.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  watchInstances(argument: _parbake_v1_WatchInstancesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchInstancesResponse__Output>;
  watchInstances(argument: _parbake_v1_WatchInstancesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchInstancesResponse__Output>;
  
}

/**
 * What operators call.
 */
export interface FleetServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Makes roles known to the coordinator before an instance carries them, so that an
   * Assign waits for capacity instead of failing with ROLE_UNKNOWN. Applying the same
   * roles again changes nothing.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ROLE_INVALID, STORE_FAILED.
   */
  ApplyRoles: grpc.handleUnaryCall<_parbake_v1_ApplyRolesRequest__Output, _parbake_v1_ApplyRolesResponse>;
  
  /**
   * Puts a QUARANTINED instance that never had a user back into its pool.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  ClearQuarantine: grpc.handleUnaryCall<_parbake_v1_ClearQuarantineRequest__Output, _parbake_v1_ClearQuarantineResponse>;
  
  /**
   * Forgets a role that was applied. Instances that carry it still offer it.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, ROLE_UNKNOWN, STORE_FAILED.
   */
  DeleteRole: grpc.handleUnaryCall<_parbake_v1_DeleteRoleRequest__Output, _parbake_v1_DeleteRoleResponse>;
  
  /**
   * Takes an instance out of its pool: it is RETIRED. One that has a user is DRAINING,
   * and is retired when its assignment ends.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  DrainInstance: grpc.handleUnaryCall<_parbake_v1_DrainInstanceRequest__Output, _parbake_v1_DrainInstanceResponse>;
  
  /**
   * Returns one instance.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  GetInstance: grpc.handleUnaryCall<_parbake_v1_GetInstanceRequest__Output, _parbake_v1_GetInstanceResponse>;
  
  /**
   * Lists instances, by id.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListInstances: grpc.handleUnaryCall<_parbake_v1_ListInstancesRequest__Output, _parbake_v1_ListInstancesResponse>;
  
  /**
   * Lists the roles that were applied or that an instance carries, by name.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListRoles: grpc.handleUnaryCall<_parbake_v1_ListRolesRequest__Output, _parbake_v1_ListRolesResponse>;
  
  /**
   * Ends an instance's life in Parbake: its assignment, if it has one, is released
   * first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  RetireInstance: grpc.handleUnaryCall<_parbake_v1_RetireInstanceRequest__Output, _parbake_v1_RetireInstanceResponse>;
  
  /**
   * Sends the instances that match now, and then each one that changes, until the
   * caller cancels.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  WatchInstances: grpc.handleServerStreamingCall<_parbake_v1_WatchInstancesRequest__Output, _parbake_v1_WatchInstancesResponse>;
  
}

export interface FleetServiceDefinition extends grpc.ServiceDefinition {
  ApplyRoles: MethodDefinition<_parbake_v1_ApplyRolesRequest, _parbake_v1_ApplyRolesResponse, _parbake_v1_ApplyRolesRequest__Output, _parbake_v1_ApplyRolesResponse__Output>
  ClearQuarantine: MethodDefinition<_parbake_v1_ClearQuarantineRequest, _parbake_v1_ClearQuarantineResponse, _parbake_v1_ClearQuarantineRequest__Output, _parbake_v1_ClearQuarantineResponse__Output>
  DeleteRole: MethodDefinition<_parbake_v1_DeleteRoleRequest, _parbake_v1_DeleteRoleResponse, _parbake_v1_DeleteRoleRequest__Output, _parbake_v1_DeleteRoleResponse__Output>
  DrainInstance: MethodDefinition<_parbake_v1_DrainInstanceRequest, _parbake_v1_DrainInstanceResponse, _parbake_v1_DrainInstanceRequest__Output, _parbake_v1_DrainInstanceResponse__Output>
  GetInstance: MethodDefinition<_parbake_v1_GetInstanceRequest, _parbake_v1_GetInstanceResponse, _parbake_v1_GetInstanceRequest__Output, _parbake_v1_GetInstanceResponse__Output>
  ListInstances: MethodDefinition<_parbake_v1_ListInstancesRequest, _parbake_v1_ListInstancesResponse, _parbake_v1_ListInstancesRequest__Output, _parbake_v1_ListInstancesResponse__Output>
  ListRoles: MethodDefinition<_parbake_v1_ListRolesRequest, _parbake_v1_ListRolesResponse, _parbake_v1_ListRolesRequest__Output, _parbake_v1_ListRolesResponse__Output>
  RetireInstance: MethodDefinition<_parbake_v1_RetireInstanceRequest, _parbake_v1_RetireInstanceResponse, _parbake_v1_RetireInstanceRequest__Output, _parbake_v1_RetireInstanceResponse__Output>
  WatchInstances: MethodDefinition<_parbake_v1_WatchInstancesRequest, _parbake_v1_WatchInstancesResponse, _parbake_v1_WatchInstancesRequest__Output, _parbake_v1_WatchInstancesResponse__Output>
}
