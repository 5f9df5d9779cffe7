// Original file: proto/parbake/v1/pool.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyPoolsRequest as _parbake_v1_ApplyPoolsRequest, ApplyPoolsRequest__Output as _parbake_v1_ApplyPoolsRequest__Output } from '../../parbake/v1/ApplyPoolsRequest.ts';
import type { ApplyPoolsResponse as _parbake_v1_ApplyPoolsResponse, ApplyPoolsResponse__Output as _parbake_v1_ApplyPoolsResponse__Output } from '../../parbake/v1/ApplyPoolsResponse.ts';
import type { DeletePoolRequest as _parbake_v1_DeletePoolRequest, DeletePoolRequest__Output as _parbake_v1_DeletePoolRequest__Output } from '../../parbake/v1/DeletePoolRequest.ts';
import type { DeletePoolResponse as _parbake_v1_DeletePoolResponse, DeletePoolResponse__Output as _parbake_v1_DeletePoolResponse__Output } from '../../parbake/v1/DeletePoolResponse.ts';
import type { ExpectDemandRequest as _parbake_v1_ExpectDemandRequest, ExpectDemandRequest__Output as _parbake_v1_ExpectDemandRequest__Output } from '../../parbake/v1/ExpectDemandRequest.ts';
import type { ExpectDemandResponse as _parbake_v1_ExpectDemandResponse, ExpectDemandResponse__Output as _parbake_v1_ExpectDemandResponse__Output } from '../../parbake/v1/ExpectDemandResponse.ts';
import type { ExplainPoolRequest as _parbake_v1_ExplainPoolRequest, ExplainPoolRequest__Output as _parbake_v1_ExplainPoolRequest__Output } from '../../parbake/v1/ExplainPoolRequest.ts';
import type { ExplainPoolResponse as _parbake_v1_ExplainPoolResponse, ExplainPoolResponse__Output as _parbake_v1_ExplainPoolResponse__Output } from '../../parbake/v1/ExplainPoolResponse.ts';
import type { ListPoolsRequest as _parbake_v1_ListPoolsRequest, ListPoolsRequest__Output as _parbake_v1_ListPoolsRequest__Output } from '../../parbake/v1/ListPoolsRequest.ts';
import type { ListPoolsResponse as _parbake_v1_ListPoolsResponse, ListPoolsResponse__Output as _parbake_v1_ListPoolsResponse__Output } from '../../parbake/v1/ListPoolsResponse.ts';
import type { PausePoolRequest as _parbake_v1_PausePoolRequest, PausePoolRequest__Output as _parbake_v1_PausePoolRequest__Output } from '../../parbake/v1/PausePoolRequest.ts';
import type { PausePoolResponse as _parbake_v1_PausePoolResponse, PausePoolResponse__Output as _parbake_v1_PausePoolResponse__Output } from '../../parbake/v1/PausePoolResponse.ts';
import type { ResumePoolRequest as _parbake_v1_ResumePoolRequest, ResumePoolRequest__Output as _parbake_v1_ResumePoolRequest__Output } from '../../parbake/v1/ResumePoolRequest.ts';
import type { ResumePoolResponse as _parbake_v1_ResumePoolResponse, ResumePoolResponse__Output as _parbake_v1_ResumePoolResponse__Output } from '../../parbake/v1/ResumePoolResponse.ts';

/**
 * Keeps READY instances before anybody asks for them.
 */
