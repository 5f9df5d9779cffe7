// Original file: proto/parbake/v1/attest.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AttestRequest as _parbake_v1_AttestRequest, AttestRequest__Output as _parbake_v1_AttestRequest__Output } from '../../parbake/v1/AttestRequest.ts';
import type { AttestResponse as _parbake_v1_AttestResponse, AttestResponse__Output as _parbake_v1_AttestResponse__Output } from '../../parbake/v1/AttestResponse.ts';
import type { RenewRequest as _parbake_v1_RenewRequest, RenewRequest__Output as _parbake_v1_RenewRequest__Output } from '../../parbake/v1/RenewRequest.ts';
import type { RenewResponse as _parbake_v1_RenewResponse, RenewResponse__Output as _parbake_v1_RenewResponse__Output } from '../../parbake/v1/RenewResponse.ts';

/**
 * What instances call to get a certificate of their own.
 */
export interface AttestServiceClient extends grpc.Client {
  /**
   * Proves who an instance is. The coordinator sends a challenge first; the instance
   * answers it once, and gets a certificate. A failed try needs a new stream, because
   * each has its own challenge.
   * 
   * It needs no certificate, and is served where the coordinator listens for it
   * (`--attest-listen`).
   * 
   * Deadline: the coordinator ends the stream after 20 s.
   * 
   * Errors: REQUEST_INVALID, ATTESTATION_INVALID, ATTESTATION_REFUSED,
   * ATTESTATION_UNAVAILABLE, JOIN_TOKEN_INVALID, IDENTITY_CONFLICT,
   * DUPLICATE_IDENTITY, INSTANCE_LOCKED, STORE_FAILED.
   */
  Attest(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttestRequest, _parbake_v1_AttestResponse__Output>;
  Attest(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttestRequest, _parbake_v1_AttestResponse__Output>;
  /**
   * Proves who an instance is. The coordinator sends a challenge first; the instance
   * answers it once, and gets a certificate. A failed try needs a new stream, because
   * each has its own challenge.
   * 
   * It needs no certificate, and is served where the coordinator listens for it
   * (`--attest-listen`).
   * 
   * Deadline: the coordinator ends the stream after 20 s.
   * 
   * Errors: REQUEST_INVALID, ATTESTATION_INVALID, ATTESTATION_REFUSED,
   * ATTESTATION_UNAVAILABLE, JOIN_TOKEN_INVALID, IDENTITY_CONFLICT,
   * DUPLICATE_IDENTITY, INSTANCE_LOCKED, STORE_FAILED.
   */
  attest(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttestRequest, _parbake_v1_AttestResponse__Output>;
  attest(options?: grpc.CallOptions): grpc.ClientDuplexStream<_parbake_v1_AttestRequest, _parbake_v1_AttestResponse__Output>;
  
  /**
   * Replaces the certificate that the call was made with. The old one is valid until
   * the new one is used. The same request again is the same renewal.
   * 
   * Default deadline: 10 s.
   * 
   * Errors: REQUEST_INVALID, ATTESTATION_INVALID, IDENTITY_CONFLICT, INSTANCE_LOCKED,
   * STORE_FAILED.
   */
  Renew(argument: _parbake_v1_RenewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  Renew(argument: _parbake_v1_RenewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  Renew(argument: _parbake_v1_RenewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  Renew(argument: _parbake_v1_RenewRequest, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Replaces the certificate that the call was made with. The old one is valid until
   * the new one is used. The same request again is the same renewal.
   * 
   * Default deadline: 10 s.
   * 
   * Errors: REQUEST_INVALID, ATTESTATION_INVALID, IDENTITY_CONFLICT, INSTANCE_LOCKED,
   * STORE_FAILED.
   */
  renew(argument: _parbake_v1_RenewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _parbake_v1_RenewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _parbake_v1_RenewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  renew(argument: _parbake_v1_RenewRequest, callback: grpc.requestCallback<_parbake_v1_RenewResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * What instances call to get a certificate of their own.
 */
export interface AttestServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Proves who an instance is. The coordinator sends a challenge first; the instance
   * answers it once, and gets a certificate. A failed try needs a new stream, because
   * each has its own challenge.
   * 
   * It needs no certificate, and is served where the coordinator listens for it
   * (`--attest-listen`).
   * 
   * Deadline: the coordinator ends the stream after 20 s.
   * 
   * Errors: REQUEST_INVALID, ATTESTATION_INVALID, ATTESTATION_REFUSED,
   * ATTESTATION_UNAVAILABLE, JOIN_TOKEN_INVALID, IDENTITY_CONFLICT,
   * DUPLICATE_IDENTITY, INSTANCE_LOCKED, STORE_FAILED.
   */
  Attest: grpc.handleBidiStreamingCall<_parbake_v1_AttestRequest__Output, _parbake_v1_AttestResponse>;
  
  /**
   * Replaces the certificate that the call was made with. The old one is valid until
   * the new one is used. The same request again is the same renewal.
   * 
   * Default deadline: 10 s.
   * 
   * Errors: REQUEST_INVALID, ATTESTATION_INVALID, IDENTITY_CONFLICT, INSTANCE_LOCKED,
   * STORE_FAILED.
   */
  Renew: grpc.handleUnaryCall<_parbake_v1_RenewRequest__Output, _parbake_v1_RenewResponse>;
  
}

export interface AttestServiceDefinition extends grpc.ServiceDefinition {
  Attest: MethodDefinition<_parbake_v1_AttestRequest, _parbake_v1_AttestResponse, _parbake_v1_AttestRequest__Output, _parbake_v1_AttestResponse__Output>
  Renew: MethodDefinition<_parbake_v1_RenewRequest, _parbake_v1_RenewResponse, _parbake_v1_RenewRequest__Output, _parbake_v1_RenewResponse__Output>
}
