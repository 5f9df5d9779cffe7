import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import type { GetAssignmentResponse__Output } from '../../proto/gen/parbake/v1/GetAssignmentResponse.ts';
import type { GetInstanceResponse__Output } from '../../proto/gen/parbake/v1/GetInstanceResponse.ts';
import type { GetTimelineRequest } from '../../proto/gen/parbake/v1/GetTimelineRequest.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { ListEventsResponse__Output } from '../../proto/gen/parbake/v1/ListEventsResponse.ts';
import type { QuerySamplesResponse__Output } from '../../proto/gen/parbake/v1/QuerySamplesResponse.ts';
import type { Sample__Output } from '../../proto/gen/parbake/v1/Sample.ts';
import { millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import { call, type Clients } from './client.ts';

/** An instance has some dozen. */
const mostEvents = 200;

/** What is known of one instance. */
export interface Shown {
  instance: Instance__Output;
  assignment: Assignment__Output | null;
  timeline: GetTimelineResponse__Output;
  samples: Sample__Output[];
  events: Event__Output[];
}

/** What of an instance is wanted. */
export interface Wanted {
  /** For the host and each container; 0 leaves it to the coordinator. */
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
  const { instance } = await call<GetInstanceResponse__Output>(
    (options, done) => fleet.getInstance({ instanceId }, options, done),
    deadlines.read,
  );
  if (instance === null) throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
  const { assignmentId } = instance;
  const times = {
    ...(from === undefined ? {} : { startTime: timeOf(from) }),
    ...(to === undefined ? {} : { endTime: timeOf(to) }),
  };
  const [timeline, { samples }, { events }, found] = await Promise.all([
    readTimeline({ telemetry }, instanceId, times),
    call<QuerySamplesResponse__Output>(
      (options, done) => telemetry.querySamples({ instanceId, maxSamples, ...times }, options, done),
      deadlines.read,
    ),
    call<ListEventsResponse__Output>(
      (options, done) => telemetry.listEvents({ instanceId, pageSize: mostEvents }, options, done),
      deadlines.read,
    ),
    assignmentId === ''
      ? undefined
      : call<GetAssignmentResponse__Output>(
          (options, done) => assignments.getAssignment({ assignmentId }, options, done),
          deadlines.read,
        ),
  ]);
  const offsetMs = timeline.clock?.offsetMs ?? 0;
  const isWanted = ({ time }: Event__Output): boolean => {
    const ms = (millisecondsOf(time) ?? 0) - offsetMs;
    return ms >= (from ?? -Infinity) && ms < (to ?? Infinity);
  };
  const assignment = found?.assignment ?? null;
  return { instance, timeline, samples, events: events.filter(isWanted), assignment };
}

/** All pages as one. @throws ParbakeError INSTANCE_NOT_FOUND */
export async function readTimeline(
  { telemetry }: Pick<Clients, 'telemetry'>,
  instanceId: string,
  times: Pick<GetTimelineRequest, 'startTime' | 'endTime'> = {},
): Promise<GetTimelineResponse__Output> {
  const read = (pageToken: string): Promise<GetTimelineResponse__Output> =>
    call<GetTimelineResponse__Output>(
      (options, done) => telemetry.getTimeline({ instanceId, pageToken, ...times }, options, done),
      deadlines.read,
    );
  const all = await read('');
  for (let { nextPageToken } = all; nextPageToken !== '';) {
    const page = await read(nextPageToken);
    all.spans.push(...page.spans);
    ({ nextPageToken } = page);
  }
  return all;
}
