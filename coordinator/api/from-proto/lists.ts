import { defined } from '../../../proto/errors/defined.ts';
import type { AssignmentState__Output as AssignmentStateName } from '../../../proto/gen/parbake/v1/AssignmentState.ts';
import type { InstanceState__Output as InstanceStateName } from '../../../proto/gen/parbake/v1/InstanceState.ts';
import type { GetUsageRequest__Output } from '../../../proto/gen/parbake/v1/GetUsageRequest.ts';
import type { ListAssignmentsRequest__Output } from '../../../proto/gen/parbake/v1/ListAssignmentsRequest.ts';
import type { ListEventsRequest__Output } from '../../../proto/gen/parbake/v1/ListEventsRequest.ts';
import type { ListInstancesRequest__Output } from '../../../proto/gen/parbake/v1/ListInstancesRequest.ts';
import type { ListRolesRequest__Output } from '../../../proto/gen/parbake/v1/ListRolesRequest.ts';
import type { QuerySamplesRequest__Output } from '../../../proto/gen/parbake/v1/QuerySamplesRequest.ts';
import type { UsageBy__Output as UsageByName } from '../../../proto/gen/parbake/v1/UsageBy.ts';
import type { WatchInstancesRequest__Output } from '../../../proto/gen/parbake/v1/WatchInstancesRequest.ts';
import { millisecondsOf, type ProtoTime } from '../../../proto/wire/time.ts';
import type { AssignmentState } from '../../core/assignment-state.ts';
import type { InstanceState } from '../../core/instance-state.ts';
import type { AssignmentFilter } from '../../store/requests.ts';
import type { SampleFilter } from '../../store/telemetry.ts';
import type { UsageBy, UsageFilter } from '../../store/usage.ts';
import { bounded, enumFromProto, invalid, readAll, required, sizeFromProto } from './parts.ts';

// Every function names all wrong fields at once, as REQUEST_INVALID.

/** One page of a list. */
export interface Page {
  /** How many items the page may have. */
  size: number;
}

export interface InstancesWanted {
  role: string;
  state?: InstanceState;
}

export function watchedInstancesFromProto(request: WatchInstancesRequest__Output): InstancesWanted {
  const { role, state } = readAll({
    role: () => bounded('role', request.role, 63),
    state: () => instanceStateFromProto(request.state),
  });
  return { role, ...defined({ state }) };
}

/** @returns `after`: the instance that the page comes after; empty for the first page */
export function instancesFromProto(
  request: ListInstancesRequest__Output,
): InstancesWanted & Page & { after: string } {
  const { wanted, size, after } = readAll({
    wanted: () => watchedInstancesFromProto(request),
    size: () => pageSizeFromProto(request.pageSize),
    after: () => bounded('page_token', request.pageToken, 128),
  });
  return { ...wanted, size, after };
}

export function assignmentsFromProto(
  request: ListAssignmentsRequest__Output,
): Omit<AssignmentFilter, 'limit'> & Page {
  const { liveOnly } = request;
  const { state, before, ...read } = readAll({
    user: () => bounded('user', request.user, 256),
    role: () => bounded('role', request.role, 63),
    environment: () => bounded('environment', request.environment, 256),
    instanceId: () => bounded('instance_id', request.instanceId, 128),
    state: () => assignmentStateFromProto(request.state),
    size: () => pageSizeFromProto(request.pageSize),
    before: () => positionFromProto(request.pageToken),
  });
  return {
    ...read,
    liveOnly,
    ...defined({ state, before }),
  };
}

export function usageFromProto(request: GetUsageRequest__Output): Omit<UsageFilter, 'limit'> & Page {
  const { range, after, ...read } = readAll({
    by: () => usageByFromProto(request.by),
    range: () => rangeFromProto(request.startTime, request.endTime),
    user: () => bounded('user', request.user, 256),
    role: () => bounded('role', request.role, 63),
    environment: () => bounded('environment', request.environment, 256),
    size: () => pageSizeFromProto(request.pageSize),
    after: () => keyFromProto(request.pageToken),
  });
  return { ...read, ...range, ...defined({ after }) };
}

