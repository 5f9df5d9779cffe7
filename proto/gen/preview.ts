import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { DescriptorProto as _google_protobuf_DescriptorProto, DescriptorProto__Output as _google_protobuf_DescriptorProto__Output } from './google/protobuf/DescriptorProto.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { EnumDescriptorProto as _google_protobuf_EnumDescriptorProto, EnumDescriptorProto__Output as _google_protobuf_EnumDescriptorProto__Output } from './google/protobuf/EnumDescriptorProto.ts';
import type { EnumOptions as _google_protobuf_EnumOptions, EnumOptions__Output as _google_protobuf_EnumOptions__Output } from './google/protobuf/EnumOptions.ts';
import type { EnumValueDescriptorProto as _google_protobuf_EnumValueDescriptorProto, EnumValueDescriptorProto__Output as _google_protobuf_EnumValueDescriptorProto__Output } from './google/protobuf/EnumValueDescriptorProto.ts';
import type { EnumValueOptions as _google_protobuf_EnumValueOptions, EnumValueOptions__Output as _google_protobuf_EnumValueOptions__Output } from './google/protobuf/EnumValueOptions.ts';
import type { ExtensionRangeOptions as _google_protobuf_ExtensionRangeOptions, ExtensionRangeOptions__Output as _google_protobuf_ExtensionRangeOptions__Output } from './google/protobuf/ExtensionRangeOptions.ts';
import type { FeatureSet as _google_protobuf_FeatureSet, FeatureSet__Output as _google_protobuf_FeatureSet__Output } from './google/protobuf/FeatureSet.ts';
import type { FeatureSetDefaults as _google_protobuf_FeatureSetDefaults, FeatureSetDefaults__Output as _google_protobuf_FeatureSetDefaults__Output } from './google/protobuf/FeatureSetDefaults.ts';
import type { FieldDescriptorProto as _google_protobuf_FieldDescriptorProto, FieldDescriptorProto__Output as _google_protobuf_FieldDescriptorProto__Output } from './google/protobuf/FieldDescriptorProto.ts';
import type { FieldOptions as _google_protobuf_FieldOptions, FieldOptions__Output as _google_protobuf_FieldOptions__Output } from './google/protobuf/FieldOptions.ts';
import type { FileDescriptorProto as _google_protobuf_FileDescriptorProto, FileDescriptorProto__Output as _google_protobuf_FileDescriptorProto__Output } from './google/protobuf/FileDescriptorProto.ts';
import type { FileDescriptorSet as _google_protobuf_FileDescriptorSet, FileDescriptorSet__Output as _google_protobuf_FileDescriptorSet__Output } from './google/protobuf/FileDescriptorSet.ts';
import type { FileOptions as _google_protobuf_FileOptions, FileOptions__Output as _google_protobuf_FileOptions__Output } from './google/protobuf/FileOptions.ts';
import type { GeneratedCodeInfo as _google_protobuf_GeneratedCodeInfo, GeneratedCodeInfo__Output as _google_protobuf_GeneratedCodeInfo__Output } from './google/protobuf/GeneratedCodeInfo.ts';
import type { MessageOptions as _google_protobuf_MessageOptions, MessageOptions__Output as _google_protobuf_MessageOptions__Output } from './google/protobuf/MessageOptions.ts';
import type { MethodDescriptorProto as _google_protobuf_MethodDescriptorProto, MethodDescriptorProto__Output as _google_protobuf_MethodDescriptorProto__Output } from './google/protobuf/MethodDescriptorProto.ts';
import type { MethodOptions as _google_protobuf_MethodOptions, MethodOptions__Output as _google_protobuf_MethodOptions__Output } from './google/protobuf/MethodOptions.ts';
import type { OneofDescriptorProto as _google_protobuf_OneofDescriptorProto, OneofDescriptorProto__Output as _google_protobuf_OneofDescriptorProto__Output } from './google/protobuf/OneofDescriptorProto.ts';
import type { OneofOptions as _google_protobuf_OneofOptions, OneofOptions__Output as _google_protobuf_OneofOptions__Output } from './google/protobuf/OneofOptions.ts';
import type { ServiceDescriptorProto as _google_protobuf_ServiceDescriptorProto, ServiceDescriptorProto__Output as _google_protobuf_ServiceDescriptorProto__Output } from './google/protobuf/ServiceDescriptorProto.ts';
import type { ServiceOptions as _google_protobuf_ServiceOptions, ServiceOptions__Output as _google_protobuf_ServiceOptions__Output } from './google/protobuf/ServiceOptions.ts';
import type { SourceCodeInfo as _google_protobuf_SourceCodeInfo, SourceCodeInfo__Output as _google_protobuf_SourceCodeInfo__Output } from './google/protobuf/SourceCodeInfo.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { UninterpretedOption as _google_protobuf_UninterpretedOption, UninterpretedOption__Output as _google_protobuf_UninterpretedOption__Output } from './google/protobuf/UninterpretedOption.ts';
import type { ApprovePreviewRequest as _parbake_v1_ApprovePreviewRequest, ApprovePreviewRequest__Output as _parbake_v1_ApprovePreviewRequest__Output } from './parbake/v1/ApprovePreviewRequest.ts';
import type { ApprovePreviewResponse as _parbake_v1_ApprovePreviewResponse, ApprovePreviewResponse__Output as _parbake_v1_ApprovePreviewResponse__Output } from './parbake/v1/ApprovePreviewResponse.ts';
import type { GetPreviewRequest as _parbake_v1_GetPreviewRequest, GetPreviewRequest__Output as _parbake_v1_GetPreviewRequest__Output } from './parbake/v1/GetPreviewRequest.ts';
import type { GetPreviewResponse as _parbake_v1_GetPreviewResponse, GetPreviewResponse__Output as _parbake_v1_GetPreviewResponse__Output } from './parbake/v1/GetPreviewResponse.ts';
import type { ListPreviewsRequest as _parbake_v1_ListPreviewsRequest, ListPreviewsRequest__Output as _parbake_v1_ListPreviewsRequest__Output } from './parbake/v1/ListPreviewsRequest.ts';
import type { ListPreviewsResponse as _parbake_v1_ListPreviewsResponse, ListPreviewsResponse__Output as _parbake_v1_ListPreviewsResponse__Output } from './parbake/v1/ListPreviewsResponse.ts';
import type { Preview as _parbake_v1_Preview, Preview__Output as _parbake_v1_Preview__Output } from './parbake/v1/Preview.ts';
import type { PreviewServiceClient as _parbake_v1_PreviewServiceClient, PreviewServiceDefinition as _parbake_v1_PreviewServiceDefinition } from './parbake/v1/PreviewService.ts';
import type { PreviewTimings as _parbake_v1_PreviewTimings, PreviewTimings__Output as _parbake_v1_PreviewTimings__Output } from './parbake/v1/PreviewTimings.ts';
import type { ReleasePreviewRequest as _parbake_v1_ReleasePreviewRequest, ReleasePreviewRequest__Output as _parbake_v1_ReleasePreviewRequest__Output } from './parbake/v1/ReleasePreviewRequest.ts';
import type { ReleasePreviewResponse as _parbake_v1_ReleasePreviewResponse, ReleasePreviewResponse__Output as _parbake_v1_ReleasePreviewResponse__Output } from './parbake/v1/ReleasePreviewResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    api: {
      FieldBehavior: EnumTypeDefinition
    }
    protobuf: {
      DescriptorProto: MessageTypeDefinition<_google_protobuf_DescriptorProto, _google_protobuf_DescriptorProto__Output>
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Edition: EnumTypeDefinition
      EnumDescriptorProto: MessageTypeDefinition<_google_protobuf_EnumDescriptorProto, _google_protobuf_EnumDescriptorProto__Output>
      EnumOptions: MessageTypeDefinition<_google_protobuf_EnumOptions, _google_protobuf_EnumOptions__Output>
      EnumValueDescriptorProto: MessageTypeDefinition<_google_protobuf_EnumValueDescriptorProto, _google_protobuf_EnumValueDescriptorProto__Output>
      EnumValueOptions: MessageTypeDefinition<_google_protobuf_EnumValueOptions, _google_protobuf_EnumValueOptions__Output>
      ExtensionRangeOptions: MessageTypeDefinition<_google_protobuf_ExtensionRangeOptions, _google_protobuf_ExtensionRangeOptions__Output>
      FeatureSet: MessageTypeDefinition<_google_protobuf_FeatureSet, _google_protobuf_FeatureSet__Output>
      FeatureSetDefaults: MessageTypeDefinition<_google_protobuf_FeatureSetDefaults, _google_protobuf_FeatureSetDefaults__Output>
      FieldDescriptorProto: MessageTypeDefinition<_google_protobuf_FieldDescriptorProto, _google_protobuf_FieldDescriptorProto__Output>
      FieldOptions: MessageTypeDefinition<_google_protobuf_FieldOptions, _google_protobuf_FieldOptions__Output>
      FileDescriptorProto: MessageTypeDefinition<_google_protobuf_FileDescriptorProto, _google_protobuf_FileDescriptorProto__Output>
      FileDescriptorSet: MessageTypeDefinition<_google_protobuf_FileDescriptorSet, _google_protobuf_FileDescriptorSet__Output>
      FileOptions: MessageTypeDefinition<_google_protobuf_FileOptions, _google_protobuf_FileOptions__Output>
      GeneratedCodeInfo: MessageTypeDefinition<_google_protobuf_GeneratedCodeInfo, _google_protobuf_GeneratedCodeInfo__Output>
      MessageOptions: MessageTypeDefinition<_google_protobuf_MessageOptions, _google_protobuf_MessageOptions__Output>
      MethodDescriptorProto: MessageTypeDefinition<_google_protobuf_MethodDescriptorProto, _google_protobuf_MethodDescriptorProto__Output>
      MethodOptions: MessageTypeDefinition<_google_protobuf_MethodOptions, _google_protobuf_MethodOptions__Output>
      OneofDescriptorProto: MessageTypeDefinition<_google_protobuf_OneofDescriptorProto, _google_protobuf_OneofDescriptorProto__Output>
      OneofOptions: MessageTypeDefinition<_google_protobuf_OneofOptions, _google_protobuf_OneofOptions__Output>
      ServiceDescriptorProto: MessageTypeDefinition<_google_protobuf_ServiceDescriptorProto, _google_protobuf_ServiceDescriptorProto__Output>
      ServiceOptions: MessageTypeDefinition<_google_protobuf_ServiceOptions, _google_protobuf_ServiceOptions__Output>
      SourceCodeInfo: MessageTypeDefinition<_google_protobuf_SourceCodeInfo, _google_protobuf_SourceCodeInfo__Output>
      SymbolVisibility: EnumTypeDefinition
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
      UninterpretedOption: MessageTypeDefinition<_google_protobuf_UninterpretedOption, _google_protobuf_UninterpretedOption__Output>
    }
  }
  parbake: {
    v1: {
      ApprovePreviewRequest: MessageTypeDefinition<_parbake_v1_ApprovePreviewRequest, _parbake_v1_ApprovePreviewRequest__Output>
      ApprovePreviewResponse: MessageTypeDefinition<_parbake_v1_ApprovePreviewResponse, _parbake_v1_ApprovePreviewResponse__Output>
      GetPreviewRequest: MessageTypeDefinition<_parbake_v1_GetPreviewRequest, _parbake_v1_GetPreviewRequest__Output>
      GetPreviewResponse: MessageTypeDefinition<_parbake_v1_GetPreviewResponse, _parbake_v1_GetPreviewResponse__Output>
      ListPreviewsRequest: MessageTypeDefinition<_parbake_v1_ListPreviewsRequest, _parbake_v1_ListPreviewsRequest__Output>
      ListPreviewsResponse: MessageTypeDefinition<_parbake_v1_ListPreviewsResponse, _parbake_v1_ListPreviewsResponse__Output>
      Preview: MessageTypeDefinition<_parbake_v1_Preview, _parbake_v1_Preview__Output>
      /**
       * Environments that follow the branches of repositories. A webhook of GitHub says which
       * commit a branch has, and the coordinator keeps one assignment for it.
       */
      PreviewService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_PreviewServiceClient> & { service: _parbake_v1_PreviewServiceDefinition }
      PreviewState: EnumTypeDefinition
      PreviewTimings: MessageTypeDefinition<_parbake_v1_PreviewTimings, _parbake_v1_PreviewTimings__Output>
      ReleasePreviewRequest: MessageTypeDefinition<_parbake_v1_ReleasePreviewRequest, _parbake_v1_ReleasePreviewRequest__Output>
      ReleasePreviewResponse: MessageTypeDefinition<_parbake_v1_ReleasePreviewResponse, _parbake_v1_ReleasePreviewResponse__Output>
    }
  }
}

