import type { AssignRequest__Output } from '../../../proto/gen/parbake/v1/AssignRequest.ts';
import type { Clock__Output } from '../../../proto/gen/parbake/v1/Clock.ts';
import type { CheckInRequest__Output } from '../../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { ObservedState__Output } from '../../../proto/gen/parbake/v1/ObservedState.ts';
import type { ReportRequest__Output } from '../../../proto/gen/parbake/v1/ReportRequest.ts';
import type { Role__Output } from '../../../proto/gen/parbake/v1/Role.ts';
import type { RoleOffer__Output } from '../../../proto/gen/parbake/v1/RoleOffer.ts';
import type { StartReads__Output } from '../../../proto/gen/parbake/v1/StartReads.ts';
import type { IoCounters__Output } from '../../../proto/gen/parbake/v1/IoCounters.ts';
import type { Span__Output } from '../../../proto/gen/parbake/v1/Span.ts';
import type { Sample__Output } from '../../../proto/gen/parbake/v1/Sample.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Metadata } from '@grpc/grpc-js';
import type { Clock, Endpoint, KnownRole, RoleOffer } from '../../core/model.ts';
import { traceparentOf } from '../../core/traceparent.ts';
import { tracestateOf } from '../../core/tracestate.ts';
import { counted, levels, type Sample, type SampleFigures } from '../../core/sample.ts';
import type { AssignmentFilter, CheckIn, EventFilter, ReportBatch } from '../../store/store.ts';
import type { WatchEventsRequest__Output } from '../../../proto/gen/parbake/v1/WatchEventsRequest.ts';

export type OrderState = 'DELIVERED' | 'STARTING' | 'STARTED' | 'SERVING' | 'FAILED' | 'STOPPED';

export interface Observed {
  generation: number;
  preparation: 'PREPARING' | 'READY' | 'FAILED' | undefined;
  preparationError: string;
  roles: RoleOffer[];
  order: { assignmentId: string; state: OrderState; error: string; endpoints: Endpoint[] } | undefined;
}

/**
 * Names and values of one assignment, in bytes: what a gate takes at most, less what the agent adds. An instance that could
 * not carry an order out would be set aside for it, and so would the next one.
 */
const maxEnvBytes = 960 * 1024;
/** Of one value, in bytes; the kernel takes 128 KiB with the name. */
const maxValueBytes = 96 * 1024;
/** Of one assignment. */
const maxFiles = 64;
const maxFileBytes = 1024 ** 2;

export type Wait = 'CLAIMED' | 'EXEC' | 'READY';

export interface Wanted {
  requestId: string;
  user: string;
  role: string;
  environment: string;
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
  wait: Wait;
  /** Where the caller is in its trace; empty when it does not say. */
  traceparent: string;
  /** What tracing systems before us said to those after us; empty without a traceparent. */
  tracestate: string;
}

/** @throws ParbakeError REQUEST_INVALID, as all of this file */
export function checkInFromProto(message: CheckInRequest__Output): CheckIn {
  if (message.facts === null) throw invalid('facts', 'is required');
  const { facts } = message;
  required('facts.instance_id', facts.instanceId, 128);
  required('facts.boot_id', facts.bootId, 128);
  if (message.observedGeneration < 0) throw invalid('observed_generation', 'is below 0');
  const { observedGeneration, assignmentId } = message;
  return { facts, roles: message.roles.map(roleOfferFromProto), observedGeneration, assignmentId };
}

/** @returns undefined when the agent says nothing of it */
export function clockFromProto(message: Clock__Output | null): Clock | undefined {
  if (message === null) return undefined;
  const { offsetMs, uncertaintyMs } = message;
  if (!Number.isFinite(offsetMs)) throw invalid('clock.offset_ms', 'is not a number');
  if (!Number.isFinite(uncertaintyMs) || uncertaintyMs < 0)
    throw invalid('clock.uncertainty_ms', 'is not a number from 0');
  return { offsetMs, uncertaintyMs };
}

