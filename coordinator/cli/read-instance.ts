import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import type { GetTimelineRequest } from '../../proto/gen/parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import {
  clockFromProto,
  pullFromProto,
  readsFromProto,
  sampleFromProto,
  startFromProto,
  type ReportedClock,
  type ReportedPull,
  type ReportedReads,
  type ReportedStart,
} from '../../proto/wire/telemetry.ts';
import { millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import type { Sample } from '../core/sample.ts';
import type { Clients } from './client.ts';

/** More events than an instance has: some dozen. */
const maxEvents = 200;

/** Everything that is known about one instance. */
export interface Shown {
  instance: Instance__Output;
  /** The one that it is taken for, or else the last one. */
  assignment: Assignment__Output | null;
  timeline: Timeline;
  samples: Sample[];
  events: Event__Output[];
}

/** What an instance reported, all pages as one. */
export interface Timeline extends Pick<GetTimelineResponse__Output, 'spans'> {
  clock: ReportedClock | null;
  pulls: ReportedPull[];
  starts: ReportedStart[];
  reads: ReportedReads[];
}

/** Which part of an instance's history to read. */
export interface Wanted {
  /** How many samples the host and each container may have. 0 leaves it to the coordinator. */
  maxSamples?: number;
  /** Milliseconds since the epoch, on the instance's clock. */
  from?: number | undefined;
  to?: number | undefined;
}

/** @throws ParbakeError INSTANCE_NOT_FOUND, REQUEST_INVALID */
export async function readInstance(
  { fleet, assignments, telemetry }: Clients,
  instanceId: string,
  { maxSamples = 0, from, to }: Wanted = {},
): Promise<Shown> {
  const { instance } = await fleet.getInstance({ instanceId });
  if (instance === null) throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
  const { assignmentId } = instance;
  const times = {
    startTime: from === undefined ? null : timeOf(from),
    endTime: to === undefined ? null : timeOf(to),
  };
  const [timeline, { samples }, { events }, found] = await Promise.all([
    readTimeline({ telemetry }, instanceId, times),
    telemetry.querySamples({ instanceId, maxSamples, ...times }),
    telemetry.listEvents({ instanceId, pageSize: maxEvents }),
    assignmentId === ''
      ? assignments.listAssignments({ instanceId, pageSize: 1 }).then(({ assignments: [last] }) => last)
      : assignments.getAssignment({ assignmentId }).then(({ assignment }) => assignment),
  ]);
  const offsetMs = timeline.clock?.offsetMs ?? 0;
  const isWanted = ({ time }: Event__Output): boolean => {
    const ms = (millisecondsOf(time) ?? 0) - offsetMs;
    return ms >= (from ?? -Infinity) && ms < (to ?? Infinity);
  };
  return {
    instance,
    timeline,
    samples: samples.map(sampleFromProto),
    events: events.filter(isWanted),
    assignment: found ?? null,
  };
}

/** @throws ParbakeError INSTANCE_NOT_FOUND */
export async function readTimeline(
  { telemetry }: Pick<Clients, 'telemetry'>,
  instanceId: string,
  times: Pick<GetTimelineRequest, 'startTime' | 'endTime'> = {},
): Promise<Timeline> {
  const read = (pageToken: string): Promise<GetTimelineResponse__Output> =>
    telemetry.getTimeline({ instanceId, pageToken, ...times });
  const first = await read('');
  const spans = [...first.spans];
  for (let { nextPageToken } = first; nextPageToken !== '';) {
    const page = await read(nextPageToken);
    spans.push(...page.spans);
    ({ nextPageToken } = page);
  }
  return {
    spans,
    clock: first.clock === null ? null : clockFromProto(first.clock),
    pulls: first.pulls.map(pullFromProto),
    starts: first.starts.map(startFromProto),
    reads: first.reads.map(readsFromProto),
  };
}