export interface PoolServiceClient extends grpc.Client {
  /**
   * Makes pools exist as they are described. A pool that exists is changed: machines
   * that are made from other things than the new specification says are replaced one
   * after the other. Applying the same specification again changes nothing.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_INVALID, PROVIDER_MISSING, STORE_FAILED.
   */
  ApplyPools(argument: _parbake_v1_ApplyPoolsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  ApplyPools(argument: _parbake_v1_ApplyPoolsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  ApplyPools(argument: _parbake_v1_ApplyPoolsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  ApplyPools(argument: _parbake_v1_ApplyPoolsRequest, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes pools exist as they are described. A pool that exists is changed: machines
   * that are made from other things than the new specification says are replaced one
   * after the other. Applying the same specification again changes nothing.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_INVALID, PROVIDER_MISSING, STORE_FAILED.
   */
  applyPools(argument: _parbake_v1_ApplyPoolsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  applyPools(argument: _parbake_v1_ApplyPoolsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  applyPools(argument: _parbake_v1_ApplyPoolsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  applyPools(argument: _parbake_v1_ApplyPoolsRequest, callback: grpc.requestCallback<_parbake_v1_ApplyPoolsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends the machines of a pool, and then the pool. Instances that have a user live
   * until their assignment ends.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  DeletePool(argument: _parbake_v1_DeletePoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  DeletePool(argument: _parbake_v1_DeletePoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  DeletePool(argument: _parbake_v1_DeletePoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  DeletePool(argument: _parbake_v1_DeletePoolRequest, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends the machines of a pool, and then the pool. Instances that have a user live
   * until their assignment ends.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  deletePool(argument: _parbake_v1_DeletePoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  deletePool(argument: _parbake_v1_DeletePoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  deletePool(argument: _parbake_v1_DeletePoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  deletePool(argument: _parbake_v1_DeletePoolRequest, callback: grpc.requestCallback<_parbake_v1_DeletePoolResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Announces requests, so that instances are READY when they come: a class that
   * begins, a release. The instances are launched two lead times before. Each request
   * that comes is taken off.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  ExpectDemand(argument: _parbake_v1_ExpectDemandRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  ExpectDemand(argument: _parbake_v1_ExpectDemandRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  ExpectDemand(argument: _parbake_v1_ExpectDemandRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  ExpectDemand(argument: _parbake_v1_ExpectDemandRequest, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Announces requests, so that instances are READY when they come: a class that
   * begins, a release. The instances are launched two lead times before. Each request
   * that comes is taken off.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  expectDemand(argument: _parbake_v1_ExpectDemandRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  expectDemand(argument: _parbake_v1_ExpectDemandRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  expectDemand(argument: _parbake_v1_ExpectDemandRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  expectDemand(argument: _parbake_v1_ExpectDemandRequest, callback: grpc.requestCallback<_parbake_v1_ExpectDemandResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns one pool, with every term of its size and everything that keeps it from
   * its target.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  ExplainPool(argument: _parbake_v1_ExplainPoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  ExplainPool(argument: _parbake_v1_ExplainPoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  ExplainPool(argument: _parbake_v1_ExplainPoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  ExplainPool(argument: _parbake_v1_ExplainPoolRequest, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one pool, with every term of its size and everything that keeps it from
   * its target.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  explainPool(argument: _parbake_v1_ExplainPoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  explainPool(argument: _parbake_v1_ExplainPoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  explainPool(argument: _parbake_v1_ExplainPoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  explainPool(argument: _parbake_v1_ExplainPoolRequest, callback: grpc.requestCallback<_parbake_v1_ExplainPoolResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the pools, by name.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  ListPools(argument: _parbake_v1_ListPoolsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  ListPools(argument: _parbake_v1_ListPoolsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  ListPools(argument: _parbake_v1_ListPoolsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  ListPools(argument: _parbake_v1_ListPoolsRequest, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the pools, by name.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  listPools(argument: _parbake_v1_ListPoolsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _parbake_v1_ListPoolsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _parbake_v1_ListPoolsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  listPools(argument: _parbake_v1_ListPoolsRequest, callback: grpc.requestCallback<_parbake_v1_ListPoolsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Launches nothing more for a pool, and ends nothing that still works, until it is
   * resumed.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  PausePool(argument: _parbake_v1_PausePoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  PausePool(argument: _parbake_v1_PausePoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  PausePool(argument: _parbake_v1_PausePoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  PausePool(argument: _parbake_v1_PausePoolRequest, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Launches nothing more for a pool, and ends nothing that still works, until it is
   * resumed.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  pausePool(argument: _parbake_v1_PausePoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  pausePool(argument: _parbake_v1_PausePoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  pausePool(argument: _parbake_v1_PausePoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  pausePool(argument: _parbake_v1_PausePoolRequest, callback: grpc.requestCallback<_parbake_v1_PausePoolResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends a pause.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  ResumePool(argument: _parbake_v1_ResumePoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  ResumePool(argument: _parbake_v1_ResumePoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  ResumePool(argument: _parbake_v1_ResumePoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  ResumePool(argument: _parbake_v1_ResumePoolRequest, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends a pause.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  resumePool(argument: _parbake_v1_ResumePoolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  resumePool(argument: _parbake_v1_ResumePoolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  resumePool(argument: _parbake_v1_ResumePoolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  resumePool(argument: _parbake_v1_ResumePoolRequest, callback: grpc.requestCallback<_parbake_v1_ResumePoolResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Keeps READY instances before anybody asks for them.
 */
export interface PoolServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Makes pools exist as they are described. A pool that exists is changed: machines
   * that are made from other things than the new specification says are replaced one
   * after the other. Applying the same specification again changes nothing.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_INVALID, PROVIDER_MISSING, STORE_FAILED.
   */
  ApplyPools: grpc.handleUnaryCall<_parbake_v1_ApplyPoolsRequest__Output, _parbake_v1_ApplyPoolsResponse>;
  
  /**
   * Ends the machines of a pool, and then the pool. Instances that have a user live
   * until their assignment ends.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  DeletePool: grpc.handleUnaryCall<_parbake_v1_DeletePoolRequest__Output, _parbake_v1_DeletePoolResponse>;
  
  /**
   * Announces requests, so that instances are READY when they come: a class that
   * begins, a release. The instances are launched two lead times before. Each request
   * that comes is taken off.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  ExpectDemand: grpc.handleUnaryCall<_parbake_v1_ExpectDemandRequest__Output, _parbake_v1_ExpectDemandResponse>;
  
  /**
   * Returns one pool, with every term of its size and everything that keeps it from
   * its target.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  ExplainPool: grpc.handleUnaryCall<_parbake_v1_ExplainPoolRequest__Output, _parbake_v1_ExplainPoolResponse>;
  
  /**
   * Lists the pools, by name.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  ListPools: grpc.handleUnaryCall<_parbake_v1_ListPoolsRequest__Output, _parbake_v1_ListPoolsResponse>;
  
  /**
   * Launches nothing more for a pool, and ends nothing that still works, until it is
   * resumed.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  PausePool: grpc.handleUnaryCall<_parbake_v1_PausePoolRequest__Output, _parbake_v1_PausePoolResponse>;
  
  /**
   * Ends a pause.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, STORE_FAILED.
   */
  ResumePool: grpc.handleUnaryCall<_parbake_v1_ResumePoolRequest__Output, _parbake_v1_ResumePoolResponse>;
  
}

export interface PoolServiceDefinition extends grpc.ServiceDefinition {
  ApplyPools: MethodDefinition<_parbake_v1_ApplyPoolsRequest, _parbake_v1_ApplyPoolsResponse, _parbake_v1_ApplyPoolsRequest__Output, _parbake_v1_ApplyPoolsResponse__Output>
  DeletePool: MethodDefinition<_parbake_v1_DeletePoolRequest, _parbake_v1_DeletePoolResponse, _parbake_v1_DeletePoolRequest__Output, _parbake_v1_DeletePoolResponse__Output>
  ExpectDemand: MethodDefinition<_parbake_v1_ExpectDemandRequest, _parbake_v1_ExpectDemandResponse, _parbake_v1_ExpectDemandRequest__Output, _parbake_v1_ExpectDemandResponse__Output>
  ExplainPool: MethodDefinition<_parbake_v1_ExplainPoolRequest, _parbake_v1_ExplainPoolResponse, _parbake_v1_ExplainPoolRequest__Output, _parbake_v1_ExplainPoolResponse__Output>
  ListPools: MethodDefinition<_parbake_v1_ListPoolsRequest, _parbake_v1_ListPoolsResponse, _parbake_v1_ListPoolsRequest__Output, _parbake_v1_ListPoolsResponse__Output>
  PausePool: MethodDefinition<_parbake_v1_PausePoolRequest, _parbake_v1_PausePoolResponse, _parbake_v1_PausePoolRequest__Output, _parbake_v1_PausePoolResponse__Output>
  ResumePool: MethodDefinition<_parbake_v1_ResumePoolRequest, _parbake_v1_ResumePoolResponse, _parbake_v1_ResumePoolRequest__Output, _parbake_v1_ResumePoolResponse__Output>
}
