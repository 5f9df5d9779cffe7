import { eventName, eventState } from '../insight/events.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import type { IoCounters__Output } from '../../proto/gen/parbake/v1/IoCounters.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { ReportedReads } from '../../proto/wire/telemetry.ts';
import { millisecondsOf, type ProtoTime } from '../../proto/wire/time.ts';
import type { Sample } from '../core/sample.ts';
import { imageHits, layerHits, pageCacheHit } from '../insight/cache-hits.ts';
import { stateName } from '../insight/format.ts';
import { isImdsExposed } from './imds-exposed.ts';
import { phasesOf } from '../insight/phases.ts';
import { coverageOf } from '../insight/start-reads.ts';
import type { Shown, Timeline } from './read-instance.ts';

/** The document that --json prints: keys in snake_case, without absent figures. */
export function shownDocument({ instance, assignment, timeline, samples, events }: Shown) {
  return {
    instance: instanceDocument(instance),
    assignment: assignment === null ? null : assignmentDocument(assignment),
    ...timelineDocument(timeline),
    phases: phasesOf(timeline.spans).map(({ name, assignmentRole, wallMs, parts }) => ({
      name,
      role: assignmentRole,
      wall_ms: wallMs,
      parts,
    })),
    samples: samples.map(sampleDocument),
    events: events.map(eventDocument),
  };
}

export function instanceDocument(instance: Instance__Output) {
  const { facts } = instance;
  return {
    instance_id: instance.instanceId,
    state: stateName(instance.state),
    reason: instance.reason,
    message: instance.message,
    connected: instance.connected,
    engine_id: facts?.engineId ?? '',
    engine_version: facts?.engineVersion ?? '',
    private_ipv4: facts?.privateIpv4 ?? '',
    image_id: facts?.imageId ?? '',
    instance_type: facts?.instanceType ?? '',
    bake_id: facts?.bakeId ?? '',
    ec2: ec2Document(instance.ec2),
    roles: instance.roles.map(({ name }) => name),
    imds_exposed: instance.roles.filter(isImdsExposed).map(({ name }) => name),
    assignment_id: instance.assignmentId,
    user: instance.user,
    generation: instance.generation,
    observed_generation: instance.observedGeneration,
  };
}

function ec2Document(ec2: Instance__Output['ec2']) {
  if (ec2 === null) return undefined;
  return {
    state: ec2.state,
    instance_type: ec2.instanceType,
    image_id: ec2.imageId,
    availability_zone: ec2.availabilityZone,
    private_ipv4: ec2.privateIpv4,
    public_ipv4: ec2.publicIpv4,
    tags: ec2.tags,
  };
}

export function assignmentDocument(assignment: Assignment__Output) {
  const { timings } = assignment;
  return {
    assignment_id: assignment.assignmentId,
    user: assignment.user,
    role: assignment.role,
    environment: assignment.environment,
    state: stateName(assignment.state),
    instance_id: assignment.instanceId,
    attempt: assignment.attempt,
    reason: assignment.reason,
    message: assignment.message,
    endpoints: assignment.endpoints,
    claimed_ms: millisecondsOf(timings?.claimed),
    delivered_ms: millisecondsOf(timings?.delivered),
    started_ms: millisecondsOf(timings?.started),
    ready_ms: millisecondsOf(timings?.ready),
    routed_ms: millisecondsOf(timings?.routed),
    routes: assignment.routes.map(({ name, container, port }) => ({ name, container, port })),
  };
}

export function timelineDocument({ spans, pulls, starts, reads }: Timeline) {
  return {
    spans: spans.map((span) => ({
      span_id: span.spanId,
      parent_id: span.parentId,
      name: span.name,
      start_unix_ns: span.startUnixNs,
      end_unix_ns: span.endUnixNs,
      assignment_id: span.assignmentId,
      attributes: span.attributes,
      io: ioDocument(span.io),
      container_io: span.containerIo === null ? undefined : ioDocument(span.containerIo),
    })),
    pulls: pulls.map((pull) => ({
      ref: pull.ref,
      digest: pull.digest,
      size_bytes: pull.sizeBytes,
      pull_ms: pull.pullMs,
      start_time: timeText(pull.startTime),
      at_bake: pull.atBake,
      retries: pull.retries.map(({ time, code, reason, waitMs }) => ({
        time: timeText(time),
        code,
        reason,
        wait_ms: waitMs,
      })),
      layers: pull.layers.map((layer) => ({
        digest: layer.digest,
        size_bytes: layer.sizeBytes,
        download_start_ms: layer.downloadStartMs,
        download_ms: layer.downloadMs,
        extract_start_ms: layer.extractStartMs,
        extract_ms: layer.extractMs,
        cached: layer.cached,
      })),
    })),
    starts: starts.map((start) => ({
      name: start.name,
      image: start.image,
      container_id: start.containerId,
      prepared: start.prepared,
      create_ms: start.createMs,
      start_ms: start.startMs,
      exec_ms: start.execMs,
      ready_ms: start.readyMs,
      assignment_id: start.assignmentId,
      error: start.error,
    })),
    reads: reads.map((read) => ({ ...readsDocument(read), page_cache_hit: pageCacheHit(read, spans) })),
    caches: { images: imageHits(starts, pulls), layers: layerHits(pulls) },
  };
}

function readsDocument(reads: ReportedReads) {
  const { recall, isRecallBound, precision } = coverageOf(reads);
  return {
    role: reads.role,
    assignment_id: reads.assignmentId,
    unwatched: reads.unwatched === '' ? undefined : reads.unwatched,
    bake_id: reads.bakeId,
    recall,
    recall_is_bound: isRecallBound,
    precision,
    used_bytes: reads.usedBytes,
    listed_bytes: reads.listedBytes,
    missed_bytes: reads.missedBytes,
    missed_chunks: reads.missedChunks.length,
    missed_files: reads.missedFiles.map(({ path }) => path),
    left_out: reads.leftOut,
  };
}

export function sampleDocument(sample: Sample) {
  return {
    container: sample.container,
    start_unix_ms: sample.startMs,
    interval_ms: sample.intervalMs,
    io: ioDocument(sample),
    cpu_ms: sample.cpuMs,
    io_stall_ms: sample.ioStallMs,
    memory_bytes: sample.memoryBytes,
    page_cache_bytes: sample.pageCacheBytes,
  };
}

export function eventDocument(event: Event__Output) {
  const { time, assignmentId, reason, message } = event;
  const name = { event: eventName(event), state: eventState(event) };
  return { time: timeText(time), assignment_id: assignmentId, ...name, reason, message };
}

export function timeText(time: ProtoTime | null): string | undefined {
  return time === null ? undefined : new Date(millisecondsOf(time)).toISOString();
}

function ioDocument(io: Omit<IoCounters__Output, `_${string}`> | null) {
  return {
    disk_read_bytes: io?.diskReadBytes,
    disk_write_bytes: io?.diskWriteBytes,
    network_receive_bytes: io?.networkReceiveBytes,
    network_transmit_bytes: io?.networkTransmitBytes,
    disk_read_operations: io?.diskReadOperations,
    disk_write_operations: io?.diskWriteOperations,
  };
}
