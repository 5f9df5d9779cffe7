import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { ApplyRolesRequest as _parbake_v1_ApplyRolesRequest, ApplyRolesRequest__Output as _parbake_v1_ApplyRolesRequest__Output } from './parbake/v1/ApplyRolesRequest.ts';
import type { ApplyRolesResponse as _parbake_v1_ApplyRolesResponse, ApplyRolesResponse__Output as _parbake_v1_ApplyRolesResponse__Output } from './parbake/v1/ApplyRolesResponse.ts';
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
import type { Role as _parbake_v1_Role, Role__Output as _parbake_v1_Role__Output } from './parbake/v1/Role.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from './parbake/v1/RoleOffer.ts';
import type { WatchInstancesRequest as _parbake_v1_WatchInstancesRequest, WatchInstancesRequest__Output as _parbake_v1_WatchInstancesRequest__Output } from './parbake/v1/WatchInstancesRequest.ts';
import type { WatchInstancesResponse as _parbake_v1_WatchInstancesResponse, WatchInstancesResponse__Output as _parbake_v1_WatchInstancesResponse__Output } from './parbake/v1/WatchInstancesResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  parbake: {
    v1: {
      ApplyRolesRequest: MessageTypeDefinition<_parbake_v1_ApplyRolesRequest, _parbake_v1_ApplyRolesRequest__Output>
      ApplyRolesResponse: MessageTypeDefinition<_parbake_v1_ApplyRolesResponse, _parbake_v1_ApplyRolesResponse__Output>
      Ec2Facts: MessageTypeDefinition<_parbake_v1_Ec2Facts, _parbake_v1_Ec2Facts__Output>
      FleetService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_FleetServiceClient> & { service: _parbake_v1_FleetServiceDefinition }
      GetInstanceRequest: MessageTypeDefinition<_parbake_v1_GetInstanceRequest, _parbake_v1_GetInstanceRequest__Output>
      GetInstanceResponse: MessageTypeDefinition<_parbake_v1_GetInstanceResponse, _parbake_v1_GetInstanceResponse__Output>
      Instance: MessageTypeDefinition<_parbake_v1_Instance, _parbake_v1_Instance__Output>
      InstanceFacts: MessageTypeDefinition<_parbake_v1_InstanceFacts, _parbake_v1_InstanceFacts__Output>
      InstanceState: EnumTypeDefinition
      ListInstancesRequest: MessageTypeDefinition<_parbake_v1_ListInstancesRequest, _parbake_v1_ListInstancesRequest__Output>
      ListInstancesResponse: MessageTypeDefinition<_parbake_v1_ListInstancesResponse, _parbake_v1_ListInstancesResponse__Output>
      ListRolesRequest: MessageTypeDefinition<_parbake_v1_ListRolesRequest, _parbake_v1_ListRolesRequest__Output>
      ListRolesResponse: MessageTypeDefinition<_parbake_v1_ListRolesResponse, _parbake_v1_ListRolesResponse__Output>
      OnLoss: EnumTypeDefinition
      Role: MessageTypeDefinition<_parbake_v1_Role, _parbake_v1_Role__Output>
      RoleOffer: MessageTypeDefinition<_parbake_v1_RoleOffer, _parbake_v1_RoleOffer__Output>
      WatchInstancesRequest: MessageTypeDefinition<_parbake_v1_WatchInstancesRequest, _parbake_v1_WatchInstancesRequest__Output>
      WatchInstancesResponse: MessageTypeDefinition<_parbake_v1_WatchInstancesResponse, _parbake_v1_WatchInstancesResponse__Output>
    }
  }
}

