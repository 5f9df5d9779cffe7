import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { AssignRequest as _parbake_v1_AssignRequest, AssignRequest__Output as _parbake_v1_AssignRequest__Output } from './parbake/v1/AssignRequest.ts';
import type { AssignResponse as _parbake_v1_AssignResponse, AssignResponse__Output as _parbake_v1_AssignResponse__Output } from './parbake/v1/AssignResponse.ts';
import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from './parbake/v1/Assignment.ts';
import type { AssignmentServiceClient as _parbake_v1_AssignmentServiceClient, AssignmentServiceDefinition as _parbake_v1_AssignmentServiceDefinition } from './parbake/v1/AssignmentService.ts';
import type { AssignmentTimings as _parbake_v1_AssignmentTimings, AssignmentTimings__Output as _parbake_v1_AssignmentTimings__Output } from './parbake/v1/AssignmentTimings.ts';
import type { Ec2Facts as _parbake_v1_Ec2Facts, Ec2Facts__Output as _parbake_v1_Ec2Facts__Output } from './parbake/v1/Ec2Facts.ts';
import type { Endpoint as _parbake_v1_Endpoint, Endpoint__Output as _parbake_v1_Endpoint__Output } from './parbake/v1/Endpoint.ts';
import type { GetAssignmentRequest as _parbake_v1_GetAssignmentRequest, GetAssignmentRequest__Output as _parbake_v1_GetAssignmentRequest__Output } from './parbake/v1/GetAssignmentRequest.ts';
import type { GetAssignmentResponse as _parbake_v1_GetAssignmentResponse, GetAssignmentResponse__Output as _parbake_v1_GetAssignmentResponse__Output } from './parbake/v1/GetAssignmentResponse.ts';
import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from './parbake/v1/Instance.ts';
import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from './parbake/v1/InstanceFacts.ts';
import type { ListAssignmentsRequest as _parbake_v1_ListAssignmentsRequest, ListAssignmentsRequest__Output as _parbake_v1_ListAssignmentsRequest__Output } from './parbake/v1/ListAssignmentsRequest.ts';
import type { ListAssignmentsResponse as _parbake_v1_ListAssignmentsResponse, ListAssignmentsResponse__Output as _parbake_v1_ListAssignmentsResponse__Output } from './parbake/v1/ListAssignmentsResponse.ts';
import type { ReleaseRequest as _parbake_v1_ReleaseRequest, ReleaseRequest__Output as _parbake_v1_ReleaseRequest__Output } from './parbake/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _parbake_v1_ReleaseResponse, ReleaseResponse__Output as _parbake_v1_ReleaseResponse__Output } from './parbake/v1/ReleaseResponse.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from './parbake/v1/RoleOffer.ts';

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
      AssignRequest: MessageTypeDefinition<_parbake_v1_AssignRequest, _parbake_v1_AssignRequest__Output>
      AssignResponse: MessageTypeDefinition<_parbake_v1_AssignResponse, _parbake_v1_AssignResponse__Output>
      Assignment: MessageTypeDefinition<_parbake_v1_Assignment, _parbake_v1_Assignment__Output>
      /**
       * Called by a product's backend.
       */
      AssignmentService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_AssignmentServiceClient> & { service: _parbake_v1_AssignmentServiceDefinition }
      AssignmentState: EnumTypeDefinition
      AssignmentTimings: MessageTypeDefinition<_parbake_v1_AssignmentTimings, _parbake_v1_AssignmentTimings__Output>
      Ec2Facts: MessageTypeDefinition<_parbake_v1_Ec2Facts, _parbake_v1_Ec2Facts__Output>
      Endpoint: MessageTypeDefinition<_parbake_v1_Endpoint, _parbake_v1_Endpoint__Output>
      GetAssignmentRequest: MessageTypeDefinition<_parbake_v1_GetAssignmentRequest, _parbake_v1_GetAssignmentRequest__Output>
      GetAssignmentResponse: MessageTypeDefinition<_parbake_v1_GetAssignmentResponse, _parbake_v1_GetAssignmentResponse__Output>
      Instance: MessageTypeDefinition<_parbake_v1_Instance, _parbake_v1_Instance__Output>
      InstanceFacts: MessageTypeDefinition<_parbake_v1_InstanceFacts, _parbake_v1_InstanceFacts__Output>
      InstanceState: EnumTypeDefinition
      ListAssignmentsRequest: MessageTypeDefinition<_parbake_v1_ListAssignmentsRequest, _parbake_v1_ListAssignmentsRequest__Output>
      ListAssignmentsResponse: MessageTypeDefinition<_parbake_v1_ListAssignmentsResponse, _parbake_v1_ListAssignmentsResponse__Output>
      OnLoss: EnumTypeDefinition
      ReleaseRequest: MessageTypeDefinition<_parbake_v1_ReleaseRequest, _parbake_v1_ReleaseRequest__Output>
      ReleaseResponse: MessageTypeDefinition<_parbake_v1_ReleaseResponse, _parbake_v1_ReleaseResponse__Output>
      RoleOffer: MessageTypeDefinition<_parbake_v1_RoleOffer, _parbake_v1_RoleOffer__Output>
      WaitUntil: EnumTypeDefinition
    }
  }
}

