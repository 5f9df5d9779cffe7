import { randomUUID } from 'node:crypto';
import {
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  createTraceState,
  type HrTime,
  type SpanContext,
  type SpanStatus,
} from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { defined } from '../../../proto/errors/defined.ts';
import { catalogue } from '../../../proto/errors/catalogue.ts';
import type { ParbakeError } from '../../../proto/errors/errors.ts';
import type { IoCounters__Output } from '../../../proto/gen/parbake/v1/IoCounters.ts';
import type { Span__Output } from '../../../proto/gen/parbake/v1/Span.ts';
import type { Assignment, Facts } from '../../core/model.ts';
import type { OutcomeObserver, RefusedRequest } from '../../core/observer.ts';
import { exporterOptions } from './exporter-options.ts';
import type { OtlpTarget } from './otlp-options.ts';
import { bootTraceId, isSampled, parentOf, spanIdOf, traceOf, type ServedAssignment } from '../trace-ids.ts';

export interface TracesOptions {
  target: OtlpTarget;
  /** What describes this process. */
  resource: Readonly<Record<string, string>>;
  version: string;
  /** Called with the result of each export. */
  count: (result: 'sent' | 'refused' | 'dropped' | 'unsampled', spans: number) => void;
}

/** Spans that may wait for the collector. Further ones are dropped and counted. */
const maxWaiting = 8192;
const together = 512;
/** Milliseconds. */
const delay = 1_000;

const assignMethod = 'parbake.v1.AssignmentService/Assign';

/** Sends timelines to an OpenTelemetry collector. It never waits for it, and keeps a bounded queue. */
export class Traces implements OutcomeObserver {
  readonly #options: TracesOptions;
  readonly #processor: BatchSpanProcessor;
  readonly #coordinator: ReadableSpan['resource'];
  #waiting = 0;

  constructor(options: TracesOptions) {
    this.#options = options;
    const exporter = new OTLPTraceExporter(exporterOptions(options.target));
    this.#processor = new BatchSpanProcessor({
      exporter: this.#counted(exporter),
      maxQueueSize: maxWaiting,
      maxExportBatchSize: together,
      scheduledDelayMillis: delay,
      exportTimeoutMillis: options.target.timeoutMs,
    });
    this.#coordinator = resourceFromAttributes(options.resource);
  }

  /**
   * The spans of one batch, which have ended, on the coordinator's clock: callers' spans are on it too, as far as anybody
   * knows.
   * @param source whose they are: a batch may be of an earlier boot than the one that is known
   * @param assignmentOf what is known of an assignment that a span names
   */
  reported(
    { facts, bootId, offsetMs }: { facts: Facts; bootId: string; offsetMs: number },
    spans: readonly Span__Output[],
    assignmentOf: (assignmentId: string) => ServedAssignment | undefined,
  ): void {
    const resource = resourceFromAttributes(resourceOf(facts));
    const boot = bootTraceId({ ...facts, bootId });
    const shift = offsetMs * 1e6;
    for (const span of spans) {
      if (span.endUnixNs < span.startUnixNs) continue;
      const assignment = span.assignmentId === '' ? undefined : assignmentOf(span.assignmentId);
      if (assignment !== undefined && !isSampled(assignment)) {
        this.#options.count('unsampled', 1);
        continue;
      }
      const traceId = assignment === undefined ? boot : traceOf(assignment);
      const parent =
        span.parentId === ''
          ? assignment && contextOf(traceId, spanIdOf(assignment.assignmentId))
          : contextOf(traceId, spanIdOf(span.parentId));
      const { tracestate = '' } = assignment ?? {};
      this.#send({
        name: span.name,
        kind: SpanKind.INTERNAL,
        context: contextOf(traceId, spanIdOf(span.spanId), tracestate),
        parent,
        startNs: span.startUnixNs + shift,
        endNs: span.endUnixNs + shift,
        attributes: { ...span.attributes, ...ioOf(span), 'parbake.boot.trace_id': boot },
        events: [],
        status: ok,
        resource,
      });
    }
  }

  /** Sends the span of an assignment that is served: the caller's request, above the instance's spans. */
  served(assignment: ServedAssignment): void {
    const { ready } = assignment.timings;
    if (ready !== undefined) this.#assign(assignment, assignment.createTime + ready, {}, ok);
  }

  /** Sends the span of an assignment that never served. What instances did for it is below it, too. */
  failed(assignment: Assignment, error: ParbakeError, at: number): void {
    this.#assign(assignment, at, outcomeOf(error), failure(error));
  }

  /** Sends the span of a request that was refused at once. */
  refused({ receivedTime, ...request }: RefusedRequest, error: ParbakeError, at: number): void {
    const { role, traceparent, tracestate } = request;
    const assignment = {
      assignmentId: randomUUID(),
      instanceId: '',
      role,
      traceparent,
      tracestate,
      timings: {},
    };
    this.#assign({ ...assignment, createTime: receivedTime }, at, outcomeOf(error), failure(error), false);
  }

  #assign(
    assignment: ServedAssignment,
    endMs: number,
    outcome: Record<string, string>,
    status: SpanStatus,
    isKnown = true,
  ): void {
    const { assignmentId, instanceId, role, createTime, timings, traceparent, tracestate } = assignment;
    if (!isSampled(assignment)) return this.#options.count('unsampled', 1);
    const startNs = createTime * 1e6;
    const ids = { 'parbake.assignment.id': isKnown ? assignmentId : '', 'parbake.instance.id': instanceId };
    this.#send({
      name: assignMethod,
      kind: SpanKind.SERVER,
      context: contextOf(traceOf(assignment), spanIdOf(assignmentId), tracestate),
      parent: parentOf(traceparent),
      startNs,
      endNs: Math.max(startNs, endMs * 1e6),
      attributes: {
        'rpc.system.name': 'grpc',
        'rpc.method': assignMethod,
        'parbake.role': role,
        ...Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== '')),
        ...outcome,
      },
      events: (['claimed', 'delivered', 'started', 'ready'] as const).flatMap((step) => {
        const ms = timings[step];
        return ms === undefined ? [] : [{ name: step, time: hrTime(startNs + ms * 1e6) }];
      }),
      resource: this.#coordinator,
      status,
    });
  }

  /** Sends waiting spans, for at most as long as a batch may take. */
  async close(): Promise<void> {
    const late = new Promise<void>((resolve) => void setTimeout(resolve, 2_000).unref());
    await Promise.race([this.#processor.shutdown().catch(() => {}), late]);
  }

  #send(span: NewSpan): void {
    if (this.#waiting >= maxWaiting) return this.#options.count('dropped', 1);
    this.#waiting += 1;
    this.#processor.onEnd(readable(span, this.#options.version));
  }

  /** Wraps an exporter, and counts its results. */
  #counted(exporter: OTLPTraceExporter): SpanExporter {
    return {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          this.#waiting = Math.max(0, this.#waiting - spans.length);
          this.#options.count(result.code === ExportResultCode.SUCCESS ? 'sent' : 'refused', spans.length);
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
      forceFlush: () => exporter.forceFlush(),
    };
  }
}

