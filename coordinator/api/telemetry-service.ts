import { instanceNotFound } from '../core/not-found.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import type { TelemetryServiceHandlers } from '../../proto/gen/parbake/v1/TelemetryService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ReportedPull, ReportedReads, ReportedStart } from '../../proto/wire/telemetry.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import type { Instance } from '../core/model.ts';
import { thinned } from '../core/sample.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import { pageOf, pageSizeFromProto, required, sizeFromProto } from './from-proto/parts.ts';
import { streaming, unary } from './handlers.ts';
import { spanPageToken, timelineFromProto } from './timeline-page.ts';
import { clockMessage, pullMessage, readsMessage, sampleMessage, startMessage } from './timeline-message.ts';
import { eventMessage, timestamp } from './to-proto.ts';
import type { EventsCall, EventStreams } from './watch-events.ts';
import { sequenceFromProto } from './from-proto/report.ts';

export function telemetryService(
  store: TelemetryUseCases & Pick<FleetUseCases, 'instance'>,
  events: EventStreams,
  logger: Logger,
): TelemetryServiceHandlers {
  const known = async (instanceId: string): Promise<Instance> => {
    const found = await store.instance(required('instance_id', instanceId, 128));
    if (found === undefined) throw instanceNotFound(instanceId);
    return found.instance;
  };
  return {
    GetTimeline: unary(logger, 'GetTimeline', async (request) => {
      const { instanceId, clock } = await known(request.instanceId);
      const wanted = timelineFromProto(request);
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
    QuerySamples: unary(logger, 'QuerySamples', async ({ startTime, endTime, maxSamples, ...request }) => {
      const { instanceId } = await known(request.instanceId);
      const [from, to] = [millisecondsOf(startTime), millisecondsOf(endTime)];
      const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const limit = sizeFromProto('max_samples', maxSamples, 1000, 10_000);
      const found = await store.samples({ instanceId, ...range });
      return { samples: thinned(found, limit).map(sampleMessage) };
    }),
    ListEvents: unary(logger, 'ListEvents', async ({ pageSize, pageToken, ...request }) => {
      const { instanceId } = await known(request.instanceId);
      const size = pageSizeFromProto(pageSize);
      const { events: found } = await store.events(sequenceFromProto(pageToken), size + 1, { instanceId });
      const { items, nextPageToken } = pageOf(found, size, ({ sequence }) => String(sequence));
      return { events: items.map(eventMessage), nextPageToken };
    }),
    WatchEvents: streaming(logger, 'WatchEvents', (call: EventsCall, gone) => events.serve(call, gone)),
  };
}
