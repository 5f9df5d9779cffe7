/** Every metric that `/metrics` has. docs/metrics.md is made from this. */
export interface MetricEntry {
  type: 'gauge' | 'counter' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram, in seconds. */
  buckets?: readonly number[];
}

/** From a gate's release to a cold pull. */
const seconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const;

export const catalogue = {
  parbake_instances: {
    type: 'gauge',
    help: 'Instances by state.',
    labels: ['state'],
  },
  parbake_role_instances: {
    type: 'gauge',
    help: 'Instances that offer a role, by state.',
    labels: ['role', 'state'],
  },
  parbake_connected_agents: {
    type: 'gauge',
    help: 'Agents whose session is open.',
    labels: [],
  },
  parbake_waiting_assignments: {
    type: 'gauge',
    help: 'Assignments that wait for an instance.',
    labels: [],
  },
  parbake_assignment_step_seconds: {
    type: 'histogram',
    help: 'From Assign until the step (claimed, delivered, started, ready), by role.',
    labels: ['role', 'step'],
    buckets: seconds,
  },
  parbake_assignment_attempts_failed_total: {
    type: 'counter',
    help: 'Instances that did not serve the assignment they were taken for, by role and error code.',
    labels: ['role', 'code'],
  },
  parbake_check_ins_total: {
    type: 'counter',
    help: 'Check-ins of agents.',
    labels: [],
  },
  parbake_span_seconds: {
    type: 'histogram',
    help: 'Steps that instances reported, by name.',
    labels: ['span'],
    buckets: seconds,
  },
  parbake_pull_seconds: {
    type: 'histogram',
    help: 'Image pulls on instances (not at bake).',
    labels: [],
    buckets: seconds,
  },
  parbake_report_batches_total: {
    type: 'counter',
    help: 'Batches of reports from agents; a repeated one was stored before.',
    labels: ['result'],
  },
  parbake_grpc_server_handled_seconds: {
    type: 'histogram',
    help: 'Unary calls, by method and gRPC status.',
    labels: ['method', 'status'],
    buckets: seconds,
  },
  parbake_otlp_spans_total: {
    type: 'counter',
    help: 'Spans for the OpenTelemetry collector: sent, refused by it, or dropped because too many waited.',
    labels: ['result'],
  },
  parbake_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'Longest time since the last scrape that the event loop was held up.',
    labels: [],
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory.', labels: [] },
  process_cpu_seconds_total: { type: 'counter', help: 'Processor time, user and system.', labels: [] },
  process_start_time_seconds: { type: 'gauge', help: 'Start, since the epoch.', labels: [] },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof catalogue;

/** Spans with a name of their own in `parbake_span_seconds`; every other is `other`. */
export const spanNames: ReadonlySet<string> = new Set([
  'boot',
  'boot.firmware',
  'boot.loader',
  'boot.kernel',
  'boot.initrd',
  'boot.network',
  'boot.docker',
  'agent.start',
  'docker.ready',
  'check_in',
  'replay',
  'prepare',
  'assignment',
  'inventory',
  'container.create',
  'container.start',
  'container.gate',
  'container.exec',
  'container.pause',
  'container.unpause',
  'container.ready',
  'container.remove',
]);