export function observedFromProto(message: ObservedState__Output): Observed {
  const preparation = message.preparation?.state.replace('PREPARATION_STATE_', '');
  const { order } = message;
  const orderState = order?.state.replace('ORDER_STATE_', '');
  return {
    generation: message.observedGeneration,
    preparation:
      preparation === 'PREPARING' || preparation === 'READY' || preparation === 'FAILED'
        ? preparation
        : undefined,
    preparationError: message.preparation?.error ?? '',
    roles: message.roles.map(roleOfferFromProto),
    order:
      order === null || orderState === undefined || orderState === 'UNSPECIFIED'
        ? undefined
        : {
            assignmentId: order.assignmentId,
            state: orderState as OrderState,
            error: order.error,
            endpoints: order.endpoints,
          },
  };
}

/** @param metadata of the call, which is where a trace context travels */
export function assignFromProto(message: AssignRequest__Output, metadata: Metadata): Wanted {
  const requestId = required('request_id', message.requestId, 128);
  const user = required('user', message.user, 256);
  const role = required('role', message.role, 63);
  if (message.environment.length > 256) throw invalid('environment', 'has more than 256 characters');
  const env = Object.entries(message.env);
  if (env.length > 128) throw invalid('env', 'has more than 128 variables');
  let envBytes = 0;
  for (const [name, value] of env) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name))
      throw invalid('env', `has the name "${name.slice(0, 300)}"`);
    if (value.includes('\0')) throw invalid('env', `has a value for ${name} with a NUL character`);
    const bytes = Buffer.byteLength(value);
    if (bytes > maxValueBytes)
      throw invalid('env', `has a value for ${name} of ${bytes} bytes, more than ${maxValueBytes}`);
    envBytes += name.length + bytes + 2;
  }
  if (envBytes > maxEnvBytes)
    throw new ParbakeError('ORDER_TOO_LARGE', `env has ${envBytes} bytes, more than ${maxEnvBytes}`);
  const [header = ''] = metadata.get('traceparent').map(String);
  const traceparent = traceparentOf(header) === undefined ? '' : header;
  const tracestate = traceparent === '' ? '' : tracestateOf(metadata.get('tracestate').map(String));
  const waits = { WAIT_UNTIL_CLAIMED: 'CLAIMED', WAIT_UNTIL_EXEC: 'EXEC' } as const;
  const wait =
    message.wait === 'WAIT_UNTIL_CLAIMED' || message.wait === 'WAIT_UNTIL_EXEC'
      ? waits[message.wait]
      : 'READY';
  return {
    requestId,
    user,
    role,
    environment: message.environment,
    env: Object.fromEntries(env),
    files: filesFromProto(message.files),
    wait,
    traceparent,
    tracestate,
  };
}

function filesFromProto(files: Readonly<Record<string, Buffer>>): Record<string, string> {
  const entries = Object.entries(files);
  if (entries.length > maxFiles) throw invalid('files', `has more than ${maxFiles} files`);
  const bytes = entries.reduce((sum, [, content]) => sum + content.length, 0);
  if (bytes > maxFileBytes) throw invalid('files', `has ${bytes} bytes, more than ${maxFileBytes}`);
  for (const [name] of entries)
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/.test(name)) throw invalid('files', `has the name "${name}"`);
  return Object.fromEntries(entries.map(([name, content]) => [name, content.toString('base64')]));
}

/** @throws ParbakeError ROLE_INVALID */
export function roleFromProto(message: Role__Output): Pick<KnownRole, 'name' | 'userEnv' | 'takesFiles'> {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(message.name))
    throw new ParbakeError(
      'ROLE_INVALID',
      `"${message.name}" is not a role name: 1 to 63 lower-case letters, digits and hyphens`,
    );
  const bad = message.userEnv.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (bad !== undefined)
    throw new ParbakeError('ROLE_INVALID', `role ${message.name}: "${bad}" is not the name of a variable`);
  return { name: message.name, userEnv: message.userEnv, takesFiles: message.takesFiles };
}

