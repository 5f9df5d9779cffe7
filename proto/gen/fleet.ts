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
import type { ApplyRolesRequest as _parbake_v1_ApplyRolesRequest, ApplyRolesRequest__Output as _parbake_v1_ApplyRolesRequest__Output } from './parbake/v1/ApplyRolesRequest.ts';
import type { ApplyRolesResponse as _parbake_v1_ApplyRolesResponse, ApplyRolesResponse__Output as _parbake_v1_ApplyRolesResponse__Output } from './parbake/v1/ApplyRolesResponse.ts';
import type { ClearQuarantineRequest as _parbake_v1_ClearQuarantineRequest, ClearQuarantineRequest__Output as _parbake_v1_ClearQuarantineRequest__Output } from './parbake/v1/ClearQuarantineRequest.ts';
import type { ClearQuarantineResponse as _parbake_v1_ClearQuarantineResponse, ClearQuarantineResponse__Output as _parbake_v1_ClearQuarantineResponse__Output } from './parbake/v1/ClearQuarantineResponse.ts';
import type { DeleteRoleRequest as _parbake_v1_DeleteRoleRequest, DeleteRoleRequest__Output as _parbake_v1_DeleteRoleRequest__Output } from './parbake/v1/DeleteRoleRequest.ts';
import type { DeleteRoleResponse as _parbake_v1_DeleteRoleResponse, DeleteRoleResponse__Output as _parbake_v1_DeleteRoleResponse__Output } from './parbake/v1/DeleteRoleResponse.ts';
import type { DrainInstanceRequest as _parbake_v1_DrainInstanceRequest, DrainInstanceRequest__Output as _parbake_v1_DrainInstanceRequest__Output } from './parbake/v1/DrainInstanceRequest.ts';
import type { DrainInstanceResponse as _parbake_v1_DrainInstanceResponse, DrainInstanceResponse__Output as _parbake_v1_DrainInstanceResponse__Output } from './parbake/v1/DrainInstanceResponse.ts';
import type { Ec2Facts as _parbake_v1_Ec2Facts, Ec2Facts__Output as _parbake_v1_Ec2Facts__Output } from './parbake/v1/Ec2Facts.ts';
import type { FleetServiceClient as _parbake_v1_FleetServiceClient, FleetServiceDefinition as _parbake_v1_FleetServiceDefinition } from './parbake/v1/FleetService.ts';
import type { GetInstanceRequest as _parbake_v1_GetInstanceRequest, GetInstanceRequest__Output as _parbake_v1_GetInstanceRequest__Output } from './parbake/v1/GetInstanceRequest.ts';
import type { GetInstanceResponse as _parbake_v1_GetInstanceResponse, GetInstanceResponse__Output as _parbake_v1_GetInstanceResponse__Output } from './parbake/v1/GetInstanceResponse.ts';
import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from './parbake/v1/Instance.ts';
import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from './parbake/v1/InstanceFacts.ts';
import type { ListInstancesRequest as _parbake_v1_ListInstancesRequest, ListInstancesRequest__Output as _parbake_v1_ListInstancesRequest__Output } from './parbake/v1/ListInstancesRequest.ts';
import type { ListInstancesResponse as _parbake_v1_ListInstancesResponse, ListInstancesResponse__Output as _parbake_v1_ListInstancesResponse__Output } from './parbake/v1/ListInstancesResponse.ts';
import type { ListRolesRequest as _parbake_v1_ListRolesRequest, ListRolesRequest__Output as _parbake_v1_ListRolesRequest__Output } from './parbake/v1/ListRolesRequest.ts';
import type { ListRolesResponse as _parbake_v1_ListRolesResponse, ListRolesResponse__Output as _parbake_v1_ListRolesResponse__Output } from './parbake/v1/ListRolesResponse.ts';
import type { RetireInstanceRequest as _parbake_v1_RetireInstanceRequest, RetireInstanceRequest__Output as _parbake_v1_RetireInstanceRequest__Output } from './parbake/v1/RetireInstanceRequest.ts';
import type { RetireInstanceResponse as _parbake_v1_RetireInstanceResponse, RetireInstanceResponse__Output as _parbake_v1_RetireInstanceResponse__Output } from './parbake/v1/RetireInstanceResponse.ts';
import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from './parbake/v1/Role.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from './parbake/v1/RoleOffer.ts';
import type { WatchInstancesRequest as _parbake_v1_WatchInstancesRequest, WatchInstancesRequest__Output as _parbake_v1_WatchInstancesRequest__Output } from './parbake/v1/WatchInstancesRequest.ts';
import type { WatchInstancesResponse as _parbake_v1_WatchInstancesResponse, WatchInstancesResponse__Output as _parbake_v1_WatchInstancesResponse__Output } from './parbake/v1/WatchInstancesResponse.ts';

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
      ApplyRolesRequest: MessageTypeDefinition<_parbake_v1_ApplyRolesRequest, _parbake_v1_ApplyRolesRequest__Output>
      ApplyRolesResponse: MessageTypeDefinition<_parbake_v1_ApplyRolesResponse, _parbake_v1_ApplyRolesResponse__Output>
      ClearQuarantineRequest: MessageTypeDefinition<_parbake_v1_ClearQuarantineRequest, _parbake_v1_ClearQuarantineRequest__Output>
      ClearQuarantineResponse: MessageTypeDefinition<_parbake_v1_ClearQuarantineResponse, _parbake_v1_ClearQuarantineResponse__Output>
      DeleteRoleRequest: MessageTypeDefinition<_parbake_v1_DeleteRoleRequest, _parbake_v1_DeleteRoleRequest__Output>
      DeleteRoleResponse: MessageTypeDefinition<_parbake_v1_DeleteRoleResponse, _parbake_v1_DeleteRoleResponse__Output>
      DrainInstanceRequest: MessageTypeDefinition<_parbake_v1_DrainInstanceRequest, _parbake_v1_DrainInstanceRequest__Output>
      DrainInstanceResponse: MessageTypeDefinition<_parbake_v1_DrainInstanceResponse, _parbake_v1_DrainInstanceResponse__Output>
      Ec2Facts: MessageTypeDefinition<_parbake_v1_Ec2Facts, _parbake_v1_Ec2Facts__Output>
      /**
       * What operators call.
       */
      FleetService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_FleetServiceClient> & { service: _parbake_v1_FleetServiceDefinition }
      GetInstanceRequest: MessageTypeDefinition<_parbake_v1_GetInstanceRequest, _parbake_v1_GetInstanceRequest__Output>
      GetInstanceResponse: MessageTypeDefinition<_parbake_v1_GetInstanceResponse, _parbake_v1_GetInstanceResponse__Output>
      ImdsExposure: EnumTypeDefinition
      Instance: MessageTypeDefinition<_parbake_v1_Instance, _parbake_v1_Instance__Output>
      InstanceFacts: MessageTypeDefinition<_parbake_v1_InstanceFacts, _parbake_v1_InstanceFacts__Output>
      InstanceState: EnumTypeDefinition
      ListInstancesRequest: MessageTypeDefinition<_parbake_v1_ListInstancesRequest, _parbake_v1_ListInstancesRequest__Output>
      ListInstancesResponse: MessageTypeDefinition<_parbake_v1_ListInstancesResponse, _parbake_v1_ListInstancesResponse__Output>
      ListRolesRequest: MessageTypeDefinition<_parbake_v1_ListRolesRequest, _parbake_v1_ListRolesRequest__Output>
      ListRolesResponse: MessageTypeDefinition<_parbake_v1_ListRolesResponse, _parbake_v1_ListRolesResponse__Output>
      OnLoss: EnumTypeDefinition
      RetireInstanceRequest: MessageTypeDefinition<_parbake_v1_RetireInstanceRequest, _parbake_v1_RetireInstanceRequest__Output>
      RetireInstanceResponse: MessageTypeDefinition<_parbake_v1_RetireInstanceResponse, _parbake_v1_RetireInstanceResponse__Output>
      Role: MessageTypeDefinition<_parbake_v1_Role, _parbake_v1_Role__Output>
      RoleOffer: MessageTypeDefinition<_parbake_v1_RoleOffer, _parbake_v1_RoleOffer__Output>
      WatchInstancesRequest: MessageTypeDefinition<_parbake_v1_WatchInstancesRequest, _parbake_v1_WatchInstancesRequest__Output>
      WatchInstancesResponse: MessageTypeDefinition<_parbake_v1_WatchInstancesResponse, _parbake_v1_WatchInstancesResponse__Output>
    }
  }
}

