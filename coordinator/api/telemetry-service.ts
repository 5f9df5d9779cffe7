import { instanceNotFound } from '../core/not-found.ts';
import type { ContainerStart } from '../../proto/gen/parbake/v1/ContainerStart.ts';
import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import type { Sample as SampleMessage } from '../../proto/gen/parbake/v1/Sample.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import type { StartReads } from '../../proto/gen/parbake/v1/StartReads.ts';
import type { TelemetryServiceHandlers } from '../../proto/gen/parbake/v1/TelemetryService.ts';
import type { Logger } from '../../proto/process/log.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import type { Instance } from '../core/model.ts';
import { thinned, type Sample } from '../core/sample.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import { pageOf, pageSizeFromProto, required, sizeFromProto } from './from-proto/parts.ts';
import { streaming, unary } from './handlers.ts';
import { spanPageToken, timelineFromProto } from './timeline-page.ts';
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
        ...(clock === undefined ? {} : { clock, clockTime: timestamp(clock.at) }),
        instanceId,
        spans: spans.map((body) => JSON.parse(body) as Span),
        pulls: pulls.map((body) => JSON.parse(body) as Pull),
        starts: starts.map((body) => JSON.parse(body) as ContainerStart),
        reads: reads.map((body) => JSON.parse(body) as StartReads),
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

function sampleMessage(sample: Sample): SampleMessage {
  const { container, startMs, intervalMs, cpuMs, ioStallMs, memoryBytes, pageCacheBytes, ...io } = sample;
  const levels = {
    ...(cpuMs === undefined ? {} : { cpuMs }),
    ...(ioStallMs === undefined ? {} : { ioStallMs }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(pageCacheBytes === undefined ? {} : { pageCacheBytes }),
  };
  return { container, startUnixMs: startMs, intervalMs, io, ...levels };
}