/** A century from now no agent of this version runs; below, its clock was never set. Milliseconds and nanoseconds. */
const latest = Date.UTC(2100, 0, 1);
/** Milliseconds that an instance's clock may be ahead of ours: samples are kept by their age, and these would have none. */
const mostAhead = 86_400_000;
/** Milliseconds that one sample may cover. */
const longestSample = 86_400_000;

/**
 * What cannot be stored or looked at, as a broken clock or counter makes it, is left out rather than refused: an agent
 * sends a batch until it is taken.
 * @param now milliseconds since the epoch
 */
export function reportFromProto(
  message: ReportRequest__Output,
  now: number,
): { batch: ReportBatch; spans: Span__Output[]; leftOut: number } {
  required('instance_id', message.instanceId, 128);
  required('boot_id', message.bootId, 128);
  if (message.sequence < 1) throw invalid('sequence', 'starts at 1');
  const spans = message.spans.filter(isSpan).map((span) => ({
    ...span,
    io: countersOf(span.io),
    containerIo: countersOf(span.containerIo),
  }));
  const samples = message.samples.filter((sample) => isSample(sample, now));
  const leftOut = message.spans.length - spans.length + (message.samples.length - samples.length);
  const batch = {
    instanceId: message.instanceId,
    bootId: message.bootId,
    sequence: message.sequence,
    spans: spans.map((span) => ({
      id: span.spanId,
      startNs: span.startUnixNs,
      json: JSON.stringify(span),
    })),
    pulls: message.pulls.map((pull) => JSON.stringify(pull)),
    starts: message.starts.map((start) => JSON.stringify(start)),
    reads: message.reads.map((reads) => JSON.stringify(readsFromProto(reads))),
    samples: samples.map(sampleFromProto),
  };
  return { batch, spans, leftOut };
}

/** A counter that cannot be is absent, as one that was not read. */
function countersOf(io: IoCounters__Output | null): IoCounters__Output | null {
  if (io === null) return null;
  const sound = Object.entries(io).filter(([, count]) => Number.isSafeInteger(count) && Number(count) >= 0);
  return Object.fromEntries(sound);
}

function isSpan({ spanId, startUnixNs, endUnixNs }: Span__Output): boolean {
  const isTime = (ns: number): boolean => ns >= 0 && ns <= latest * 1e6;
  return spanId !== '' && isTime(startUnixNs) && isTime(endUnixNs);
}

function isSample({ container, startUnixMs, intervalMs }: Sample__Output, now: number): boolean {
  const isLong = intervalMs > 0 && intervalMs <= longestSample;
  return container.length <= 256 && isLong && startUnixMs >= 0 && startUnixMs <= now + mostAhead;
}

/** Missed chunks and files of one start; an agent sends fewer. */
const mostMissed = 5000;
const mostRanges = 1000;

function readsFromProto(reads: StartReads__Output): StartReads__Output {
  required('reads.role', reads.role, 63);
  if (reads.unwatched.length > 1000) throw invalid('reads.unwatched', 'has more than 1000 characters');
  if (reads.bakeId.length > 128 || reads.fileSystemUuid.length > 128)
    throw invalid('reads.bake_id', 'has more than 128 characters');
  if (reads.missedChunks.length > mostMissed || reads.missedFiles.length > mostMissed)
    throw invalid('reads.missed_chunks', `has more than ${mostMissed}`);
  if (!reads.missedChunks.every((chunk) => chunk >= 0)) throw invalid('reads.missed_chunks', 'is below 0');
  for (const { path, ranges } of reads.missedFiles) {
    // It ends up in a list of what other machines read.
    if (!path.startsWith('/') || path.length > 4096 || path.split('/').includes('..'))
      throw invalid('reads.missed_files.path', `is not a path: "${path.slice(0, 100)}"`);
    if (ranges.length === 0 || ranges.length % 2 !== 0 || ranges.length > 2 * mostRanges)
      throw invalid('reads.missed_files.ranges', 'are not some pairs of offset and length');
    if (!ranges.every((bytes, index) => bytes >= index % 2))
      throw invalid('reads.missed_files.ranges', 'has an offset below 0 or a length of 0');
  }
  return reads;
}

