import type {
  Assignment,
  Ec2Facts,
  Facts,
  Instance,
  Moment,
  RoleOffer,
} from '../../coordinator/core/model.ts';
import type { Route } from '../../coordinator/core/route.ts';
import type { Observed, ObservedOrder } from '../../coordinator/core/observed.ts';
import type { CheckIn } from '../../coordinator/store/agents.ts';
import type { AppliedRole } from '../../coordinator/store/fleet.ts';
import type { NewRequest } from '../../coordinator/store/requests.ts';
import type { ReportBatch } from '../../coordinator/store/telemetry.ts';

/** A moment at which both clocks say the same. */
export function at(now: number): Moment {
  return { now, steady: now };
}

export function someFacts(instanceId: string, more: Partial<Facts> = {}): Facts {
  return {
    instanceId,
    bootId: `boot-${instanceId}`,
    engineId: `engine-${instanceId}`,
    engineVersion: '26.1.5',
    machineIdHash: `machine-${instanceId}`,
    imageId: 'ami-1',
    instanceType: 'm7i.large',
    availabilityZone: 'eu-central-1a',
    region: 'eu-central-1',
    privateIpv4: '10.0.0.1',
    publicIpv4: '',
    architecture: 'x86_64',
    kernel: '6.12',
    os: 'Debian',
    cpus: 2,
    memoryBytes: 1,
    agentVersion: '0.1.0',
    bakeId: 'bake',
    builderEngineIdHash: '',
    ...more,
  };
}

export function someEc2Facts(state: string): Ec2Facts {
  return {
    state,
    instanceType: 'm7i.large',
    imageId: 'ami-1',
    availabilityZone: 'eu-central-1a',
    privateIpv4: '10.0.0.1',
    publicIpv4: '',
    launchTime: 1,
    tags: {},
    lookupTime: 1,
  };
}

export function anOffer(name: string, more: Partial<RoleOffer> = {}): RoleOffer {
  return { name, userEnv: [], ports: [8080], preparation: 1, takesFiles: false, ...more };
}

export function aCheckIn(
  instanceId: string,
  { facts = {}, ...more }: Partial<Omit<CheckIn, 'facts'>> & { facts?: Partial<Facts> } = {},
): CheckIn {
  return {
    facts: someFacts(instanceId, facts),
    roles: [anOffer('web')],
    observedGeneration: 0,
    assignmentId: '',
    ...more,
  };
}

export function anObserved(more: Partial<Observed> = {}): Observed {
  return {
    generation: 0,
    preparation: 'READY',
    preparationError: '',
    roles: [anOffer('web')],
    order: undefined,
    ...more,
  };
}

export function anObservedOrder(assignmentId: string, more: Partial<ObservedOrder> = {}): ObservedOrder {
  return { assignmentId, state: 'SERVING', error: '', endpoints: [], containers: [], ...more };
}

export function aRequest(assignmentId: string, more: Partial<NewRequest> = {}): NewRequest {
  return {
    assignmentId,
    owner: 'operator/local',
    requestId: `request-of-${assignmentId}`,
    fingerprint: 'fingerprint',
    contentHash: 'content',
    earlierHashes: [],
    sealedBy: 'key',
    wait: 'READY',
    user: 'alice',
    role: 'web',
    environment: '',
    env: {},
    files: {},
    traceparent: '',
    tracestate: '',
    received: at(0),
    routes: [],
    ...more,
  };
}

export function aReport(instanceId: string, more: Partial<ReportBatch> = {}): ReportBatch {
  return {
    instanceId,
    bootId: `boot-${instanceId}`,
    sequence: 1,
    spans: [],
    pulls: [],
    starts: [],
    reads: [],
    samples: [],
    ...more,
  };
}

export function aRole(name: string, more: Partial<AppliedRole> = {}): AppliedRole {
  return { name, userEnv: [], takesFiles: false, onLoss: 'FAIL', ...more };
}

export function aRoute(more: Partial<Route> = {}): Route {
  return {
    name: 'a.preview.test',
    container: 'app',
    port: 8080,
    scheme: 'HTTP',
    assignmentId: 'as-1',
    owner: 'operator/local',
    state: 'RESERVED',
    generation: 1,
    publishedTime: 0,
    routedTime: 0,
    problem: '',
    ...more,
  };
}

export function anInstance(more: Partial<Instance> = {}): Instance {
  const { instanceId = 'i-1' } = more;
  return {
    instanceId,
    state: 'READY',
    connected: true,
    stateReason: '',
    facts: someFacts(instanceId),
    roles: [],
    generation: 1,
    observedGeneration: 1,
    checkInTime: 1,
    lastSeenTime: 1,
    sessionId: 'session',
    sessionReplica: '',
    sessionSteady: 1,
    stateTime: 1,
    stateSteady: 1,
    lastAssignmentId: '',
    hadUser: false,
    ...more,
  };
}

export function anAssignment(more: Partial<Assignment> = {}): Assignment {
  return {
    assignmentId: 'as-1',
    owner: 'operator/local',
    requestId: 'r',
    fingerprint: 'f',
    contentHash: 'c',
    user: 'alice',
    role: 'web',
    environment: '',
    env: {},
    files: {},
    state: 'SERVING',
    instanceId: 'i-1',
    endpoints: [],
    createTime: 1,
    receivedSteady: 1,
    pendingSteady: 1,
    releaseTime: 0,
    expireTime: 0,
    replaces: '',
    wait: 'READY',
    isAnswered: true,
    isAbandoned: false,
    attempt: 1,
    attempts: [],
    failureReason: '',
    timings: {},
    traceparent: '',
    tracestate: '',
    routes: [],
    isStopHeld: false,
    ...more,
  };
}
