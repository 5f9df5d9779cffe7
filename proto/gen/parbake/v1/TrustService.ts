// Original file: proto/parbake/v1/attest.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateJoinTokenRequest as _parbake_v1_CreateJoinTokenRequest, CreateJoinTokenRequest__Output as _parbake_v1_CreateJoinTokenRequest__Output } from '../../parbake/v1/CreateJoinTokenRequest.ts';
import type { CreateJoinTokenResponse as _parbake_v1_CreateJoinTokenResponse, CreateJoinTokenResponse__Output as _parbake_v1_CreateJoinTokenResponse__Output } from '../../parbake/v1/CreateJoinTokenResponse.ts';
import type { CreateTokenRequest as _parbake_v1_CreateTokenRequest, CreateTokenRequest__Output as _parbake_v1_CreateTokenRequest__Output } from '../../parbake/v1/CreateTokenRequest.ts';
import type { CreateTokenResponse as _parbake_v1_CreateTokenResponse, CreateTokenResponse__Output as _parbake_v1_CreateTokenResponse__Output } from '../../parbake/v1/CreateTokenResponse.ts';
import type { ListTokensRequest as _parbake_v1_ListTokensRequest, ListTokensRequest__Output as _parbake_v1_ListTokensRequest__Output } from '../../parbake/v1/ListTokensRequest.ts';
import type { ListTokensResponse as _parbake_v1_ListTokensResponse, ListTokensResponse__Output as _parbake_v1_ListTokensResponse__Output } from '../../parbake/v1/ListTokensResponse.ts';
import type { LockInstanceRequest as _parbake_v1_LockInstanceRequest, LockInstanceRequest__Output as _parbake_v1_LockInstanceRequest__Output } from '../../parbake/v1/LockInstanceRequest.ts';
import type { LockInstanceResponse as _parbake_v1_LockInstanceResponse, LockInstanceResponse__Output as _parbake_v1_LockInstanceResponse__Output } from '../../parbake/v1/LockInstanceResponse.ts';
import type { ReadmitInstanceRequest as _parbake_v1_ReadmitInstanceRequest, ReadmitInstanceRequest__Output as _parbake_v1_ReadmitInstanceRequest__Output } from '../../parbake/v1/ReadmitInstanceRequest.ts';
import type { ReadmitInstanceResponse as _parbake_v1_ReadmitInstanceResponse, ReadmitInstanceResponse__Output as _parbake_v1_ReadmitInstanceResponse__Output } from '../../parbake/v1/ReadmitInstanceResponse.ts';
import type { RevokeTokenRequest as _parbake_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _parbake_v1_RevokeTokenRequest__Output } from '../../parbake/v1/RevokeTokenRequest.ts';
import type { RevokeTokenResponse as _parbake_v1_RevokeTokenResponse, RevokeTokenResponse__Output as _parbake_v1_RevokeTokenResponse__Output } from '../../parbake/v1/RevokeTokenResponse.ts';

/**
 * What operators call to decide which instances are trusted.
 */