function sampleFromProto({ io, ...sample }: Sample__Output): Sample {
  const {
    container,
    startUnixMs: startMs,
    intervalMs,
    cpuMs,
    ioStallMs,
    memoryBytes,
    pageCacheBytes,
  } = sample;
  const figures = { ...io, cpuMs, ioStallMs, memoryBytes, pageCacheBytes };
  const known: SampleFigures = {};
  for (const key of [...counted, ...levels]) {
    const value = figures[key];
    const isTime = key === 'cpuMs' || key === 'ioStallMs';
    if (value !== undefined && value >= 0 && (isTime ? Number.isFinite(value) : Number.isSafeInteger(value)))
      known[key] = value;
  }
  return { container, startMs, intervalMs, ...known };
}

/** @returns 1 to 10000; 1000 when none was asked for */
export function maxSamplesFromProto(count: number): number {
  if (count === 0) return 1000;
  if (count < 1 || count > 10_000) throw invalid('max_samples', `is ${count}, not between 1 and 10000`);
  return count;
}

/** @param token from a former answer, or empty for the first page */
export function sequenceFromProto(token: string): number {
  if (!/^\d{0,15}$/.test(token)) throw invalid('page_token', 'is not one of ours');
  return Number(token);
}

export interface EventsWanted extends EventFilter {
  /** The sequence to begin after; absent to begin with the newest `last`. */
  after?: number;
  last: number;
  /** Ends where the store ends. */
  untilNow: boolean;
}

export function eventsFromProto(message: WatchEventsRequest__Output): EventsWanted {
  const { instanceId, assignmentId, cursor, last, untilNow } = message;
  if (instanceId.length > 128) throw invalid('instance_id', 'has more than 128 characters');
  if (assignmentId.length > 128) throw invalid('assignment_id', 'has more than 128 characters');
  if (!/^\d{0,15}$/.test(cursor)) throw invalid('cursor', 'is not one of ours');
  if (last < 0 || last > 10_000) throw invalid('last', `is ${last}, not between 0 and 10000`);
  if (cursor !== '' && last > 0) throw invalid('last', 'is not for a cursor');
  return { instanceId, assignmentId, last, untilNow, ...(cursor === '' ? {} : { after: Number(cursor) }) };
}

/** @returns 1 to 1000; 100 when none was asked for */
export function pageSizeFromProto(size: number): number {
  if (size === 0) return 100;
  if (size < 1 || size > 1000) throw invalid('page_size', `is ${size}, not between 1 and 1000`);
  return size;
}

/** @param token from `pageToken`, or empty for the first page */
export function positionFromProto(token: string): Pick<AssignmentFilter, 'before'> {
  if (token === '') return {};
  const [, createTime, assignmentId] = /^(\d{1,15})\.([\w-]{1,128})$/.exec(token) ?? [];
  if (createTime === undefined || assignmentId === undefined)
    throw invalid('page_token', 'is not one of ours');
  return { before: { createTime: Number(createTime), assignmentId } };
}

export function required(field: string, value: string, maxLength: number): string {
  if (value === '') throw invalid(field, 'is required');
  if (value.length > maxLength) throw invalid(field, `has more than ${maxLength} characters`);
  return value;
}

export function invalid(field: string, problem: string): ParbakeError {
  return new ParbakeError('REQUEST_INVALID', `${field} ${problem}`);
}

function roleOfferFromProto({ replayed, ...offer }: RoleOffer__Output): RoleOffer {
  const { name, userEnv, ports, preparation, takesFiles } = offer;
  const isPart = replayed !== undefined && replayed >= 0 && replayed <= 1;
  return { name, userEnv, ports, preparation, takesFiles, ...(isPart ? { replayed } : {}) };
}
