// Original file: proto/parbake/v1/image.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BuildImageRequest as _parbake_v1_BuildImageRequest, BuildImageRequest__Output as _parbake_v1_BuildImageRequest__Output } from '../../parbake/v1/BuildImageRequest.ts';
import type { BuildImageResponse as _parbake_v1_BuildImageResponse, BuildImageResponse__Output as _parbake_v1_BuildImageResponse__Output } from '../../parbake/v1/BuildImageResponse.ts';
import type { DeprecateImageRequest as _parbake_v1_DeprecateImageRequest, DeprecateImageRequest__Output as _parbake_v1_DeprecateImageRequest__Output } from '../../parbake/v1/DeprecateImageRequest.ts';
import type { DeprecateImageResponse as _parbake_v1_DeprecateImageResponse, DeprecateImageResponse__Output as _parbake_v1_DeprecateImageResponse__Output } from '../../parbake/v1/DeprecateImageResponse.ts';
import type { ListImagesRequest as _parbake_v1_ListImagesRequest, ListImagesRequest__Output as _parbake_v1_ListImagesRequest__Output } from '../../parbake/v1/ListImagesRequest.ts';
import type { ListImagesResponse as _parbake_v1_ListImagesResponse, ListImagesResponse__Output as _parbake_v1_ListImagesResponse__Output } from '../../parbake/v1/ListImagesResponse.ts';
import type { PromoteImageRequest as _parbake_v1_PromoteImageRequest, PromoteImageRequest__Output as _parbake_v1_PromoteImageRequest__Output } from '../../parbake/v1/PromoteImageRequest.ts';
import type { PromoteImageResponse as _parbake_v1_PromoteImageResponse, PromoteImageResponse__Output as _parbake_v1_PromoteImageResponse__Output } from '../../parbake/v1/PromoteImageResponse.ts';

/**
 * Builds machine images from recipes. A builder bakes, scrubs, verifies and powers
 * itself off; its disk becomes an image; two clones show that instances of the image
 * become READY and share no identity.
 */