export interface TrustServiceClient extends grpc.Client {
  /**
   * Makes a token that admits one instance once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  CreateJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a token that admits one instance once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  createJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  createJoinToken(argument: _parbake_v1_CreateJoinTokenRequest, callback: grpc.requestCallback<_parbake_v1_CreateJoinTokenResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Makes a token that a caller shows instead of a certificate, as the metadata
   * `authorization: Bearer TOKEN`.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  CreateToken(argument: _parbake_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _parbake_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _parbake_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _parbake_v1_CreateTokenRequest, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a token that a caller shows instead of a certificate, as the metadata
   * `authorization: Bearer TOKEN`.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  createToken(argument: _parbake_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _parbake_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _parbake_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _parbake_v1_CreateTokenRequest, callback: grpc.requestCallback<_parbake_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the valid tokens, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  ListTokens(argument: _parbake_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _parbake_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _parbake_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _parbake_v1_ListTokensRequest, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the valid tokens, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  listTokens(argument: _parbake_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _parbake_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _parbake_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _parbake_v1_ListTokensRequest, callback: grpc.requestCallback<_parbake_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Accepts no certificate of this instance any more, and ends its calls at once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  LockInstance(argument: _parbake_v1_LockInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  LockInstance(argument: _parbake_v1_LockInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  LockInstance(argument: _parbake_v1_LockInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  LockInstance(argument: _parbake_v1_LockInstanceRequest, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Accepts no certificate of this instance any more, and ends its calls at once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  lockInstance(argument: _parbake_v1_LockInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  lockInstance(argument: _parbake_v1_LockInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  lockInstance(argument: _parbake_v1_LockInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  lockInstance(argument: _parbake_v1_LockInstanceRequest, callback: grpc.requestCallback<_parbake_v1_LockInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lets an instance prove itself again, once with another key.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  ReadmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  ReadmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  ReadmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  ReadmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lets an instance prove itself again, once with another key.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  readmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  readmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  readmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  readmitInstance(argument: _parbake_v1_ReadmitInstanceRequest, callback: grpc.requestCallback<_parbake_v1_ReadmitInstanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Makes a token invalid, and ends its open calls.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, TOKEN_NOT_FOUND, STORE_FAILED.
   */
  RevokeToken(argument: _parbake_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _parbake_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _parbake_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _parbake_v1_RevokeTokenRequest, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a token invalid, and ends its open calls.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, TOKEN_NOT_FOUND, STORE_FAILED.
   */
  revokeToken(argument: _parbake_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _parbake_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _parbake_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _parbake_v1_RevokeTokenRequest, callback: grpc.requestCallback<_parbake_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * What operators call to decide which instances are trusted.
 */
export interface TrustServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Makes a token that admits one instance once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  CreateJoinToken: grpc.handleUnaryCall<_parbake_v1_CreateJoinTokenRequest__Output, _parbake_v1_CreateJoinTokenResponse>;
  
  /**
   * Makes a token that a caller shows instead of a certificate, as the metadata
   * `authorization: Bearer TOKEN`.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  CreateToken: grpc.handleUnaryCall<_parbake_v1_CreateTokenRequest__Output, _parbake_v1_CreateTokenResponse>;
  
  /**
   * Lists the valid tokens, oldest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  ListTokens: grpc.handleUnaryCall<_parbake_v1_ListTokensRequest__Output, _parbake_v1_ListTokensResponse>;
  
  /**
   * Accepts no certificate of this instance any more, and ends its calls at once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  LockInstance: grpc.handleUnaryCall<_parbake_v1_LockInstanceRequest__Output, _parbake_v1_LockInstanceResponse>;
  
  /**
   * Lets an instance prove itself again, once with another key.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, INSTANCE_NOT_FOUND, STORE_FAILED.
   */
  ReadmitInstance: grpc.handleUnaryCall<_parbake_v1_ReadmitInstanceRequest__Output, _parbake_v1_ReadmitInstanceResponse>;
  
  /**
   * Makes a token invalid, and ends its open calls.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, TOKEN_NOT_FOUND, STORE_FAILED.
   */
  RevokeToken: grpc.handleUnaryCall<_parbake_v1_RevokeTokenRequest__Output, _parbake_v1_RevokeTokenResponse>;
  
}

export interface TrustServiceDefinition extends grpc.ServiceDefinition {
  CreateJoinToken: MethodDefinition<_parbake_v1_CreateJoinTokenRequest, _parbake_v1_CreateJoinTokenResponse, _parbake_v1_CreateJoinTokenRequest__Output, _parbake_v1_CreateJoinTokenResponse__Output>
  CreateToken: MethodDefinition<_parbake_v1_CreateTokenRequest, _parbake_v1_CreateTokenResponse, _parbake_v1_CreateTokenRequest__Output, _parbake_v1_CreateTokenResponse__Output>
  ListTokens: MethodDefinition<_parbake_v1_ListTokensRequest, _parbake_v1_ListTokensResponse, _parbake_v1_ListTokensRequest__Output, _parbake_v1_ListTokensResponse__Output>
  LockInstance: MethodDefinition<_parbake_v1_LockInstanceRequest, _parbake_v1_LockInstanceResponse, _parbake_v1_LockInstanceRequest__Output, _parbake_v1_LockInstanceResponse__Output>
  ReadmitInstance: MethodDefinition<_parbake_v1_ReadmitInstanceRequest, _parbake_v1_ReadmitInstanceResponse, _parbake_v1_ReadmitInstanceRequest__Output, _parbake_v1_ReadmitInstanceResponse__Output>
  RevokeToken: MethodDefinition<_parbake_v1_RevokeTokenRequest, _parbake_v1_RevokeTokenResponse, _parbake_v1_RevokeTokenRequest__Output, _parbake_v1_RevokeTokenResponse__Output>
}
