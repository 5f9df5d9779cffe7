import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from './parbake/v1/Clock.ts';
import type { ContainerStart as _parbake_v1_ContainerStart, ContainerStart__Output as _parbake_v1_ContainerStart__Output } from './parbake/v1/ContainerStart.ts';
import type { Event as _parbake_v1_Event, Event__Output as _parbake_v1_Event__Output } from './parbake/v1/Event.ts';
import type { GetTimelineRequest as _parbake_v1_GetTimelineRequest, GetTimelineRequest__Output as _parbake_v1_GetTimelineRequest__Output } from './parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse as _parbake_v1_GetTimelineResponse, GetTimelineResponse__Output as _parbake_v1_GetTimelineResponse__Output } from './parbake/v1/GetTimelineResponse.ts';
import type { IoCounters as _parbake_v1_IoCounters, IoCounters__Output as _parbake_v1_IoCounters__Output } from './parbake/v1/IoCounters.ts';
import type { LayerPull as _parbake_v1_LayerPull, LayerPull__Output as _parbake_v1_LayerPull__Output } from './parbake/v1/LayerPull.ts';
import type { ListEventsRequest as _parbake_v1_ListEventsRequest, ListEventsRequest__Output as _parbake_v1_ListEventsRequest__Output } from './parbake/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _parbake_v1_ListEventsResponse, ListEventsResponse__Output as _parbake_v1_ListEventsResponse__Output } from './parbake/v1/ListEventsResponse.ts';
import type { MissedFile as _parbake_v1_MissedFile, MissedFile__Output as _parbake_v1_MissedFile__Output } from './parbake/v1/MissedFile.ts';
import type { Pull as _parbake_v1_Pull, Pull__Output as _parbake_v1_Pull__Output } from './parbake/v1/Pull.ts';
import type { PullRetry as _parbake_v1_PullRetry, PullRetry__Output as _parbake_v1_PullRetry__Output } from './parbake/v1/PullRetry.ts';
import type { QuerySamplesRequest as _parbake_v1_QuerySamplesRequest, QuerySamplesRequest__Output as _parbake_v1_QuerySamplesRequest__Output } from './parbake/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse as _parbake_v1_QuerySamplesResponse, QuerySamplesResponse__Output as _parbake_v1_QuerySamplesResponse__Output } from './parbake/v1/QuerySamplesResponse.ts';
import type { Sample as _parbake_v1_Sample, Sample__Output as _parbake_v1_Sample__Output } from './parbake/v1/Sample.ts';
import type { Span as _parbake_v1_Span, Span__Output as _parbake_v1_Span__Output } from './parbake/v1/Span.ts';
import type { StartReads as _parbake_v1_StartReads, StartReads__Output as _parbake_v1_StartReads__Output } from './parbake/v1/StartReads.ts';
import type { TelemetryServiceClient as _parbake_v1_TelemetryServiceClient, TelemetryServiceDefinition as _parbake_v1_TelemetryServiceDefinition } from './parbake/v1/TelemetryService.ts';
import type { WatchEventsRequest as _parbake_v1_WatchEventsRequest, WatchEventsRequest__Output as _parbake_v1_WatchEventsRequest__Output } from './parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse as _parbake_v1_WatchEventsResponse, WatchEventsResponse__Output as _parbake_v1_WatchEventsResponse__Output } from './parbake/v1/WatchEventsResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  parbake: {
    v1: {
      Clock: MessageTypeDefinition<_parbake_v1_Clock, _parbake_v1_Clock__Output>
      ContainerStart: MessageTypeDefinition<_parbake_v1_ContainerStart, _parbake_v1_ContainerStart__Output>
      Event: MessageTypeDefinition<_parbake_v1_Event, _parbake_v1_Event__Output>
      GetTimelineRequest: MessageTypeDefinition<_parbake_v1_GetTimelineRequest, _parbake_v1_GetTimelineRequest__Output>
      GetTimelineResponse: MessageTypeDefinition<_parbake_v1_GetTimelineResponse, _parbake_v1_GetTimelineResponse__Output>
      IoCounters: MessageTypeDefinition<_parbake_v1_IoCounters, _parbake_v1_IoCounters__Output>
      LayerPull: MessageTypeDefinition<_parbake_v1_LayerPull, _parbake_v1_LayerPull__Output>
      ListEventsRequest: MessageTypeDefinition<_parbake_v1_ListEventsRequest, _parbake_v1_ListEventsRequest__Output>
      ListEventsResponse: MessageTypeDefinition<_parbake_v1_ListEventsResponse, _parbake_v1_ListEventsResponse__Output>
      MissedFile: MessageTypeDefinition<_parbake_v1_MissedFile, _parbake_v1_MissedFile__Output>
      Pull: MessageTypeDefinition<_parbake_v1_Pull, _parbake_v1_Pull__Output>
      PullRetry: MessageTypeDefinition<_parbake_v1_PullRetry, _parbake_v1_PullRetry__Output>
      QuerySamplesRequest: MessageTypeDefinition<_parbake_v1_QuerySamplesRequest, _parbake_v1_QuerySamplesRequest__Output>
      QuerySamplesResponse: MessageTypeDefinition<_parbake_v1_QuerySamplesResponse, _parbake_v1_QuerySamplesResponse__Output>
      Sample: MessageTypeDefinition<_parbake_v1_Sample, _parbake_v1_Sample__Output>
      Span: MessageTypeDefinition<_parbake_v1_Span, _parbake_v1_Span__Output>
      StartReads: MessageTypeDefinition<_parbake_v1_StartReads, _parbake_v1_StartReads__Output>
      /**
       * Reads what instances reported.
       */
      TelemetryService: SubtypeConstructor<typeof grpc.Client, _parbake_v1_TelemetryServiceClient> & { service: _parbake_v1_TelemetryServiceDefinition }
      WatchEventsRequest: MessageTypeDefinition<_parbake_v1_WatchEventsRequest, _parbake_v1_WatchEventsRequest__Output>
      WatchEventsResponse: MessageTypeDefinition<_parbake_v1_WatchEventsResponse, _parbake_v1_WatchEventsResponse__Output>
    }
  }
}