export interface ImageServiceClient extends grpc.Client {
  /**
   * Asks for a build, and returns at once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, PROVIDER_MISSING, STORE_FAILED.
   */
  BuildImage(argument: _parbake_v1_BuildImageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  BuildImage(argument: _parbake_v1_BuildImageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  BuildImage(argument: _parbake_v1_BuildImageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  BuildImage(argument: _parbake_v1_BuildImageRequest, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Asks for a build, and returns at once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, PROVIDER_MISSING, STORE_FAILED.
   */
  buildImage(argument: _parbake_v1_BuildImageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  buildImage(argument: _parbake_v1_BuildImageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  buildImage(argument: _parbake_v1_BuildImageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  buildImage(argument: _parbake_v1_BuildImageRequest, callback: grpc.requestCallback<_parbake_v1_BuildImageResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The image is removed, with its snapshots, once nothing needs it, 7 days later at
   * the earliest. A build under way ends as FAILED. An image that pools follow is
   * refused.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  DeprecateImage(argument: _parbake_v1_DeprecateImageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  DeprecateImage(argument: _parbake_v1_DeprecateImageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  DeprecateImage(argument: _parbake_v1_DeprecateImageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  DeprecateImage(argument: _parbake_v1_DeprecateImageRequest, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The image is removed, with its snapshots, once nothing needs it, 7 days later at
   * the earliest. A build under way ends as FAILED. An image that pools follow is
   * refused.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  deprecateImage(argument: _parbake_v1_DeprecateImageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  deprecateImage(argument: _parbake_v1_DeprecateImageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  deprecateImage(argument: _parbake_v1_DeprecateImageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  deprecateImage(argument: _parbake_v1_DeprecateImageRequest, callback: grpc.requestCallback<_parbake_v1_DeprecateImageResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists the images and the builds that failed, the newest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  ListImages(argument: _parbake_v1_ListImagesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  ListImages(argument: _parbake_v1_ListImagesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  ListImages(argument: _parbake_v1_ListImagesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  ListImages(argument: _parbake_v1_ListImagesRequest, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists the images and the builds that failed, the newest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  listImages(argument: _parbake_v1_ListImagesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  listImages(argument: _parbake_v1_ListImagesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  listImages(argument: _parbake_v1_ListImagesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  listImages(argument: _parbake_v1_ListImagesRequest, callback: grpc.requestCallback<_parbake_v1_ListImagesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Pools that follow the image's channel launch from it from now on, and replace
   * machines of other images one after the other. Promoting the image before it again
   * is how to roll back. Only an image that is AVAILABLE can be promoted.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  PromoteImage(argument: _parbake_v1_PromoteImageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  PromoteImage(argument: _parbake_v1_PromoteImageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  PromoteImage(argument: _parbake_v1_PromoteImageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  PromoteImage(argument: _parbake_v1_PromoteImageRequest, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Pools that follow the image's channel launch from it from now on, and replace
   * machines of other images one after the other. Promoting the image before it again
   * is how to roll back. Only an image that is AVAILABLE can be promoted.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  promoteImage(argument: _parbake_v1_PromoteImageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  promoteImage(argument: _parbake_v1_PromoteImageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  promoteImage(argument: _parbake_v1_PromoteImageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  promoteImage(argument: _parbake_v1_PromoteImageRequest, callback: grpc.requestCallback<_parbake_v1_PromoteImageResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Builds machine images from recipes. A builder bakes, scrubs, verifies and powers
 * itself off; its disk becomes an image; two clones show that instances of the image
 * become READY and share no identity.
 */
export interface ImageServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Asks for a build, and returns at once.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, POOL_NOT_FOUND, PROVIDER_MISSING, STORE_FAILED.
   */
  BuildImage: grpc.handleUnaryCall<_parbake_v1_BuildImageRequest__Output, _parbake_v1_BuildImageResponse>;
  
  /**
   * The image is removed, with its snapshots, once nothing needs it, 7 days later at
   * the earliest. A build under way ends as FAILED. An image that pools follow is
   * refused.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  DeprecateImage: grpc.handleUnaryCall<_parbake_v1_DeprecateImageRequest__Output, _parbake_v1_DeprecateImageResponse>;
  
  /**
   * Lists the images and the builds that failed, the newest first.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: STORE_FAILED.
   */
  ListImages: grpc.handleUnaryCall<_parbake_v1_ListImagesRequest__Output, _parbake_v1_ListImagesResponse>;
  
  /**
   * Pools that follow the image's channel launch from it from now on, and replace
   * machines of other images one after the other. Promoting the image before it again
   * is how to roll back. Only an image that is AVAILABLE can be promoted.
   * 
   * Deadline: callers should set 10 s.
   * 
   * Errors: REQUEST_INVALID, MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION, STORE_FAILED.
   */
  PromoteImage: grpc.handleUnaryCall<_parbake_v1_PromoteImageRequest__Output, _parbake_v1_PromoteImageResponse>;
  
}

export interface ImageServiceDefinition extends grpc.ServiceDefinition {
  BuildImage: MethodDefinition<_parbake_v1_BuildImageRequest, _parbake_v1_BuildImageResponse, _parbake_v1_BuildImageRequest__Output, _parbake_v1_BuildImageResponse__Output>
  DeprecateImage: MethodDefinition<_parbake_v1_DeprecateImageRequest, _parbake_v1_DeprecateImageResponse, _parbake_v1_DeprecateImageRequest__Output, _parbake_v1_DeprecateImageResponse__Output>
  ListImages: MethodDefinition<_parbake_v1_ListImagesRequest, _parbake_v1_ListImagesResponse, _parbake_v1_ListImagesRequest__Output, _parbake_v1_ListImagesResponse__Output>
  PromoteImage: MethodDefinition<_parbake_v1_PromoteImageRequest, _parbake_v1_PromoteImageResponse, _parbake_v1_PromoteImageRequest__Output, _parbake_v1_PromoteImageResponse__Output>
}
