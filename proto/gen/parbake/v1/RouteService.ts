// Original file: proto/parbake/v1/route.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ConfirmRoutesRequest as _parbake_v1_ConfirmRoutesRequest, ConfirmRoutesRequest__Output as _parbake_v1_ConfirmRoutesRequest__Output } from '../../parbake/v1/ConfirmRoutesRequest.ts';
import type { ConfirmRoutesResponse as _parbake_v1_ConfirmRoutesResponse, ConfirmRoutesResponse__Output as _parbake_v1_ConfirmRoutesResponse__Output } from '../../parbake/v1/ConfirmRoutesResponse.ts';
import type { ListRoutesRequest as _parbake_v1_ListRoutesRequest, ListRoutesRequest__Output as _parbake_v1_ListRoutesRequest__Output } from '../../parbake/v1/ListRoutesRequest.ts';
import type { ListRoutesResponse as _parbake_v1_ListRoutesResponse, ListRoutesResponse__Output as _parbake_v1_ListRoutesResponse__Output } from '../../parbake/v1/ListRoutesResponse.ts';
import type { WatchRoutesRequest as _parbake_v1_WatchRoutesRequest, WatchRoutesRequest__Output as _parbake_v1_WatchRoutesRequest__Output } from '../../parbake/v1/WatchRoutesRequest.ts';
import type { WatchRoutesResponse as _parbake_v1_WatchRoutesResponse, WatchRoutesResponse__Output as _parbake_v1_WatchRoutesResponse__Output } from '../../parbake/v1/WatchRoutesResponse.ts';

/**
 * What operators look at, and what a publisher outside of the coordinator follows. A
 * publisher makes a route visible: a name server, a router, a load balancer.
 */
export interface RouteServiceClient extends grpc.Client {
  /**
   * Says how far a publisher is. The coordinator waits for every publisher that it was
   * started with: WAIT_UNTIL_ROUTED ends, and the address of a route that was withdrawn is
   * given up, once all of them have confirmed.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PUBLISHER_UNKNOWN, STORE_FAILED.
   */
  ConfirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  ConfirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  ConfirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  ConfirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says how far a publisher is. The coordinator waits for every publisher that it was
   * started with: WAIT_UNTIL_ROUTED ends, and the address of a route that was withdrawn is
   * given up, once all of them have confirmed.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PUBLISHER_UNKNOWN, STORE_FAILED.
   */
  confirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  confirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  confirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  confirmRoutes(argument: _parbake_v1_ConfirmRoutesRequest, callback: grpc.requestCallback<_parbake_v1_ConfirmRoutesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists routes by name. A client sees those of its own assignments only.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListRoutes(argument: _parbake_v1_ListRoutesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  ListRoutes(argument: _parbake_v1_ListRoutesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  ListRoutes(argument: _parbake_v1_ListRoutesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  ListRoutes(argument: _parbake_v1_ListRoutesRequest, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists routes by name. A client sees those of its own assignments only.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listRoutes(argument: _parbake_v1_ListRoutesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  listRoutes(argument: _parbake_v1_ListRoutesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  listRoutes(argument: _parbake_v1_ListRoutesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  listRoutes(argument: _parbake_v1_ListRoutesRequest, callback: grpc.requestCallback<_parbake_v1_ListRoutesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sends every route first, then each that changes. A reader that keeps what it was sent
   * by name has the whole table after the first answer with `complete`, and keeps it.
   * Routes that are WITHDRAWN are sent as changes only.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: READER_TOO_SLOW, COORDINATOR_UNREACHABLE, STORE_FAILED.
   */
  WatchRoutes(argument: _parbake_v1_WatchRoutesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchRoutesResponse__Output>;
  WatchRoutes(argument: _parbake_v1_WatchRoutesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchRoutesResponse__Output>;
  /**
   * Sends every route first, then each that changes. A reader that keeps what it was sent
   * by name has the whole table after the first answer with `complete`, and keeps it.
   * Routes that are WITHDRAWN are sent as changes only.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: READER_TOO_SLOW, COORDINATOR_UNREACHABLE, STORE_FAILED.
   */
  watchRoutes(argument: _parbake_v1_WatchRoutesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchRoutesResponse__Output>;
  watchRoutes(argument: _parbake_v1_WatchRoutesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_parbake_v1_WatchRoutesResponse__Output>;
  
}

/**
 * What operators look at, and what a publisher outside of the coordinator follows. A
 * publisher makes a route visible: a name server, a router, a load balancer.
 */
export interface RouteServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Says how far a publisher is. The coordinator waits for every publisher that it was
   * started with: WAIT_UNTIL_ROUTED ends, and the address of a route that was withdrawn is
   * given up, once all of them have confirmed.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PUBLISHER_UNKNOWN, STORE_FAILED.
   */
  ConfirmRoutes: grpc.handleUnaryCall<_parbake_v1_ConfirmRoutesRequest__Output, _parbake_v1_ConfirmRoutesResponse>;
  
  /**
   * Lists routes by name. A client sees those of its own assignments only.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListRoutes: grpc.handleUnaryCall<_parbake_v1_ListRoutesRequest__Output, _parbake_v1_ListRoutesResponse>;
  
  /**
   * Sends every route first, then each that changes. A reader that keeps what it was sent
   * by name has the whole table after the first answer with `complete`, and keeps it.
   * Routes that are WITHDRAWN are sent as changes only.
   * 
   * Deadline: none; cancel the stream.
   * 
   * Errors: READER_TOO_SLOW, COORDINATOR_UNREACHABLE, STORE_FAILED.
   */
  WatchRoutes: grpc.handleServerStreamingCall<_parbake_v1_WatchRoutesRequest__Output, _parbake_v1_WatchRoutesResponse>;
  
}

export interface RouteServiceDefinition extends grpc.ServiceDefinition {
  ConfirmRoutes: MethodDefinition<_parbake_v1_ConfirmRoutesRequest, _parbake_v1_ConfirmRoutesResponse, _parbake_v1_ConfirmRoutesRequest__Output, _parbake_v1_ConfirmRoutesResponse__Output>
  ListRoutes: MethodDefinition<_parbake_v1_ListRoutesRequest, _parbake_v1_ListRoutesResponse, _parbake_v1_ListRoutesRequest__Output, _parbake_v1_ListRoutesResponse__Output>
  WatchRoutes: MethodDefinition<_parbake_v1_WatchRoutesRequest, _parbake_v1_WatchRoutesResponse, _parbake_v1_WatchRoutesRequest__Output, _parbake_v1_WatchRoutesResponse__Output>
}
