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
import type { AccessToken as _parbake_v1_AccessToken, AccessToken__Output as _parbake_v1_AccessToken__Output } from './parbake/v1/AccessToken.ts';
import type { AttestChallenge as _parbake_v1_AttestChallenge, AttestChallenge__Output as _parbake_v1_AttestChallenge__Output } from './parbake/v1/AttestChallenge.ts';
import type { AttestRequest as _parbake_v1_AttestRequest, AttestRequest__Output as _parbake_v1_AttestRequest__Output } from './parbake/v1/AttestRequest.ts';
import type { AttestResponse as _parbake_v1_AttestResponse, AttestResponse__Output as _parbake_v1_AttestResponse__Output } from './parbake/v1/AttestResponse.ts';
import type { AttestServiceClient as _parbake_v1_AttestServiceClient, AttestServiceDefinition as _parbake_v1_AttestServiceDefinition } from './parbake/v1/AttestService.ts';
import type { AwsEvidence as _parbake_v1_AwsEvidence, AwsEvidence__Output as _parbake_v1_AwsEvidence__Output } from './parbake/v1/AwsEvidence.ts';
import type { CallerIdentity as _parbake_v1_CallerIdentity, CallerIdentity__Output as _parbake_v1_CallerIdentity__Output } from './parbake/v1/CallerIdentity.ts';
import type { CreateJoinTokenRequest as _parbake_v1_CreateJoinTokenRequest, CreateJoinTokenRequest__Output as _parbake_v1_CreateJoinTokenRequest__Output } from './parbake/v1/CreateJoinTokenRequest.ts';
import type { CreateJoinTokenResponse as _parbake_v1_CreateJoinTokenResponse, CreateJoinTokenResponse__Output as _parbake_v1_CreateJoinTokenResponse__Output } from './parbake/v1/CreateJoinTokenResponse.ts';
import type { CreateTokenRequest as _parbake_v1_CreateTokenRequest, CreateTokenRequest__Output as _parbake_v1_CreateTokenRequest__Output } from './parbake/v1/CreateTokenRequest.ts';
import type { CreateTokenResponse as _parbake_v1_CreateTokenResponse, CreateTokenResponse__Output as _parbake_v1_CreateTokenResponse__Output } from './parbake/v1/CreateTokenResponse.ts';
import type { IssuedCertificate as _parbake_v1_IssuedCertificate, IssuedCertificate__Output as _parbake_v1_IssuedCertificate__Output } from './parbake/v1/IssuedCertificate.ts';
import type { ListTokensRequest as _parbake_v1_ListTokensRequest, ListTokensRequest__Output as _parbake_v1_ListTokensRequest__Output } from './parbake/v1/ListTokensRequest.ts';
import type { ListTokensResponse as _parbake_v1_ListTokensResponse, ListTokensResponse__Output as _parbake_v1_ListTokensResponse__Output } from './parbake/v1/ListTokensResponse.ts';
import type { LockInstanceRequest as _parbake_v1_LockInstanceRequest, LockInstanceRequest__Output as _parbake_v1_LockInstanceRequest__Output } from './parbake/v1/LockInstanceRequest.ts';
import type { LockInstanceResponse as _parbake_v1_LockInstanceResponse, LockInstanceResponse__Output as _parbake_v1_LockInstanceResponse__Output } from './parbake/v1/LockInstanceResponse.ts';
import type { NoEvidence as _parbake_v1_NoEvidence, NoEvidence__Output as _parbake_v1_NoEvidence__Output } from './parbake/v1/NoEvidence.ts';
import type { ReadmitInstanceRequest as _parbake_v1_ReadmitInstanceRequest, ReadmitInstanceRequest__Output as _parbake_v1_ReadmitInstanceRequest__Output } from './parbake/v1/ReadmitInstanceRequest.ts';
import type { ReadmitInstanceResponse as _parbake_v1_ReadmitInstanceResponse, ReadmitInstanceResponse__Output as _parbake_v1_ReadmitInstanceResponse__Output } from './parbake/v1/ReadmitInstanceResponse.ts';
import type { RenewRequest as _parbake_v1_RenewRequest, RenewRequest__Output as _parbake_v1_RenewRequest__Output } from './parbake/v1/RenewRequest.ts';
import type { RenewResponse as _parbake_v1_RenewResponse, RenewResponse__Output as _parbake_v1_RenewResponse__Output } from './parbake/v1/RenewResponse.ts';
import type { RevokeTokenRequest as _parbake_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _parbake_v1_RevokeTokenRequest__Output } from './parbake/v1/RevokeTokenRequest.ts';
import type { RevokeTokenResponse as _parbake_v1_RevokeTokenResponse, RevokeTokenResponse__Output as _parbake_v1_RevokeTokenResponse__Output } from './parbake/v1/RevokeTokenResponse.ts';
import type { TrustServiceClient as _parbake_v1_TrustServiceClient, TrustServiceDefinition as _parbake_v1_TrustServiceDefinition } from './parbake/v1/TrustService.ts';

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
      AccessToken: MessageTypeDefinition<_parbake_v1_AccessToken, _parbake_v1_AccessToken__Output>
      AttestChallenge: MessageTypeDefinition<_parbake_v1_AttestChallenge, _parbake_v1_AttestChallenge__Output>
      AttestRequest: MessageTypeDefinition<_parbake_v1_AttestRequest, _parbake_v1_AttestRequest__Output>
      AttestResponse: MessageTypeDefinition<_parbake_v1_AttestResponse, _parbake_v1_AttestResponse__Output>
      /**
       * What instances call to get a certificate of their own.
       */
      AttestService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_AttestServiceClient> & { service: _parbake_v1_AttestServiceDefinition }
      AwsEvidence: MessageTypeDefinition<_parbake_v1_AwsEvidence, _parbake_v1_AwsEvidence__Output>
      CallerIdentity: MessageTypeDefinition<_parbake_v1_CallerIdentity, _parbake_v1_CallerIdentity__Output>
      CreateJoinTokenRequest: MessageTypeDefinition<_parbake_v1_CreateJoinTokenRequest, _parbake_v1_CreateJoinTokenRequest__Output>
      CreateJoinTokenResponse: MessageTypeDefinition<_parbake_v1_CreateJoinTokenResponse, _parbake_v1_CreateJoinTokenResponse__Output>
      CreateTokenRequest: MessageTypeDefinition<_parbake_v1_CreateTokenRequest, _parbake_v1_CreateTokenRequest__Output>
      CreateTokenResponse: MessageTypeDefinition<_parbake_v1_CreateTokenResponse, _parbake_v1_CreateTokenResponse__Output>
      IssuedCertificate: MessageTypeDefinition<_parbake_v1_IssuedCertificate, _parbake_v1_IssuedCertificate__Output>
      ListTokensRequest: MessageTypeDefinition<_parbake_v1_ListTokensRequest, _parbake_v1_ListTokensRequest__Output>
      ListTokensResponse: MessageTypeDefinition<_parbake_v1_ListTokensResponse, _parbake_v1_ListTokensResponse__Output>
      LockInstanceRequest: MessageTypeDefinition<_parbake_v1_LockInstanceRequest, _parbake_v1_LockInstanceRequest__Output>
      LockInstanceResponse: MessageTypeDefinition<_parbake_v1_LockInstanceResponse, _parbake_v1_LockInstanceResponse__Output>
      NoEvidence: MessageTypeDefinition<_parbake_v1_NoEvidence, _parbake_v1_NoEvidence__Output>
      ReadmitInstanceRequest: MessageTypeDefinition<_parbake_v1_ReadmitInstanceRequest, _parbake_v1_ReadmitInstanceRequest__Output>
      ReadmitInstanceResponse: MessageTypeDefinition<_parbake_v1_ReadmitInstanceResponse, _parbake_v1_ReadmitInstanceResponse__Output>
      RenewRequest: MessageTypeDefinition<_parbake_v1_RenewRequest, _parbake_v1_RenewRequest__Output>
      RenewResponse: MessageTypeDefinition<_parbake_v1_RenewResponse, _parbake_v1_RenewResponse__Output>
      RevokeTokenRequest: MessageTypeDefinition<_parbake_v1_RevokeTokenRequest, _parbake_v1_RevokeTokenRequest__Output>
      RevokeTokenResponse: MessageTypeDefinition<_parbake_v1_RevokeTokenResponse, _parbake_v1_RevokeTokenResponse__Output>
      /**
       * What operators call to decide which instances are trusted.
       */
      TrustService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_TrustServiceClient> & { service: _parbake_v1_TrustServiceDefinition }
    }
  }
}

