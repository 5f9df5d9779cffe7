/** Every metric, for `/metrics` and for OpenTelemetry. docs/metrics.md is made from this. */
export interface MetricEntry {
  type: 'gauge' | 'counter' | 'histogram';
  help: string;
  /** The unit in UCUM, for OpenTelemetry: `s`, `By`, or what is counted in braces. */
  unit: string;
  labels: readonly string[];
  /** Upper bounds of a histogram, in seconds. */
  buckets?: readonly number[];
}

/** Bounds from a gate's release to a cold pull. */
const seconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const;

export const catalogue = {
  parbake_build_info: {
    type: 'gauge',
    help: 'Always 1; the label says which version runs.',
    unit: '1',
    labels: ['version'],
  },
  parbake_instances: {
    type: 'gauge',
    help: 'Instances by state. READY are those whose agent is connected.',
    unit: '{instance}',
    labels: ['state'],
  },
  parbake_role_instances: {
    type: 'gauge',
    help: 'Instances that offer a role, by state. READY are those whose agent is connected.',
    unit: '{instance}',
    labels: ['role', 'state'],
  },
  parbake_silent_instances: {
    type: 'gauge',
    help: 'Instances that are expected to run and whose agent is not connected, in any state.',
    unit: '{instance}',
    labels: [],
  },
  parbake_role_silent_instances: {
    type: 'gauge',
    help: 'The same, of the instances that offer a role.',
    unit: '{instance}',
    labels: ['role'],
  },
  parbake_imds_exposed_instances: {
    type: 'gauge',
    help: 'Instances whose metadata service answers containers of a role without `metadata: allow`.',
    unit: '{instance}',
    labels: [],
  },
  parbake_pool_instances: {
    type: 'gauge',
    help: 'Machines of a pool by what they are doing: expected, preparing, ready, silent, assigned, quarantined, over, ending.',
    unit: '{instance}',
    labels: ['pool', 'phase'],
  },
  parbake_pool_target: {
    type: 'gauge',
    help: 'READY instances that a pool wants.',
    unit: '{instance}',
    labels: ['pool'],
  },
  parbake_pool_condition: {
    type: 'gauge',
    help: '1 for the condition that a pool is in: OK, FILLING, STARVED, CAPPED, BREAKER_OPEN, BROKEN, PAUSED, DELETING.',
    unit: '1',
    labels: ['pool', 'condition'],
  },
  parbake_images: {
    type: 'gauge',
    help: 'Machine images and builds by state: BUILDING, PROVING, AVAILABLE, DEPRECATED, FAILED. Failed ones are kept for a week.',
    unit: '{image}',
    labels: ['channel', 'state'],
  },
  parbake_provider_calls_total: {
    type: 'counter',
    help: 'Calls that launch, list and terminate machines and make images, by outcome: ok, or why they failed.',
    unit: '{call}',
    labels: ['action', 'outcome'],
  },
  parbake_connected_agents: {
    type: 'gauge',
    help: 'Agents whose session is open.',
    unit: '{agent}',
    labels: [],
  },
  parbake_leader: {
    type: 'gauge',
    help: 'Whether this coordinator leads those that share its store: 1 or 0. Only the leader reports gauges of the whole fleet.',
    unit: '1',
    labels: [],
  },
  parbake_waiting_assignments: {
    type: 'gauge',
    help: 'Assignments that wait for an instance.',
    unit: '{assignment}',
    labels: [],
  },
  parbake_role_waiting_assignments: {
    type: 'gauge',
    help: 'The same, by the role that they wait for.',
    unit: '{assignment}',
    labels: ['role'],
  },
  parbake_assignment_step_seconds: {
    type: 'histogram',
    help: 'How long a step took: claimed from Assign, without the time in which no instance was free; delivered, started and ready from the start of their attempt.',
    unit: 's',
    labels: ['role', 'step'],
    buckets: seconds,
  },
  parbake_assignment_attempts_failed_total: {
    type: 'counter',
    help: 'Instances that did not serve the assignment they were taken for, by role and error code.',
    unit: '{attempt}',
    labels: ['role', 'code'],
  },
  parbake_check_ins_total: {
    type: 'counter',
    help: 'Check-ins of agents.',
    unit: '{check_in}',
    labels: [],
  },
  parbake_attestations_total: {
    type: 'counter',
    help: 'Attestations of instances, by kind of evidence and outcome: admitted, or the code of an error.',
    unit: '{attestation}',
    labels: ['attestor', 'outcome'],
  },
  parbake_identity_conflicts_total: {
    type: 'counter',
    help: 'Times that a client claimed to be an instance with another key, or renewed a copied certificate.',
    unit: '{conflict}',
    labels: [],
  },
  parbake_span_seconds: {
    type: 'histogram',
    help: 'Steps that instances reported, by name.',
    unit: 's',
    labels: ['span'],
    buckets: seconds,
  },
  parbake_pull_seconds: {
    type: 'histogram',
    help: 'Image pulls on instances (not at bake).',
    unit: 's',
    labels: [],
    buckets: seconds,
  },
  parbake_pull_layers_total: {
    type: 'counter',
    help: 'Layers of images that instances pulled (not at bake): cached when they were on the disk, else fetched.',
    unit: '{layer}',
    labels: ['result'],
  },
  parbake_report_batches_total: {
    type: 'counter',
    help: 'Batches of reports from agents; a repeated one was stored before.',
    unit: '{batch}',
    labels: ['result'],
  },
  parbake_grpc_server_handled_seconds: {
    type: 'histogram',
    help: 'Unary calls, by method and gRPC status.',
    unit: 's',
    labels: ['method', 'status'],
    buckets: seconds,
  },
  grpc_server_handled_total: {
    type: 'counter',
    help: 'Unary calls, under the name and labels that other gRPC servers use.',
    unit: '{call}',
    labels: ['grpc_type', 'grpc_service', 'grpc_method', 'grpc_code'],
  },
  grpc_server_handling_seconds: {
    type: 'histogram',
    help: 'How long unary calls took, under the name and labels that other gRPC servers use.',
    unit: 's',
    labels: ['grpc_type', 'grpc_service', 'grpc_method'],
    buckets: seconds,
  },
  parbake_tls_handshake_failures_total: {
    type: 'counter',
    help: 'Clients of a TLS listener that were not let in, by kind of fault. The log has the peer and the reason.',
    unit: '{handshake}',
    labels: ['kind'],
  },
  parbake_otlp_spans_total: {
    type: 'counter',
    help: 'Spans for the OpenTelemetry collector: sent, refused by it, dropped because too many waited, or unsampled as their caller wished.',
    unit: '{span}',
    labels: ['result'],
  },
  parbake_otlp_metric_exports_total: {
    type: 'counter',
    help: 'Exports of these metrics to the OpenTelemetry collector: sent, or refused by it or by the way there.',
    unit: '{export}',
    labels: ['result'],
  },
  parbake_store_failing: {
    type: 'gauge',
    help: '1 while the store fails, so that changes are refused; else 0. What the store knows has no value while it cannot be read.',
    unit: '1',
    labels: [],
  },
  parbake_store_failures_total: {
    type: 'counter',
    help: 'Calls of the store that failed.',
    unit: '{call}',
    labels: [],
  },
  parbake_store_bytes: {
    type: 'gauge',
    help: 'What the store holds, which --keep-bytes limits; its file may be larger.',
    unit: 'By',
    labels: [],
  },
  parbake_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'Longest time since the last reading that the event loop was held up.',
    unit: 's',
    labels: [],
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory.', unit: 'By', labels: [] },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time, user and system.',
    unit: 's',
    labels: [],
  },
  process_start_time_seconds: { type: 'gauge', help: 'Start, since the epoch.', unit: 's', labels: [] },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof catalogue;

/** Spans with a name of their own in `parbake_span_seconds`; every other is `other`. */
export const spanNames: ReadonlySet<string> = new Set([
  'boot',
  'boot.firmware',
  'boot.loader',
  'boot.kernel',
  'boot.initrd',
  'boot.userspace',
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
  'container.held',
  'container.exec',
  'container.pause',
  'container.unpause',
  'container.ready',
  'container.remove',
]);
