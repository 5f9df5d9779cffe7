// Original file: proto/parbake/v1/preview.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApprovePreviewRequest as _parbake_v1_ApprovePreviewRequest, ApprovePreviewRequest__Output as _parbake_v1_ApprovePreviewRequest__Output } from '../../parbake/v1/ApprovePreviewRequest.ts';
import type { ApprovePreviewResponse as _parbake_v1_ApprovePreviewResponse, ApprovePreviewResponse__Output as _parbake_v1_ApprovePreviewResponse__Output } from '../../parbake/v1/ApprovePreviewResponse.ts';
import type { GetPreviewRequest as _parbake_v1_GetPreviewRequest, GetPreviewRequest__Output as _parbake_v1_GetPreviewRequest__Output } from '../../parbake/v1/GetPreviewRequest.ts';
import type { GetPreviewResponse as _parbake_v1_GetPreviewResponse, GetPreviewResponse__Output as _parbake_v1_GetPreviewResponse__Output } from '../../parbake/v1/GetPreviewResponse.ts';
import type { ListPreviewsRequest as _parbake_v1_ListPreviewsRequest, ListPreviewsRequest__Output as _parbake_v1_ListPreviewsRequest__Output } from '../../parbake/v1/ListPreviewsRequest.ts';
import type { ListPreviewsResponse as _parbake_v1_ListPreviewsResponse, ListPreviewsResponse__Output as _parbake_v1_ListPreviewsResponse__Output } from '../../parbake/v1/ListPreviewsResponse.ts';
import type { ReleasePreviewRequest as _parbake_v1_ReleasePreviewRequest, ReleasePreviewRequest__Output as _parbake_v1_ReleasePreviewRequest__Output } from '../../parbake/v1/ReleasePreviewRequest.ts';
import type { ReleasePreviewResponse as _parbake_v1_ReleasePreviewResponse, ReleasePreviewResponse__Output as _parbake_v1_ReleasePreviewResponse__Output } from '../../parbake/v1/ReleasePreviewResponse.ts';

/**
 * Environments that follow the branches of repositories. A webhook of GitHub says which
 * commit a branch has, and the coordinator keeps one assignment for it.
 */
export interface PreviewServiceClient extends grpc.Client {
  /**
   * Lets one commit of a fork run. The next commit waits for its own approval.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, PREVIEW_OUTDATED, STORE_FAILED.
   */
  ApprovePreview(argument: _parbake_v1_ApprovePreviewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  ApprovePreview(argument: _parbake_v1_ApprovePreviewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  ApprovePreview(argument: _parbake_v1_ApprovePreviewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  ApprovePreview(argument: _parbake_v1_ApprovePreviewRequest, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lets one commit of a fork run. The next commit waits for its own approval.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, PREVIEW_OUTDATED, STORE_FAILED.
   */
  approvePreview(argument: _parbake_v1_ApprovePreviewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  approvePreview(argument: _parbake_v1_ApprovePreviewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  approvePreview(argument: _parbake_v1_ApprovePreviewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  approvePreview(argument: _parbake_v1_ApprovePreviewRequest, callback: grpc.requestCallback<_parbake_v1_ApprovePreviewResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns one preview.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, STORE_FAILED.
   */
  GetPreview(argument: _parbake_v1_GetPreviewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  GetPreview(argument: _parbake_v1_GetPreviewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  GetPreview(argument: _parbake_v1_GetPreviewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  GetPreview(argument: _parbake_v1_GetPreviewRequest, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one preview.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, STORE_FAILED.
   */
  getPreview(argument: _parbake_v1_GetPreviewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  getPreview(argument: _parbake_v1_GetPreviewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  getPreview(argument: _parbake_v1_GetPreviewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  getPreview(argument: _parbake_v1_GetPreviewRequest, callback: grpc.requestCallback<_parbake_v1_GetPreviewResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists previews by id.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListPreviews(argument: _parbake_v1_ListPreviewsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  ListPreviews(argument: _parbake_v1_ListPreviewsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  ListPreviews(argument: _parbake_v1_ListPreviewsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  ListPreviews(argument: _parbake_v1_ListPreviewsRequest, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists previews by id.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  listPreviews(argument: _parbake_v1_ListPreviewsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  listPreviews(argument: _parbake_v1_ListPreviewsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  listPreviews(argument: _parbake_v1_ListPreviewsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  listPreviews(argument: _parbake_v1_ListPreviewsRequest, callback: grpc.requestCallback<_parbake_v1_ListPreviewsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends the environment of a preview. The next commit of its branch starts another one.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, STORE_FAILED.
   */
  ReleasePreview(argument: _parbake_v1_ReleasePreviewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  ReleasePreview(argument: _parbake_v1_ReleasePreviewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  ReleasePreview(argument: _parbake_v1_ReleasePreviewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  ReleasePreview(argument: _parbake_v1_ReleasePreviewRequest, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends the environment of a preview. The next commit of its branch starts another one.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, STORE_FAILED.
   */
  releasePreview(argument: _parbake_v1_ReleasePreviewRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  releasePreview(argument: _parbake_v1_ReleasePreviewRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  releasePreview(argument: _parbake_v1_ReleasePreviewRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  releasePreview(argument: _parbake_v1_ReleasePreviewRequest, callback: grpc.requestCallback<_parbake_v1_ReleasePreviewResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Environments that follow the branches of repositories. A webhook of GitHub says which
 * commit a branch has, and the coordinator keeps one assignment for it.
 */
export interface PreviewServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Lets one commit of a fork run. The next commit waits for its own approval.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, PREVIEW_OUTDATED, STORE_FAILED.
   */
  ApprovePreview: grpc.handleUnaryCall<_parbake_v1_ApprovePreviewRequest__Output, _parbake_v1_ApprovePreviewResponse>;
  
  /**
   * Returns one preview.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, STORE_FAILED.
   */
  GetPreview: grpc.handleUnaryCall<_parbake_v1_GetPreviewRequest__Output, _parbake_v1_GetPreviewResponse>;
  
  /**
   * Lists previews by id.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, STORE_FAILED.
   */
  ListPreviews: grpc.handleUnaryCall<_parbake_v1_ListPreviewsRequest__Output, _parbake_v1_ListPreviewsResponse>;
  
  /**
   * Ends the environment of a preview. The next commit of its branch starts another one.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, PREVIEW_NOT_FOUND, STORE_FAILED.
   */
  ReleasePreview: grpc.handleUnaryCall<_parbake_v1_ReleasePreviewRequest__Output, _parbake_v1_ReleasePreviewResponse>;
  
}

export interface PreviewServiceDefinition extends grpc.ServiceDefinition {
  ApprovePreview: MethodDefinition<_parbake_v1_ApprovePreviewRequest, _parbake_v1_ApprovePreviewResponse, _parbake_v1_ApprovePreviewRequest__Output, _parbake_v1_ApprovePreviewResponse__Output>
  GetPreview: MethodDefinition<_parbake_v1_GetPreviewRequest, _parbake_v1_GetPreviewResponse, _parbake_v1_GetPreviewRequest__Output, _parbake_v1_GetPreviewResponse__Output>
  ListPreviews: MethodDefinition<_parbake_v1_ListPreviewsRequest, _parbake_v1_ListPreviewsResponse, _parbake_v1_ListPreviewsRequest__Output, _parbake_v1_ListPreviewsResponse__Output>
  ReleasePreview: MethodDefinition<_parbake_v1_ReleasePreviewRequest, _parbake_v1_ReleasePreviewResponse, _parbake_v1_ReleasePreviewRequest__Output, _parbake_v1_ReleasePreviewResponse__Output>
}
