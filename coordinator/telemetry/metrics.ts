import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cpuUsage, memoryUsage } from 'node:process';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { packageVersion } from '../../proto/process/version.ts';
import { instanceStates } from '../core/instance-state.ts';
import type { Timings } from '../core/model.ts';
import type { Observer } from '../core/observer.ts';
import { catalogue, spanNames, type MetricEntry, type MetricName } from './catalogue.ts';

/** Values of a label that people choose, such as roles. Later values are counted as `other`. */
const maxValues = 100;

/** Values that are read when the metrics are. */
export interface Levels {
  /** Absent while the store cannot be read, and where another coordinator tells it. */
  stored: StoredLevels | undefined;
  /** Agents whose session is here. */
  connected: number;
  isLeader: boolean;
  store: { isFailing: boolean; failures: number };
}

export interface PoolLevels {
  name: string;
  target: number;
  condition: string;
  /** Machines by what they are doing. */
  phases: Readonly<Record<string, number>>;
}

/** What the store knows. */
export interface StoredLevels {
  /** Instances by state. */
  states: Readonly<Record<string, number>>;
  /** Instances that are not connected. */
  silent: number;
  /** The instances that offer a role, by its name. */
  roles: ReadonlyMap<string, { states: Readonly<Record<string, number>>; silent: number }>;
  /** Pools as their last plans saw them. */
  pools: readonly PoolLevels[];
  /** Machine images and builds, one by one. */
  images: readonly { channel: string; state: string }[];
  /** Requests that wait for an instance, by role. */
  waiting: ReadonlyMap<string, number>;
  /** Instances that let containers reach the metadata service that should not. */
  imdsExposed: number;
  storeBytes: number;
}

const poolGauges = ['parbake_pool_instances', 'parbake_pool_target', 'parbake_pool_condition'] as const;
const storedGauges = [
  ...poolGauges,
  'parbake_images',
  'parbake_instances',
  'parbake_role_instances',
  'parbake_role_silent_instances',
  'parbake_silent_instances',
  'parbake_imds_exposed_instances',
  'parbake_waiting_assignments',
  'parbake_role_waiting_assignments',
  'parbake_store_bytes',
] as const satisfies readonly MetricName[];

