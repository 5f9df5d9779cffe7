import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Ec2Facts as _parbake_v1_Ec2Facts, Ec2Facts__Output as _parbake_v1_Ec2Facts__Output } from './parbake/v1/Ec2Facts.ts';
import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from './parbake/v1/Instance.ts';
import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from './parbake/v1/InstanceFacts.ts';
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
      Ec2Facts: MessageTypeDefinition<_parbake_v1_Ec2Facts, _parbake_v1_Ec2Facts__Output>
      Instance: MessageTypeDefinition<_parbake_v1_Instance, _parbake_v1_Instance__Output>
      InstanceFacts: MessageTypeDefinition<_parbake_v1_InstanceFacts, _parbake_v1_InstanceFacts__Output>
      InstanceState: EnumTypeDefinition
      OnLoss: EnumTypeDefinition
      RoleOffer: MessageTypeDefinition<_parbake_v1_RoleOffer, _parbake_v1_RoleOffer__Output>
    }
  }
}