/** @returns `after`: the role that the page comes after; empty for the first page */
export function rolePageFromProto(request: ListRolesRequest__Output): Page & { after: string } {
  return readAll({
    size: () => pageSizeFromProto(request.pageSize),
    after: () => bounded('page_token', request.pageToken, 63),
  });
}

/** @returns `after`: the sequence of the event that the page comes after; 0 for the first page */
export function eventPageFromProto(
  request: ListEventsRequest__Output,
): Page & { instanceId: string; after: number } {
  return readAll({
    instanceId: () => required('instance_id', request.instanceId, 128),
    size: () => pageSizeFromProto(request.pageSize),
    after: () => sequenceFromProto(request.pageToken),
  });
}

/** @returns `limit`: how many samples the host and each container may have */
export function samplesFromProto(request: QuerySamplesRequest__Output): SampleFilter & { limit: number } {
  const { range, ...read } = readAll({
    instanceId: () => required('instance_id', request.instanceId, 128),
    range: () => rangeFromProto(request.startTime, request.endTime),
    limit: () => sizeFromProto('max_samples', request.maxSamples, 1000, 10_000),
  });
  return { ...read, ...range };
}

/** @returns milliseconds since the epoch; an absent one is absent */
export function rangeFromProto(
  startTime: ProtoTime | null,
  endTime: ProtoTime | null,
): { from?: number; to?: number } {
  const [from, to] = [millisecondsOf(startTime), millisecondsOf(endTime)];
  if (from !== undefined && to !== undefined && from > to) throw invalid('end_time', 'is before start_time');
  return { ...defined({ from, to }) };
}

export function pageSizeFromProto(size: number): number {
  return sizeFromProto('page_size', size, 100, 1000);
}

/** @returns undefined for UNSPECIFIED: any state */
function instanceStateFromProto(value: InstanceStateName): InstanceState | undefined {
  const state = enumFromProto('state', value);
  if (state === 'INSTANCE_STATE_UNSPECIFIED') return undefined;
  return state.replace('INSTANCE_STATE_', '') as InstanceState;
}

/** @returns undefined for UNSPECIFIED: any state */
function assignmentStateFromProto(value: AssignmentStateName): AssignmentState | undefined {
  const state = enumFromProto('state', value);
  if (state === 'ASSIGNMENT_STATE_UNSPECIFIED') return undefined;
  return state.replace('ASSIGNMENT_STATE_', '') as AssignmentState;
}

/** @param token from an earlier answer, or empty for the first page */
function positionFromProto(token: string): AssignmentFilter['before'] | undefined {
  if (token === '') return undefined;
  const [, createTime, assignmentId] = /^(\d{1,15})\.([\w-]{1,128})$/.exec(token) ?? [];
  if (createTime === undefined || assignmentId === undefined)
    throw invalid('page_token', 'is not one of ours');
  return { createTime: Number(createTime), assignmentId };
}

/** @param token from an earlier answer, or empty for the first page */
function sequenceFromProto(token: string): number {
  if (!/^\d{0,15}$/.test(token)) throw invalid('page_token', 'is not one of ours');
  return Number(token);
}

function usageByFromProto(value: UsageByName): UsageBy {
  const by = enumFromProto('by', value);
  if (by === 'USAGE_BY_UNSPECIFIED') throw invalid('by', 'is required');
  return by.replace('USAGE_BY_', '') as UsageBy;
}

/** A key may be empty, so its token begins with a sign. */
export function keyToken(key: string): string {
  return `=${key}`;
}

/** @param token of `keyToken`, or empty for the first page */
function keyFromProto(token: string): string | undefined {
  if (token === '') return undefined;
  if (!token.startsWith('=')) throw invalid('page_token', 'is not one of ours');
  return bounded('page_token', token.slice(1), 256);
}