/** The coordinator's metrics, on a registry of their own. */
export class Metrics implements Observer {
  readonly registry = new Registry();
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>();
  readonly #known = new Map<string, Set<string>>();
  /** Each reader has the longest delay since it last read. */
  readonly #loops = {
    scrape: monitorEventLoopDelay({ resolution: 20 }),
    otlp: monitorEventLoopDelay({ resolution: 20 }),
  };

  constructor() {
    this.#loops.scrape.enable();
    for (const [name, entry] of Object.entries(catalogue) as [MetricName, MetricEntry][]) {
      const { type, help, labels, buckets = [] } = entry;
      const common = { name, help, labelNames: [...labels], registers: [this.registry] };
      if (type === 'counter') this.#metrics.set(name, new Counter(common));
      else if (type === 'gauge') this.#metrics.set(name, new Gauge(common));
      else this.#metrics.set(name, new Histogram({ ...common, buckets: [...buckets] }));
    }
    this.#gauge('parbake_build_info').set({ version: packageVersion() }, 1);
  }

  step(role: string, step: keyof Timings, ms: number): void {
    this.#observe('parbake_assignment_step_seconds', { role: this.#bounded('role', role), step }, ms / 1000);
  }

  attemptFailed(role: string, reason: string): void {
    // Only the code of a reason is a label: sentences would make endless series.
    const [, code = 'UNKNOWN'] = /^([A-Z][A-Z_]{2,40})\b/.exec(reason) ?? [];
    this.#count('parbake_assignment_attempts_failed_total', {
      role: this.#bounded('role', role),
      code: this.#bounded('code', code),
    });
  }

  /** Counted by its step `ready`. */
  served(): void {}

  /** Counted by its attempts. */
  failed(): void {}

  /** Counted by the call and its status. */
  refused(): void {}

  checkedIn(): void {
    this.#count('parbake_check_ins_total', {});
  }

  attested(attestor: string, outcome: string): void {
    this.#count('parbake_attestations_total', { attestor, outcome });
  }

  identityConflict(): void {
    this.#count('parbake_identity_conflicts_total', {});
  }

  /** Spans for an OpenTelemetry collector. */
  exported(result: string, spans: number): void {
    this.#counter('parbake_otlp_spans_total').inc({ result }, spans);
  }

  /** @param path as gRPC has it. @param status in capitals */
  call(path: string, status: string, seconds: number): void {
    const [, service = '', method = ''] = path.split('/');
    this.#observe('parbake_grpc_server_handled_seconds', { method, status }, seconds);
    const labels = { grpc_type: 'unary', grpc_service: service, grpc_method: method };
    this.#count('grpc_server_handled_total', { ...labels, grpc_code: codeName(status) });
    this.#observe('grpc_server_handling_seconds', labels, seconds);
  }

  /** A call that launches, lists or terminates machines. */
  providerCalled(action: string, outcome: string): void {
    this.#count('parbake_provider_calls_total', { action, outcome });
  }

  handshakeFailed(kind: string): void {
    this.#count('parbake_tls_handshake_failures_total', { kind });
  }

  /** A batch of an agent's report. */
  reported(
    { spans, pulls }: { spans: readonly ReportedSpan[]; pulls: readonly ReportedPull[] },
    isNew: boolean,
  ): void {
    this.#count('parbake_report_batches_total', { result: isNew ? 'stored' : 'repeated' });
    if (!isNew) return;
    for (const { name, startUnixNs, endUnixNs } of spans) {
      const span = spanNames.has(name) ? name : 'other';
      if (endUnixNs >= startUnixNs)
        this.#observe('parbake_span_seconds', { span }, (endUnixNs - startUnixNs) / 1e9);
    }
    for (const { pullMs, atBake, layers } of pulls) {
      if (atBake) continue;
      this.#observe('parbake_pull_seconds', {}, pullMs / 1000);
      const cached = layers.filter((layer) => layer.cached).length;
      const counter = this.#counter('parbake_pull_layers_total');
      counter.inc({ result: 'cached' }, cached);
      counter.inc({ result: 'fetched' }, layers.length - cached);
    }
  }

  /** A push of all metrics. */
  pushed(result: string): void {
    this.#count('parbake_otlp_metric_exports_total', { result });
  }

  /** Everything in Prometheus' text format. */
  async scrape(levels: Levels): Promise<{ type: string; text: string }> {
    this.#setLevels(levels, 'scrape');
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  /** Every metric that has a value, for OpenTelemetry. */
  async read(levels: Levels): Promise<MetricReading[]> {
    this.#loops.otlp.enable();
    this.#setLevels(levels, 'otlp');
    const read = (await this.registry.getMetricsAsJSON()) as { name: string; values: MetricValue[] }[];
    return read
      .filter(({ values }) => values.length > 0)
      .map(({ name, values }) => ({ name, entry: catalogue[name as MetricName], values }));
  }

  #setLevels(levels: Levels, reader: 'scrape' | 'otlp'): void {
    this.#gauge('parbake_store_failing').set(levels.store.isFailing ? 1 : 0);
    const failures = this.#counter('parbake_store_failures_total');
    failures.reset();
    failures.inc(levels.store.failures);
    this.#gauge('parbake_connected_agents').set(levels.connected);
    this.#gauge('parbake_leader').set(levels.isLeader ? 1 : 0);
    this.#setStored(levels.stored);
    const loop = this.#loops[reader];
    this.#gauge('parbake_event_loop_delay_seconds').set(loop.max / 1e9);
    loop.reset();
    this.#gauge('process_resident_memory_bytes').set(memoryUsage.rss());
    this.#gauge('process_start_time_seconds').set(performance.timeOrigin / 1000);
    const cpu = this.#counter('process_cpu_seconds_total');
    cpu.reset();
    const { user, system } = cpuUsage();
    cpu.inc((user + system) / 1e6);
  }

  #setStored(levels: StoredLevels | undefined): void {
    // What is not known has no value: an old one would look like the present one.
    if (levels === undefined) {
      for (const name of storedGauges) {
        const gauge = this.#gauge(name);
        gauge.reset();
        // A reset leaves 0 where there are no labels.
        gauge.remove({});
      }
      return;
    }
    const { states, silent, imdsExposed, roles, waiting, storeBytes } = levels;
    const instances = this.#gauge('parbake_instances');
    instances.reset();
    // Every state is set, also at 0: a series that vanishes at zero shows "No data".
    for (const state of instanceStates) instances.set({ state }, states[state] ?? 0);
    const ofRole = this.#gauge('parbake_role_instances');
    ofRole.reset();
    const silentOfRole = this.#gauge('parbake_role_silent_instances');
    silentOfRole.reset();
    const waitingForRole = this.#gauge('parbake_role_waiting_assignments');
    waitingForRole.reset();
    for (const name of [...roles.keys(), ...waiting.keys()]) this.#bounded('role', name);
    // Series of a role without instances stay at 0 for as long as the process lives.
    for (const role of this.#known.get('role') ?? []) {
      ofRole.set({ role, state: 'READY' }, 0);
      silentOfRole.set({ role }, 0);
      waitingForRole.set({ role }, 0);
    }
    for (const [name, count] of waiting) waitingForRole.inc({ role: this.#bounded('role', name) }, count);
    for (const [name, counts] of roles) {
      const role = this.#bounded('role', name);
      for (const [state, count] of Object.entries(counts.states)) ofRole.inc({ role, state }, count);
      silentOfRole.inc({ role }, counts.silent);
    }
    this.#setPools(levels.pools);
    this.#gauge('parbake_images').reset();
    for (const { channel: name, state } of levels.images) {
      const channel = this.#bounded('channel', name);
      // Its first failure would be no change otherwise.
      this.#gauge('parbake_images').inc({ channel, state: 'FAILED' }, 0);
      this.#gauge('parbake_images').inc({ channel, state }, 1);
    }
    this.#gauge('parbake_silent_instances').set(silent);
    this.#gauge('parbake_imds_exposed_instances').set(imdsExposed);
    this.#gauge('parbake_waiting_assignments').set(
      [...waiting.values()].reduce((sum, count) => sum + count, 0),
    );
    this.#gauge('parbake_store_bytes').set(storeBytes);
  }

  #setPools(pools: readonly PoolLevels[]): void {
    for (const name of poolGauges) this.#gauge(name).reset();
    for (const { name, target, condition, phases } of pools) {
      const pool = this.#bounded('pool', name);
      this.#gauge('parbake_pool_target').inc({ pool }, target);
      this.#gauge('parbake_pool_condition').set({ pool, condition }, 1);
      for (const [phase, count] of Object.entries(phases))
        this.#gauge('parbake_pool_instances').inc({ pool, phase }, count);
    }
  }

  #bounded(label: string, value: string): string {
    const known = this.#known.get(label) ?? new Set<string>();
    this.#known.set(label, known);
    if (known.has(value)) return value;
    if (known.size >= maxValues) return 'other';
    known.add(value);
    return value;
  }

  #observe(name: MetricName, labels: Record<string, string>, value: number): void {
    const metric = this.#metrics.get(name);
    if (metric instanceof Histogram) metric.observe(labels, value);
  }

  #count(name: MetricName, labels: Record<string, string>): void {
    this.#counter(name).inc(labels);
  }

  #gauge(name: MetricName): Gauge {
    const metric = this.#metrics.get(name);
    if (!(metric instanceof Gauge)) throw new TypeError(`${name} is not a gauge`);
    return metric;
  }

  #counter(name: MetricName): Counter {
    const metric = this.#metrics.get(name);
    if (!(metric instanceof Counter)) throw new TypeError(`${name} is not a counter`);
    return metric;
  }
}

/** `NOT_FOUND` as `NotFound`, and OK as it is: the way in which gRPC's own libraries name codes in metrics. */
function codeName(status: string): string {
  if (status === 'OK') return status;
  return status.toLowerCase().replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/** A metric and its values at one moment. */
export interface MetricReading {
  name: string;
  entry: MetricEntry;
  values: readonly MetricValue[];
}

/** One value of a metric as the registry gives it; of a histogram, a part of one. */
export interface MetricValue {
  value: number;
  labels: Readonly<Record<string, string | number>>;
  /** `NAME_bucket`, `NAME_sum` or `NAME_count` of a histogram. */
  metricName?: string;
}

interface ReportedPull {
  pullMs: number;
  atBake: boolean;
  layers: readonly { cached: boolean }[];
}

interface ReportedSpan {
  name: string;
  startUnixNs: number;
  endUnixNs: number;
}
