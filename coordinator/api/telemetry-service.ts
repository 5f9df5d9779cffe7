import { instanceNotFound } from '../core/not-found.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import type { TelemetryServiceHandlers } from '../../proto/gen/parbake/v1/TelemetryService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ReportedPull, ReportedReads, ReportedStart } from '../../proto/wire/telemetry.ts';
import type { Instance } from '../core/model.ts';
import { thinned } from '../core/sample.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import { eventPageFromProto, samplesFromProto } from './from-proto/lists.ts';
import { pageOf } from './from-proto/parts.ts';
import { streaming, unary } from './handlers.ts';
import { spanPageToken, timelineFromProto } from './timeline-page.ts';
import { clockMessage, pullMessage, readsMessage, sampleMessage, startMessage } from './timeline-message.ts';
import { eventMessage, timestamp } from './to-proto.ts';
import type { EventsCall, EventStreams } from './watch-events.ts';

export function telemetryService(
  store: TelemetryUseCases & Pick<FleetUseCases, 'instance'>,
  events: EventStreams,
  logger: Logger,
): TelemetryServiceHandlers {
  const known = async (instanceId: string): Promise<Instance> => {
    const found = await store.instance(instanceId);
    if (found === undefined) throw instanceNotFound(instanceId);
    return found.instance;
  };
  return {
    GetTimeline: unary(logger, 'GetTimeline', async (request) => {
      const { instanceId, ...wanted } = timelineFromProto(request);
      const { clock } = await known(instanceId);
      const { spans: found, ...first } = await store.timeline(instanceId, {
        ...wanted,
        limit: wanted.limit + 1,
      });
      const { items: spans, nextPageToken } = pageOf(found, wanted.limit, spanPageToken);
      const { pulls, starts, reads } = first;
      return {
        ...(clock === undefined ? {} : { clock: clockMessage(clock), clockTime: timestamp(clock.at) }),
        instanceId,
        spans: spans.map((body) => JSON.parse(body) as Span),
        pulls: pulls.map((body) => pullMessage(JSON.parse(body) as ReportedPull)),
        starts: starts.map((body) => startMessage(JSON.parse(body) as ReportedStart)),
        reads: reads.map((body) => readsMessage(JSON.parse(body) as ReportedReads)),
        nextPageToken,
      };
    }),
    QuerySamples: unary(logger, 'QuerySamples', async (request) => {
      const { limit, ...wanted } = samplesFromProto(request);
      await known(wanted.instanceId);
      const found = await store.samples(wanted);
      return { samples: thinned(found, limit).map(sampleMessage) };
    }),
    ListEvents: unary(logger, 'ListEvents', async (request) => {
      const { instanceId, size, after } = eventPageFromProto(request);
      await known(instanceId);
      const { events: found } = await store.events(after, size + 1, { instanceId });
      const { items, nextPageToken } = pageOf(found, size, ({ sequence }) => String(sequence));
      return { events: items.map(eventMessage), nextPageToken };
    }),
    WatchEvents: streaming(logger, 'WatchEvents', (call: EventsCall, gone) => events.serve(call, gone)),
  };
}
