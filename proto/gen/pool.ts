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
import type { ApplyPoolsRequest as _parbake_v1_ApplyPoolsRequest, ApplyPoolsRequest__Output as _parbake_v1_ApplyPoolsRequest__Output } from './parbake/v1/ApplyPoolsRequest.ts';
import type { ApplyPoolsResponse as _parbake_v1_ApplyPoolsResponse, ApplyPoolsResponse__Output as _parbake_v1_ApplyPoolsResponse__Output } from './parbake/v1/ApplyPoolsResponse.ts';
import type { DeletePoolRequest as _parbake_v1_DeletePoolRequest, DeletePoolRequest__Output as _parbake_v1_DeletePoolRequest__Output } from './parbake/v1/DeletePoolRequest.ts';
import type { DeletePoolResponse as _parbake_v1_DeletePoolResponse, DeletePoolResponse__Output as _parbake_v1_DeletePoolResponse__Output } from './parbake/v1/DeletePoolResponse.ts';
import type { ExpectDemandRequest as _parbake_v1_ExpectDemandRequest, ExpectDemandRequest__Output as _parbake_v1_ExpectDemandRequest__Output } from './parbake/v1/ExpectDemandRequest.ts';
import type { ExpectDemandResponse as _parbake_v1_ExpectDemandResponse, ExpectDemandResponse__Output as _parbake_v1_ExpectDemandResponse__Output } from './parbake/v1/ExpectDemandResponse.ts';
import type { ExplainPoolRequest as _parbake_v1_ExplainPoolRequest, ExplainPoolRequest__Output as _parbake_v1_ExplainPoolRequest__Output } from './parbake/v1/ExplainPoolRequest.ts';
import type { ExplainPoolResponse as _parbake_v1_ExplainPoolResponse, ExplainPoolResponse__Output as _parbake_v1_ExplainPoolResponse__Output } from './parbake/v1/ExplainPoolResponse.ts';
import type { ListPoolsRequest as _parbake_v1_ListPoolsRequest, ListPoolsRequest__Output as _parbake_v1_ListPoolsRequest__Output } from './parbake/v1/ListPoolsRequest.ts';
import type { ListPoolsResponse as _parbake_v1_ListPoolsResponse, ListPoolsResponse__Output as _parbake_v1_ListPoolsResponse__Output } from './parbake/v1/ListPoolsResponse.ts';
import type { PausePoolRequest as _parbake_v1_PausePoolRequest, PausePoolRequest__Output as _parbake_v1_PausePoolRequest__Output } from './parbake/v1/PausePoolRequest.ts';
import type { PausePoolResponse as _parbake_v1_PausePoolResponse, PausePoolResponse__Output as _parbake_v1_PausePoolResponse__Output } from './parbake/v1/PausePoolResponse.ts';
import type { Pool as _parbake_v1_Pool, Pool__Output as _parbake_v1_Pool__Output } from './parbake/v1/Pool.ts';
import type { PoolDisk as _parbake_v1_PoolDisk, PoolDisk__Output as _parbake_v1_PoolDisk__Output } from './parbake/v1/PoolDisk.ts';
import type { PoolForecast as _parbake_v1_PoolForecast, PoolForecast__Output as _parbake_v1_PoolForecast__Output } from './parbake/v1/PoolForecast.ts';
import type { PoolIdle as _parbake_v1_PoolIdle, PoolIdle__Output as _parbake_v1_PoolIdle__Output } from './parbake/v1/PoolIdle.ts';
import type { PoolLaunch as _parbake_v1_PoolLaunch, PoolLaunch__Output as _parbake_v1_PoolLaunch__Output } from './parbake/v1/PoolLaunch.ts';
import type { PoolOffering as _parbake_v1_PoolOffering, PoolOffering__Output as _parbake_v1_PoolOffering__Output } from './parbake/v1/PoolOffering.ts';
import type { PoolProblem as _parbake_v1_PoolProblem, PoolProblem__Output as _parbake_v1_PoolProblem__Output } from './parbake/v1/PoolProblem.ts';
import type { PoolReplace as _parbake_v1_PoolReplace, PoolReplace__Output as _parbake_v1_PoolReplace__Output } from './parbake/v1/PoolReplace.ts';
import type { PoolSchedule as _parbake_v1_PoolSchedule, PoolSchedule__Output as _parbake_v1_PoolSchedule__Output } from './parbake/v1/PoolSchedule.ts';
import type { PoolServiceClient as _parbake_v1_PoolServiceClient, PoolServiceDefinition as _parbake_v1_PoolServiceDefinition } from './parbake/v1/PoolService.ts';
import type { PoolSpec as _parbake_v1_PoolSpec, PoolSpec__Output as _parbake_v1_PoolSpec__Output } from './parbake/v1/PoolSpec.ts';
import type { PoolTerm as _parbake_v1_PoolTerm, PoolTerm__Output as _parbake_v1_PoolTerm__Output } from './parbake/v1/PoolTerm.ts';
import type { ResumePoolRequest as _parbake_v1_ResumePoolRequest, ResumePoolRequest__Output as _parbake_v1_ResumePoolRequest__Output } from './parbake/v1/ResumePoolRequest.ts';
import type { ResumePoolResponse as _parbake_v1_ResumePoolResponse, ResumePoolResponse__Output as _parbake_v1_ResumePoolResponse__Output } from './parbake/v1/ResumePoolResponse.ts';

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
      ApplyPoolsRequest: MessageTypeDefinition<_parbake_v1_ApplyPoolsRequest, _parbake_v1_ApplyPoolsRequest__Output>
      ApplyPoolsResponse: MessageTypeDefinition<_parbake_v1_ApplyPoolsResponse, _parbake_v1_ApplyPoolsResponse__Output>
      DeletePoolRequest: MessageTypeDefinition<_parbake_v1_DeletePoolRequest, _parbake_v1_DeletePoolRequest__Output>
      DeletePoolResponse: MessageTypeDefinition<_parbake_v1_DeletePoolResponse, _parbake_v1_DeletePoolResponse__Output>
      ExpectDemandRequest: MessageTypeDefinition<_parbake_v1_ExpectDemandRequest, _parbake_v1_ExpectDemandRequest__Output>
      ExpectDemandResponse: MessageTypeDefinition<_parbake_v1_ExpectDemandResponse, _parbake_v1_ExpectDemandResponse__Output>
      ExplainPoolRequest: MessageTypeDefinition<_parbake_v1_ExplainPoolRequest, _parbake_v1_ExplainPoolRequest__Output>
      ExplainPoolResponse: MessageTypeDefinition<_parbake_v1_ExplainPoolResponse, _parbake_v1_ExplainPoolResponse__Output>
      ForecastMode: EnumTypeDefinition
      ListPoolsRequest: MessageTypeDefinition<_parbake_v1_ListPoolsRequest, _parbake_v1_ListPoolsRequest__Output>
      ListPoolsResponse: MessageTypeDefinition<_parbake_v1_ListPoolsResponse, _parbake_v1_ListPoolsResponse__Output>
      Market: EnumTypeDefinition
      PausePoolRequest: MessageTypeDefinition<_parbake_v1_PausePoolRequest, _parbake_v1_PausePoolRequest__Output>
      PausePoolResponse: MessageTypeDefinition<_parbake_v1_PausePoolResponse, _parbake_v1_PausePoolResponse__Output>
      Pool: MessageTypeDefinition<_parbake_v1_Pool, _parbake_v1_Pool__Output>
      PoolCondition: EnumTypeDefinition
      PoolDisk: MessageTypeDefinition<_parbake_v1_PoolDisk, _parbake_v1_PoolDisk__Output>
      PoolForecast: MessageTypeDefinition<_parbake_v1_PoolForecast, _parbake_v1_PoolForecast__Output>
      PoolIdle: MessageTypeDefinition<_parbake_v1_PoolIdle, _parbake_v1_PoolIdle__Output>
      PoolLaunch: MessageTypeDefinition<_parbake_v1_PoolLaunch, _parbake_v1_PoolLaunch__Output>
      PoolOffering: MessageTypeDefinition<_parbake_v1_PoolOffering, _parbake_v1_PoolOffering__Output>
      PoolProblem: MessageTypeDefinition<_parbake_v1_PoolProblem, _parbake_v1_PoolProblem__Output>
      PoolReplace: MessageTypeDefinition<_parbake_v1_PoolReplace, _parbake_v1_PoolReplace__Output>
      PoolSchedule: MessageTypeDefinition<_parbake_v1_PoolSchedule, _parbake_v1_PoolSchedule__Output>
      /**
       * Keeps READY instances before anybody asks for them.
       */
      PoolService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_PoolServiceClient> & { service: _parbake_v1_PoolServiceDefinition }
      PoolSpec: MessageTypeDefinition<_parbake_v1_PoolSpec, _parbake_v1_PoolSpec__Output>
      PoolTerm: MessageTypeDefinition<_parbake_v1_PoolTerm, _parbake_v1_PoolTerm__Output>
      ResumePoolRequest: MessageTypeDefinition<_parbake_v1_ResumePoolRequest, _parbake_v1_ResumePoolRequest__Output>
      ResumePoolResponse: MessageTypeDefinition<_parbake_v1_ResumePoolResponse, _parbake_v1_ResumePoolResponse__Output>
    }
  }
}

