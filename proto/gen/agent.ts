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
import type { AgentServiceClient as _parbake_v1_AgentServiceClient, AgentServiceDefinition as _parbake_v1_AgentServiceDefinition } from './parbake/v1/AgentService.ts';
import type { AssignRequest as _parbake_v1_AssignRequest, AssignRequest__Output as _parbake_v1_AssignRequest__Output } from './parbake/v1/AssignRequest.ts';
import type { AssignResponse as _parbake_v1_AssignResponse, AssignResponse__Output as _parbake_v1_AssignResponse__Output } from './parbake/v1/AssignResponse.ts';
import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from './parbake/v1/Assignment.ts';
import type { AssignmentCertificate as _parbake_v1_AssignmentCertificate, AssignmentCertificate__Output as _parbake_v1_AssignmentCertificate__Output } from './parbake/v1/AssignmentCertificate.ts';
import type { AssignmentServiceClient as _parbake_v1_AssignmentServiceClient, AssignmentServiceDefinition as _parbake_v1_AssignmentServiceDefinition } from './parbake/v1/AssignmentService.ts';
import type { AssignmentTimings as _parbake_v1_AssignmentTimings, AssignmentTimings__Output as _parbake_v1_AssignmentTimings__Output } from './parbake/v1/AssignmentTimings.ts';
import type { Attach as _parbake_v1_Attach, Attach__Output as _parbake_v1_Attach__Output } from './parbake/v1/Attach.ts';
import type { AttachEnd as _parbake_v1_AttachEnd, AttachEnd__Output as _parbake_v1_AttachEnd__Output } from './parbake/v1/AttachEnd.ts';
import type { AttachHello as _parbake_v1_AttachHello, AttachHello__Output as _parbake_v1_AttachHello__Output } from './parbake/v1/AttachHello.ts';
import type { AttachLogs as _parbake_v1_AttachLogs, AttachLogs__Output as _parbake_v1_AttachLogs__Output } from './parbake/v1/AttachLogs.ts';
import type { AttachRequest as _parbake_v1_AttachRequest, AttachRequest__Output as _parbake_v1_AttachRequest__Output } from './parbake/v1/AttachRequest.ts';
import type { AttachResponse as _parbake_v1_AttachResponse, AttachResponse__Output as _parbake_v1_AttachResponse__Output } from './parbake/v1/AttachResponse.ts';
import type { Attempt as _parbake_v1_Attempt, Attempt__Output as _parbake_v1_Attempt__Output } from './parbake/v1/Attempt.ts';
import type { AttemptTimings as _parbake_v1_AttemptTimings, AttemptTimings__Output as _parbake_v1_AttemptTimings__Output } from './parbake/v1/AttemptTimings.ts';
import type { CheckInRequest as _parbake_v1_CheckInRequest, CheckInRequest__Output as _parbake_v1_CheckInRequest__Output } from './parbake/v1/CheckInRequest.ts';
import type { CheckInResponse as _parbake_v1_CheckInResponse, CheckInResponse__Output as _parbake_v1_CheckInResponse__Output } from './parbake/v1/CheckInResponse.ts';
import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from './parbake/v1/Clock.ts';
import type { ConfirmRoutesRequest as _parbake_v1_ConfirmRoutesRequest, ConfirmRoutesRequest__Output as _parbake_v1_ConfirmRoutesRequest__Output } from './parbake/v1/ConfirmRoutesRequest.ts';
import type { ConfirmRoutesResponse as _parbake_v1_ConfirmRoutesResponse, ConfirmRoutesResponse__Output as _parbake_v1_ConfirmRoutesResponse__Output } from './parbake/v1/ConfirmRoutesResponse.ts';
import type { ContainerEnd as _parbake_v1_ContainerEnd, ContainerEnd__Output as _parbake_v1_ContainerEnd__Output } from './parbake/v1/ContainerEnd.ts';
import type { ContainerStart as _parbake_v1_ContainerStart, ContainerStart__Output as _parbake_v1_ContainerStart__Output } from './parbake/v1/ContainerStart.ts';
import type { DesiredState as _parbake_v1_DesiredState, DesiredState__Output as _parbake_v1_DesiredState__Output } from './parbake/v1/DesiredState.ts';
import type { Drain as _parbake_v1_Drain, Drain__Output as _parbake_v1_Drain__Output } from './parbake/v1/Drain.ts';
import type { Ec2Facts as _parbake_v1_Ec2Facts, Ec2Facts__Output as _parbake_v1_Ec2Facts__Output } from './parbake/v1/Ec2Facts.ts';
import type { Endpoint as _parbake_v1_Endpoint, Endpoint__Output as _parbake_v1_Endpoint__Output } from './parbake/v1/Endpoint.ts';
import type { Event as _parbake_v1_Event, Event__Output as _parbake_v1_Event__Output } from './parbake/v1/Event.ts';
import type { ExecExit as _parbake_v1_ExecExit, ExecExit__Output as _parbake_v1_ExecExit__Output } from './parbake/v1/ExecExit.ts';
import type { ExecRequest as _parbake_v1_ExecRequest, ExecRequest__Output as _parbake_v1_ExecRequest__Output } from './parbake/v1/ExecRequest.ts';
import type { ExecResponse as _parbake_v1_ExecResponse, ExecResponse__Output as _parbake_v1_ExecResponse__Output } from './parbake/v1/ExecResponse.ts';
import type { ExecStart as _parbake_v1_ExecStart, ExecStart__Output as _parbake_v1_ExecStart__Output } from './parbake/v1/ExecStart.ts';
import type { ExtendAssignmentRequest as _parbake_v1_ExtendAssignmentRequest, ExtendAssignmentRequest__Output as _parbake_v1_ExtendAssignmentRequest__Output } from './parbake/v1/ExtendAssignmentRequest.ts';
import type { ExtendAssignmentResponse as _parbake_v1_ExtendAssignmentResponse, ExtendAssignmentResponse__Output as _parbake_v1_ExtendAssignmentResponse__Output } from './parbake/v1/ExtendAssignmentResponse.ts';
import type { GetAssignmentRequest as _parbake_v1_GetAssignmentRequest, GetAssignmentRequest__Output as _parbake_v1_GetAssignmentRequest__Output } from './parbake/v1/GetAssignmentRequest.ts';
import type { GetAssignmentResponse as _parbake_v1_GetAssignmentResponse, GetAssignmentResponse__Output as _parbake_v1_GetAssignmentResponse__Output } from './parbake/v1/GetAssignmentResponse.ts';
import type { GetTimelineRequest as _parbake_v1_GetTimelineRequest, GetTimelineRequest__Output as _parbake_v1_GetTimelineRequest__Output } from './parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse as _parbake_v1_GetTimelineResponse, GetTimelineResponse__Output as _parbake_v1_GetTimelineResponse__Output } from './parbake/v1/GetTimelineResponse.ts';
import type { GetUsageRequest as _parbake_v1_GetUsageRequest, GetUsageRequest__Output as _parbake_v1_GetUsageRequest__Output } from './parbake/v1/GetUsageRequest.ts';
import type { GetUsageResponse as _parbake_v1_GetUsageResponse, GetUsageResponse__Output as _parbake_v1_GetUsageResponse__Output } from './parbake/v1/GetUsageResponse.ts';
import type { Heartbeat as _parbake_v1_Heartbeat, Heartbeat__Output as _parbake_v1_Heartbeat__Output } from './parbake/v1/Heartbeat.ts';
import type { HeartbeatAck as _parbake_v1_HeartbeatAck, HeartbeatAck__Output as _parbake_v1_HeartbeatAck__Output } from './parbake/v1/HeartbeatAck.ts';
import type { Hello as _parbake_v1_Hello, Hello__Output as _parbake_v1_Hello__Output } from './parbake/v1/Hello.ts';
import type { Instance as _parbake_v1_Instance, Instance__Output as _parbake_v1_Instance__Output } from './parbake/v1/Instance.ts';
import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from './parbake/v1/InstanceFacts.ts';
import type { IoCounters as _parbake_v1_IoCounters, IoCounters__Output as _parbake_v1_IoCounters__Output } from './parbake/v1/IoCounters.ts';
import type { LayerPull as _parbake_v1_LayerPull, LayerPull__Output as _parbake_v1_LayerPull__Output } from './parbake/v1/LayerPull.ts';
import type { ListAssignmentsRequest as _parbake_v1_ListAssignmentsRequest, ListAssignmentsRequest__Output as _parbake_v1_ListAssignmentsRequest__Output } from './parbake/v1/ListAssignmentsRequest.ts';
import type { ListAssignmentsResponse as _parbake_v1_ListAssignmentsResponse, ListAssignmentsResponse__Output as _parbake_v1_ListAssignmentsResponse__Output } from './parbake/v1/ListAssignmentsResponse.ts';
import type { ListEventsRequest as _parbake_v1_ListEventsRequest, ListEventsRequest__Output as _parbake_v1_ListEventsRequest__Output } from './parbake/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _parbake_v1_ListEventsResponse, ListEventsResponse__Output as _parbake_v1_ListEventsResponse__Output } from './parbake/v1/ListEventsResponse.ts';
import type { ListRoutesRequest as _parbake_v1_ListRoutesRequest, ListRoutesRequest__Output as _parbake_v1_ListRoutesRequest__Output } from './parbake/v1/ListRoutesRequest.ts';
import type { ListRoutesResponse as _parbake_v1_ListRoutesResponse, ListRoutesResponse__Output as _parbake_v1_ListRoutesResponse__Output } from './parbake/v1/ListRoutesResponse.ts';
import type { MissedFile as _parbake_v1_MissedFile, MissedFile__Output as _parbake_v1_MissedFile__Output } from './parbake/v1/MissedFile.ts';
import type { ObservedOrder as _parbake_v1_ObservedOrder, ObservedOrder__Output as _parbake_v1_ObservedOrder__Output } from './parbake/v1/ObservedOrder.ts';
import type { ObservedState as _parbake_v1_ObservedState, ObservedState__Output as _parbake_v1_ObservedState__Output } from './parbake/v1/ObservedState.ts';
import type { Order as _parbake_v1_Order, Order__Output as _parbake_v1_Order__Output } from './parbake/v1/Order.ts';
import type { Output as _parbake_v1_Output, Output__Output as _parbake_v1_Output__Output } from './parbake/v1/Output.ts';
import type { Ping as _parbake_v1_Ping, Ping__Output as _parbake_v1_Ping__Output } from './parbake/v1/Ping.ts';
import type { Pong as _parbake_v1_Pong, Pong__Output as _parbake_v1_Pong__Output } from './parbake/v1/Pong.ts';
import type { Preparation as _parbake_v1_Preparation, Preparation__Output as _parbake_v1_Preparation__Output } from './parbake/v1/Preparation.ts';
import type { Publisher as _parbake_v1_Publisher, Publisher__Output as _parbake_v1_Publisher__Output } from './parbake/v1/Publisher.ts';
import type { Pull as _parbake_v1_Pull, Pull__Output as _parbake_v1_Pull__Output } from './parbake/v1/Pull.ts';
import type { PullRetry as _parbake_v1_PullRetry, PullRetry__Output as _parbake_v1_PullRetry__Output } from './parbake/v1/PullRetry.ts';
import type { QuerySamplesRequest as _parbake_v1_QuerySamplesRequest, QuerySamplesRequest__Output as _parbake_v1_QuerySamplesRequest__Output } from './parbake/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse as _parbake_v1_QuerySamplesResponse, QuerySamplesResponse__Output as _parbake_v1_QuerySamplesResponse__Output } from './parbake/v1/QuerySamplesResponse.ts';
import type { ReleaseRequest as _parbake_v1_ReleaseRequest, ReleaseRequest__Output as _parbake_v1_ReleaseRequest__Output } from './parbake/v1/ReleaseRequest.ts';
import type { ReleaseResponse as _parbake_v1_ReleaseResponse, ReleaseResponse__Output as _parbake_v1_ReleaseResponse__Output } from './parbake/v1/ReleaseResponse.ts';
import type { ReportRequest as _parbake_v1_ReportRequest, ReportRequest__Output as _parbake_v1_ReportRequest__Output } from './parbake/v1/ReportRequest.ts';
import type { ReportResponse as _parbake_v1_ReportResponse, ReportResponse__Output as _parbake_v1_ReportResponse__Output } from './parbake/v1/ReportResponse.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from './parbake/v1/RoleOffer.ts';
import type { Route as _parbake_v1_Route, Route__Output as _parbake_v1_Route__Output } from './parbake/v1/Route.ts';
import type { RouteRequest as _parbake_v1_RouteRequest, RouteRequest__Output as _parbake_v1_RouteRequest__Output } from './parbake/v1/RouteRequest.ts';
import type { RouteServiceClient as _parbake_v1_RouteServiceClient, RouteServiceDefinition as _parbake_v1_RouteServiceDefinition } from './parbake/v1/RouteService.ts';
import type { Sample as _parbake_v1_Sample, Sample__Output as _parbake_v1_Sample__Output } from './parbake/v1/Sample.ts';
import type { SessionRequest as _parbake_v1_SessionRequest, SessionRequest__Output as _parbake_v1_SessionRequest__Output } from './parbake/v1/SessionRequest.ts';
import type { SessionResponse as _parbake_v1_SessionResponse, SessionResponse__Output as _parbake_v1_SessionResponse__Output } from './parbake/v1/SessionResponse.ts';
import type { Span as _parbake_v1_Span, Span__Output as _parbake_v1_Span__Output } from './parbake/v1/Span.ts';
import type { StartReads as _parbake_v1_StartReads, StartReads__Output as _parbake_v1_StartReads__Output } from './parbake/v1/StartReads.ts';
import type { StreamLogsRequest as _parbake_v1_StreamLogsRequest, StreamLogsRequest__Output as _parbake_v1_StreamLogsRequest__Output } from './parbake/v1/StreamLogsRequest.ts';
import type { StreamLogsResponse as _parbake_v1_StreamLogsResponse, StreamLogsResponse__Output as _parbake_v1_StreamLogsResponse__Output } from './parbake/v1/StreamLogsResponse.ts';
import type { TelemetryServiceClient as _parbake_v1_TelemetryServiceClient, TelemetryServiceDefinition as _parbake_v1_TelemetryServiceDefinition } from './parbake/v1/TelemetryService.ts';
import type { TerminalSize as _parbake_v1_TerminalSize, TerminalSize__Output as _parbake_v1_TerminalSize__Output } from './parbake/v1/TerminalSize.ts';
import type { Usage as _parbake_v1_Usage, Usage__Output as _parbake_v1_Usage__Output } from './parbake/v1/Usage.ts';
import type { WatchEventsRequest as _parbake_v1_WatchEventsRequest, WatchEventsRequest__Output as _parbake_v1_WatchEventsRequest__Output } from './parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse as _parbake_v1_WatchEventsResponse, WatchEventsResponse__Output as _parbake_v1_WatchEventsResponse__Output } from './parbake/v1/WatchEventsResponse.ts';
import type { WatchRoutesRequest as _parbake_v1_WatchRoutesRequest, WatchRoutesRequest__Output as _parbake_v1_WatchRoutesRequest__Output } from './parbake/v1/WatchRoutesRequest.ts';
import type { WatchRoutesResponse as _parbake_v1_WatchRoutesResponse, WatchRoutesResponse__Output as _parbake_v1_WatchRoutesResponse__Output } from './parbake/v1/WatchRoutesResponse.ts';

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
      AfterRelease: EnumTypeDefinition
      /**
       * What agents call. Which instance an agent speaks for is in its certificate
       * (spiffe://TRUST-DOMAIN/agent/INSTANCE-ID). An instance_id in a message may repeat it;
       * any other id is PERMISSION_DENIED. Only on a plaintext listener for demos and tests,
       * and with a certificate that agents share, does the message say which instance it is.
       */
      AgentService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_AgentServiceClient> & { service: _parbake_v1_AgentServiceDefinition }
      AssignRequest: MessageTypeDefinition<_parbake_v1_AssignRequest, _parbake_v1_AssignRequest__Output>
      AssignResponse: MessageTypeDefinition<_parbake_v1_AssignResponse, _parbake_v1_AssignResponse__Output>
      Assignment: MessageTypeDefinition<_parbake_v1_Assignment, _parbake_v1_Assignment__Output>
      AssignmentCertificate: MessageTypeDefinition<_parbake_v1_AssignmentCertificate, _parbake_v1_AssignmentCertificate__Output>
      /**
       * What a product's backend calls.
       */
      AssignmentService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_AssignmentServiceClient> & { service: _parbake_v1_AssignmentServiceDefinition }
      AssignmentState: EnumTypeDefinition
      AssignmentTimings: MessageTypeDefinition<_parbake_v1_AssignmentTimings, _parbake_v1_AssignmentTimings__Output>
      Attach: MessageTypeDefinition<_parbake_v1_Attach, _parbake_v1_Attach__Output>
      AttachEnd: MessageTypeDefinition<_parbake_v1_AttachEnd, _parbake_v1_AttachEnd__Output>
      AttachHello: MessageTypeDefinition<_parbake_v1_AttachHello, _parbake_v1_AttachHello__Output>
      AttachLogs: MessageTypeDefinition<_parbake_v1_AttachLogs, _parbake_v1_AttachLogs__Output>
      AttachRequest: MessageTypeDefinition<_parbake_v1_AttachRequest, _parbake_v1_AttachRequest__Output>
      AttachResponse: MessageTypeDefinition<_parbake_v1_AttachResponse, _parbake_v1_AttachResponse__Output>
      Attempt: MessageTypeDefinition<_parbake_v1_Attempt, _parbake_v1_Attempt__Output>
      AttemptOutcome: EnumTypeDefinition
      AttemptTimings: MessageTypeDefinition<_parbake_v1_AttemptTimings, _parbake_v1_AttemptTimings__Output>
      CheckInRequest: MessageTypeDefinition<_parbake_v1_CheckInRequest, _parbake_v1_CheckInRequest__Output>
      CheckInResponse: MessageTypeDefinition<_parbake_v1_CheckInResponse, _parbake_v1_CheckInResponse__Output>
      Clock: MessageTypeDefinition<_parbake_v1_Clock, _parbake_v1_Clock__Output>
      ConfirmRoutesRequest: MessageTypeDefinition<_parbake_v1_ConfirmRoutesRequest, _parbake_v1_ConfirmRoutesRequest__Output>
      ConfirmRoutesResponse: MessageTypeDefinition<_parbake_v1_ConfirmRoutesResponse, _parbake_v1_ConfirmRoutesResponse__Output>
      ContainerEnd: MessageTypeDefinition<_parbake_v1_ContainerEnd, _parbake_v1_ContainerEnd__Output>
      ContainerStart: MessageTypeDefinition<_parbake_v1_ContainerStart, _parbake_v1_ContainerStart__Output>
      DesiredPhase: EnumTypeDefinition
      DesiredState: MessageTypeDefinition<_parbake_v1_DesiredState, _parbake_v1_DesiredState__Output>
      Drain: MessageTypeDefinition<_parbake_v1_Drain, _parbake_v1_Drain__Output>
      Ec2Facts: MessageTypeDefinition<_parbake_v1_Ec2Facts, _parbake_v1_Ec2Facts__Output>
      Endpoint: MessageTypeDefinition<_parbake_v1_Endpoint, _parbake_v1_Endpoint__Output>
      Event: MessageTypeDefinition<_parbake_v1_Event, _parbake_v1_Event__Output>
      EventType: EnumTypeDefinition
      ExecExit: MessageTypeDefinition<_parbake_v1_ExecExit, _parbake_v1_ExecExit__Output>
      ExecRequest: MessageTypeDefinition<_parbake_v1_ExecRequest, _parbake_v1_ExecRequest__Output>
      ExecResponse: MessageTypeDefinition<_parbake_v1_ExecResponse, _parbake_v1_ExecResponse__Output>
      ExecStart: MessageTypeDefinition<_parbake_v1_ExecStart, _parbake_v1_ExecStart__Output>
      ExtendAssignmentRequest: MessageTypeDefinition<_parbake_v1_ExtendAssignmentRequest, _parbake_v1_ExtendAssignmentRequest__Output>
      ExtendAssignmentResponse: MessageTypeDefinition<_parbake_v1_ExtendAssignmentResponse, _parbake_v1_ExtendAssignmentResponse__Output>
      Fault: EnumTypeDefinition
      GetAssignmentRequest: MessageTypeDefinition<_parbake_v1_GetAssignmentRequest, _parbake_v1_GetAssignmentRequest__Output>
      GetAssignmentResponse: MessageTypeDefinition<_parbake_v1_GetAssignmentResponse, _parbake_v1_GetAssignmentResponse__Output>
      GetTimelineRequest: MessageTypeDefinition<_parbake_v1_GetTimelineRequest, _parbake_v1_GetTimelineRequest__Output>
      GetTimelineResponse: MessageTypeDefinition<_parbake_v1_GetTimelineResponse, _parbake_v1_GetTimelineResponse__Output>
      GetUsageRequest: MessageTypeDefinition<_parbake_v1_GetUsageRequest, _parbake_v1_GetUsageRequest__Output>
      GetUsageResponse: MessageTypeDefinition<_parbake_v1_GetUsageResponse, _parbake_v1_GetUsageResponse__Output>
      Heartbeat: MessageTypeDefinition<_parbake_v1_Heartbeat, _parbake_v1_Heartbeat__Output>
      HeartbeatAck: MessageTypeDefinition<_parbake_v1_HeartbeatAck, _parbake_v1_HeartbeatAck__Output>
      Hello: MessageTypeDefinition<_parbake_v1_Hello, _parbake_v1_Hello__Output>
      IfExists: EnumTypeDefinition
      ImdsExposure: EnumTypeDefinition
      Instance: MessageTypeDefinition<_parbake_v1_Instance, _parbake_v1_Instance__Output>
      InstanceFacts: MessageTypeDefinition<_parbake_v1_InstanceFacts, _parbake_v1_InstanceFacts__Output>
      InstanceState: EnumTypeDefinition
      IoCounters: MessageTypeDefinition<_parbake_v1_IoCounters, _parbake_v1_IoCounters__Output>
      LayerPull: MessageTypeDefinition<_parbake_v1_LayerPull, _parbake_v1_LayerPull__Output>
      ListAssignmentsRequest: MessageTypeDefinition<_parbake_v1_ListAssignmentsRequest, _parbake_v1_ListAssignmentsRequest__Output>
      ListAssignmentsResponse: MessageTypeDefinition<_parbake_v1_ListAssignmentsResponse, _parbake_v1_ListAssignmentsResponse__Output>
      ListEventsRequest: MessageTypeDefinition<_parbake_v1_ListEventsRequest, _parbake_v1_ListEventsRequest__Output>
      ListEventsResponse: MessageTypeDefinition<_parbake_v1_ListEventsResponse, _parbake_v1_ListEventsResponse__Output>
      ListRoutesRequest: MessageTypeDefinition<_parbake_v1_ListRoutesRequest, _parbake_v1_ListRoutesRequest__Output>
      ListRoutesResponse: MessageTypeDefinition<_parbake_v1_ListRoutesResponse, _parbake_v1_ListRoutesResponse__Output>
      MissedFile: MessageTypeDefinition<_parbake_v1_MissedFile, _parbake_v1_MissedFile__Output>
      ObservedOrder: MessageTypeDefinition<_parbake_v1_ObservedOrder, _parbake_v1_ObservedOrder__Output>
      ObservedState: MessageTypeDefinition<_parbake_v1_ObservedState, _parbake_v1_ObservedState__Output>
      OnLoss: EnumTypeDefinition
      Order: MessageTypeDefinition<_parbake_v1_Order, _parbake_v1_Order__Output>
      OrderState: EnumTypeDefinition
      Output: MessageTypeDefinition<_parbake_v1_Output, _parbake_v1_Output__Output>
      OutputStream: EnumTypeDefinition
      Ping: MessageTypeDefinition<_parbake_v1_Ping, _parbake_v1_Ping__Output>
      Pong: MessageTypeDefinition<_parbake_v1_Pong, _parbake_v1_Pong__Output>
      Preparation: MessageTypeDefinition<_parbake_v1_Preparation, _parbake_v1_Preparation__Output>
      PreparationState: EnumTypeDefinition
      Publisher: MessageTypeDefinition<_parbake_v1_Publisher, _parbake_v1_Publisher__Output>
      Pull: MessageTypeDefinition<_parbake_v1_Pull, _parbake_v1_Pull__Output>
      PullRetry: MessageTypeDefinition<_parbake_v1_PullRetry, _parbake_v1_PullRetry__Output>
      QuerySamplesRequest: MessageTypeDefinition<_parbake_v1_QuerySamplesRequest, _parbake_v1_QuerySamplesRequest__Output>
      QuerySamplesResponse: MessageTypeDefinition<_parbake_v1_QuerySamplesResponse, _parbake_v1_QuerySamplesResponse__Output>
      ReleaseRequest: MessageTypeDefinition<_parbake_v1_ReleaseRequest, _parbake_v1_ReleaseRequest__Output>
      ReleaseResponse: MessageTypeDefinition<_parbake_v1_ReleaseResponse, _parbake_v1_ReleaseResponse__Output>
      ReportRequest: MessageTypeDefinition<_parbake_v1_ReportRequest, _parbake_v1_ReportRequest__Output>
      ReportResponse: MessageTypeDefinition<_parbake_v1_ReportResponse, _parbake_v1_ReportResponse__Output>
      RoleOffer: MessageTypeDefinition<_parbake_v1_RoleOffer, _parbake_v1_RoleOffer__Output>
      Route: MessageTypeDefinition<_parbake_v1_Route, _parbake_v1_Route__Output>
      RouteRequest: MessageTypeDefinition<_parbake_v1_RouteRequest, _parbake_v1_RouteRequest__Output>
      RouteScheme: EnumTypeDefinition
      /**
       * What operators look at, and what a publisher outside of the coordinator follows. A
       * publisher makes a route visible: a name server, a router, a load balancer.
       */
      RouteService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_RouteServiceClient> & { service: _parbake_v1_RouteServiceDefinition }
      RouteState: EnumTypeDefinition
      Sample: MessageTypeDefinition<_parbake_v1_Sample, _parbake_v1_Sample__Output>
      SessionRequest: MessageTypeDefinition<_parbake_v1_SessionRequest, _parbake_v1_SessionRequest__Output>
      SessionResponse: MessageTypeDefinition<_parbake_v1_SessionResponse, _parbake_v1_SessionResponse__Output>
      Span: MessageTypeDefinition<_parbake_v1_Span, _parbake_v1_Span__Output>
      StartReads: MessageTypeDefinition<_parbake_v1_StartReads, _parbake_v1_StartReads__Output>
      StreamLogsRequest: MessageTypeDefinition<_parbake_v1_StreamLogsRequest, _parbake_v1_StreamLogsRequest__Output>
      StreamLogsResponse: MessageTypeDefinition<_parbake_v1_StreamLogsResponse, _parbake_v1_StreamLogsResponse__Output>
      /**
       * What operators and dashboards call.
       */
      TelemetryService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_TelemetryServiceClient> & { service: _parbake_v1_TelemetryServiceDefinition }
      TerminalSize: MessageTypeDefinition<_parbake_v1_TerminalSize, _parbake_v1_TerminalSize__Output>
      Usage: MessageTypeDefinition<_parbake_v1_Usage, _parbake_v1_Usage__Output>
      UsageBy: EnumTypeDefinition
      WaitUntil: EnumTypeDefinition
      WatchEventsRequest: MessageTypeDefinition<_parbake_v1_WatchEventsRequest, _parbake_v1_WatchEventsRequest__Output>
      WatchEventsResponse: MessageTypeDefinition<_parbake_v1_WatchEventsResponse, _parbake_v1_WatchEventsResponse__Output>
      WatchRoutesRequest: MessageTypeDefinition<_parbake_v1_WatchRoutesRequest, _parbake_v1_WatchRoutesRequest__Output>
      WatchRoutesResponse: MessageTypeDefinition<_parbake_v1_WatchRoutesResponse, _parbake_v1_WatchRoutesResponse__Output>
    }
  }
}