interface NewSpan {
  name: string;
  kind: SpanKind;
  context: SpanContext;
  parent: SpanContext | undefined;
  startNs: number;
  endNs: number;
  attributes: Record<string, string | number>;
  events: { name: string; time: HrTime }[];
  resource: ReadableSpan['resource'];
  status: SpanStatus;
}

const ok: SpanStatus = { code: SpanStatusCode.UNSET };

function failure({ code, message }: ParbakeError): SpanStatus {
  return { code: SpanStatusCode.ERROR, message: `${code}: ${message}` };
}

function outcomeOf(error: ParbakeError): Record<string, string> {
  return { 'error.type': error.code, 'rpc.response.status_code': catalogue[error.code].grpc };
}

function readable(span: NewSpan, version: string): ReadableSpan {
  const { name, kind, context, parent, startNs, endNs, attributes, events, resource, status } = span;
  return {
    name,
    kind,
    spanContext: () => context,
    ...defined({ parentSpanContext: parent }),
    startTime: hrTime(startNs),
    endTime: hrTime(endNs),
    duration: hrTime(endNs - startNs),
    status,
    attributes,
    links: [],
    events,
    ended: true,
    resource,
    instrumentationScope: { name: 'parbake', version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Attributes named as OpenTelemetry's semantic conventions say; unknown ones are left out. */
function resourceOf(facts: Facts): Record<string, string> {
  const attributes = {
    'service.name': 'parbake-agent',
    'service.version': facts.agentVersion,
    'service.instance.id': facts.instanceId,
    'host.id': facts.instanceId,
    'host.type': facts.instanceType,
    'host.arch': facts.architecture,
    'host.image.id': facts.imageId,
    'cloud.provider': facts.region === '' ? '' : 'aws',
    'cloud.platform': facts.region === '' ? '' : 'aws_ec2',
    'cloud.region': facts.region,
    'cloud.availability_zone': facts.availabilityZone,
    'os.description': facts.os,
    'parbake.bake.id': facts.bakeId,
  };
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== '' && value !== undefined),
  );
}

/** Attributes for what the whole host moved, and for what the span's container did. */
function ioOf({ io, containerIo }: Span__Output): Record<string, number> {
  return { ...ioAttributes('parbake', io), ...ioAttributes('parbake.container', containerIo) };
}

function ioAttributes(prefix: string, io: IoCounters__Output | null): Record<string, number> {
  const figures = {
    'disk.read': io?.diskReadBytes,
    'disk.write': io?.diskWriteBytes,
    'network.receive': io?.networkReceiveBytes,
    'network.transmit': io?.networkTransmitBytes,
    'disk.read_operations': io?.diskReadOperations,
    'disk.write_operations': io?.diskWriteOperations,
  };
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) =>
      value === undefined ? [] : [[`${prefix}.${name}`, value]],
    ),
  );
}

/** @param tracestate the caller's, which goes with every span of its trace */
function contextOf(traceId: string, spanId: string, tracestate = ''): SpanContext {
  const state = tracestate === '' ? {} : { traceState: createTraceState(tracestate) };
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, ...state };
}

function hrTime(ns: number): HrTime {
  const whole = BigInt(Math.round(ns));
  return [Number(whole / 1_000_000_000n), Number(whole % 1_000_000_000n)];
}
