// Original file: proto/parbake/v1/fleet.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyRolesRequest as _parbake_v1_ApplyRolesRequest, ApplyRolesRequest__Output as _parbake_v1_ApplyRolesRequest__Output } from '../../parbake/v1/ApplyRolesRequest.ts';
import type { ApplyRolesResponse as _parbake_v1_ApplyRolesResponse, ApplyRolesResponse__Output as _parbake_v1_ApplyRolesResponse__Output } from '../../parbake/v1/ApplyRolesResponse.ts';
import type { GetInstanceRequest as _parbake_v1_GetInstanceRequest, GetInstanceRequest__Output as _parbake_v1_GetInstanceRequest__Output } from '../../parbake/v1/GetInstanceRequest.ts';
import type { GetInstanceResponse as _parbake_v1_GetInstanceResponse, GetInstanceResponse__Output as _parbake_v1_GetInstanceResponse__Output } from '../../parbake/v1/GetInstanceResponse.ts';
import type { ListInstancesRequest as _parbake_v1_ListInstancesRequest, ListInstancesRequest__Output as _parbake_v1_ListInstancesRequest__Output } from '../../parbake/v1/ListInstancesRequest.ts';
import type { ListInstancesResponse as _parbake_v1_ListInstancesResponse, ListInstancesResponse__Output as _parbake_v1_ListInstancesResponse__Output } from '../../parbake/v1/ListInstancesResponse.ts';
import type { ListRolesRequest as _parbake_v1_ListRolesRequest, ListRolesRequest__Output as _parbake_v1_ListRolesRequest__Output } from '../../parbake/v1/ListRolesRequest.ts';
import type { ListRolesResponse as _parbake_v1_ListRolesResponse, ListRolesResponse__Output as _parbake_v1_ListRolesResponse__Output } from '../../parbake/v1/ListRolesResponse.ts';
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
   * Errors: REQUEST_INVALID, ROLE_INVALID, STORE_FAILED.
   */
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  applyRoles(argument: _parbake_v1_ApplyRolesRequest, callback: grpc.requestCallback<_parbake_v1_ApplyRolesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns one instance.
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
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  getInstance(argument: _parbake_v1_GetInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  getInstance(argument: _parbake_v1_GetInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  getInstance(argument: _parbake_v1_GetInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  getInstance(argument: _parbake_v1_GetInstanceRequest, callback: grpc.requestCallback<_parbake_v1_GetInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists instances, by id.
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
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listInstances(argument: _parbake_v1_ListInstancesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _parbake_v1_ListInstancesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _parbake_v1_ListInstancesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  listInstances(argument: _parbake_v1_ListInstancesRequest, callback: grpc.requestCallback<_parbake_v1_ListInstancesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the roles that were applied or that an instance carries, by name.
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
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listRoles(argument: _parbake_v1_ListRolesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  listRoles(argument: _parbake_v1_ListRolesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  listRoles(argument: _parbake_v1_ListRolesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  listRoles(argument: _parbake_v1_ListRolesRequest, callback: grpc.requestCallback<_parbake_v1_ListRolesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sends the instances that match now, and then each one that changes, until the
   * caller cancels.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  WatchInstances(argument: _parbake_v1_WatchInstancesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchInstancesResponse__Output>;
  WatchInstances(argument: _parbake_v1_WatchInstancesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchInstancesResponse__Output>;
  /**
   * Sends the instances that match now, and then each one that changes, until the
   * caller cancels.
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
   * Errors: REQUEST_INVALID, ROLE_INVALID, STORE_FAILED.
   */
  ApplyRoles: grpc.handleUnaryCall<_parbake_v1_ApplyRolesRequest__Output, _parbake_v1_ApplyRolesResponse>;
  
  /**
   * Returns one instance.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  GetInstance: grpc.handleUnaryCall<_parbake_v1_GetInstanceRequest__Output, _parbake_v1_GetInstanceResponse>;
  
  /**
   * Lists instances, by id.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListInstances: grpc.handleUnaryCall<_parbake_v1_ListInstancesRequest__Output, _parbake_v1_ListInstancesResponse>;
  
  /**
   * Lists the roles that were applied or that an instance carries, by name.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListRoles: grpc.handleUnaryCall<_parbake_v1_ListRolesRequest__Output, _parbake_v1_ListRolesResponse>;
  
  /**
   * Sends the instances that match now, and then each one that changes, until the
   * caller cancels.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  WatchInstances: grpc.handleServerStreamingCall<_parbake_v1_WatchInstancesRequest__Output, _parbake_v1_WatchInstancesResponse>;
  
}

export interface FleetServiceDefinition extends grpc.ServiceDefinition {
  ApplyRoles: MethodDefinition<_parbake_v1_ApplyRolesRequest, _parbake_v1_ApplyRolesResponse, _parbake_v1_ApplyRolesRequest__Output, _parbake_v1_ApplyRolesResponse__Output>
  GetInstance: MethodDefinition<_parbake_v1_GetInstanceRequest, _parbake_v1_GetInstanceResponse, _parbake_v1_GetInstanceRequest__Output, _parbake_v1_GetInstanceResponse__Output>
  ListInstances: MethodDefinition<_parbake_v1_ListInstancesRequest, _parbake_v1_ListInstancesResponse, _parbake_v1_ListInstancesRequest__Output, _parbake_v1_ListInstancesResponse__Output>
  ListRoles: MethodDefinition<_parbake_v1_ListRolesRequest, _parbake_v1_ListRolesResponse, _parbake_v1_ListRolesRequest__Output, _parbake_v1_ListRolesResponse__Output>
  WatchInstances: MethodDefinition<_parbake_v1_WatchInstancesRequest, _parbake_v1_WatchInstancesResponse, _parbake_v1_WatchInstancesRequest__Output, _parbake_v1_WatchInstancesResponse__Output>
}
