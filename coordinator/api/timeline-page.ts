import type { GetTimelineRequest__Output } from '../../proto/gen/parbake/v1/GetTimelineRequest.ts';
import type { Span__Output } from '../../proto/gen/parbake/v1/Span.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import type { SpanPosition, TimelineFilter } from '../store/telemetry.ts';
import { invalid, sizeFromProto } from './from-proto/parts.ts';

/** Two thousand spans with their attributes are some 2 MiB: half of what gRPC clients accept. */
const maxSpans = 2_000;

/** @throws ParbakeError REQUEST_INVALID */
export function timelineFromProto(request: GetTimelineRequest__Output): TimelineFilter & { limit: number } {
  const { startTime, endTime, pageSize, pageToken } = request;
  const [from, to] = [millisecondsOf(startTime), millisecondsOf(endTime)];
  if (from !== undefined && to !== undefined && from > to) throw invalid('end_time', 'is before start_time');
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    limit: sizeFromProto('page_size', pageSize, maxSpans, maxSpans),
    ...(pageToken === '' ? {} : { after: positionOf(pageToken) }),
  };
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
