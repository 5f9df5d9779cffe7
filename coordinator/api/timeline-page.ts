import { defined } from '../../proto/errors/defined.ts';
import type { GetTimelineRequest__Output } from '../../proto/gen/parbake/v1/GetTimelineRequest.ts';
import type { Span__Output } from '../../proto/gen/parbake/v1/Span.ts';
import type { SpanPosition, TimelineFilter } from '../store/telemetry.ts';
import { rangeFromProto } from './from-proto/lists.ts';
import { invalid, readAll, required, sizeFromProto } from './from-proto/parts.ts';

/** Two thousand spans with their attributes are some 2 MiB: half of what gRPC clients accept. */
const maxSpans = 2_000;

/** @throws ParbakeError REQUEST_INVALID */
export function timelineFromProto(
  request: GetTimelineRequest__Output,
): TimelineFilter & { instanceId: string; limit: number } {
  const { range, after, ...read } = readAll({
    instanceId: () => required('instance_id', request.instanceId, 128),
    range: () => rangeFromProto(request.startTime, request.endTime),
    limit: () => sizeFromProto('page_size', request.pageSize, maxSpans, maxSpans),
    after: () => (request.pageToken === '' ? undefined : positionOf(request.pageToken)),
  });
  return { ...read, ...range, ...defined({ after }) };
}

/** @param body of the last span of a page, as it is stored */
export function spanPageToken(body: string): string {
  const { startUnixNs, spanId } = JSON.parse(body) as Span__Output;
  return `${BigInt(startUnixNs)}.${Buffer.from(spanId).toString('base64url')}`;
}

function positionOf(token: string): SpanPosition {
  const [, start, id] = /^(\d{1,19})\.([\w-]{0,1000})$/.exec(token) ?? [];
  if (start === undefined || id === undefined || BigInt(start) >= 2n ** 63n)
    throw invalid('page_token', 'is not one of ours');
  return { startNs: BigInt(start), spanId: Buffer.from(id, 'base64url').toString() };
}
