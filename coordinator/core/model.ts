import type { AssignmentState } from './assignment-state.ts';
import type { Fault } from '../../proto/errors/faults.ts';
import type { InstanceState } from './instance-state.ts';
import type { RouteRequest } from './route.ts';

/** Facts as the agent gave them; see InstanceFacts in instance.proto. Empty text means not known. */
export interface Facts {
  instanceId: string;
  bootId: string;
  engineId: string;
  engineVersion: string;
  machineIdHash: string;
  imageId: string;
  instanceType: string;
  availabilityZone: string;
  region: string;
  privateIpv4: string;
  publicIpv4: string;
  architecture: string;
  kernel: string;
  os: string;
  cpus: number;
  memoryBytes: number;
  agentVersion: string;
  bakeId: string;
  builderEngineIdHash: string;
  /** Absent from agents and rows before there was the option. */
  powersOff?: boolean;
}

export interface RoleOffer {
  name: string;
  userEnv: string[];
  ports: number[];
  /** 0 to 1. */
  preparation: number;
  /** Whether a container of it takes files. */
  takesFiles: boolean;
  /** Whether its containers reach the metadata service; absent from rows before it was told. */
  reachesMetadata?: boolean;
  /** Where the metadata service answers its containers; absent until the agent has asked. */
  imdsExposure?: ImdsExposure;
  /** What part of its recorded reads has been read ahead, 0 to 1; absent when nothing is. */
  replayed?: number;
  /** What happens to a serving assignment when its machine fails; absent for `FAIL`. */
  onLoss?: OnLoss;
  /** How long its agent may be silent before the assignment moves with `REPLACE`, in milliseconds. Absent: for ever. */
  silentAfterMs?: number;
}

/** Addresses at which the metadata service answers containers. */
export type ImdsExposure = 'NONE' | 'IPV4' | 'IPV6' | 'BOTH';

/** How far Assign waits. */
export type Wait = 'CLAIMED' | 'EXEC' | 'READY' | 'ROUTED';

export type OnLoss = 'FAIL' | 'REPLACE';

/** What EC2 says about an instance; times in milliseconds since the epoch, 0 when not known. */
export interface Ec2Facts {
  state: string;
  instanceType: string;
  imageId: string;
  availabilityZone: string;
  privateIpv4: string;
  publicIpv4: string;
  launchTime: number;
  tags: Record<string, string>;
  lookupTime: number;
}

/** How the instance's clock stands to ours; see Clock in telemetry.proto. */
export interface Clock {
  offsetMs: number;
  uncertaintyMs: number;
}

/** One moment on two clocks. */
export interface Moment {
  /** Milliseconds since the epoch. */
  now: number;
  /** Milliseconds since the epoch as of the start of the process: never jumps, so that differences are durations. */
  steady: number;
}

export interface Instance {
  instanceId: string;
  state: InstanceState;
  /** Whether its session is open. */
  connected: boolean;
  stateReason: string;
  facts: Facts;
  roles: RoleOffer[];
  generation: number;
  observedGeneration: number;
  /** Milliseconds since the epoch. */
  checkInTime: number;
  lastSeenTime: number;
  /** What its last check-in was given. */
  sessionId: string;
  /** The coordinator that its last session is with; empty where there is one. */
  sessionReplica: string;
  /** When its session was last opened or closed, on the steady clock. */
  sessionSteady: number;
  /** When it came to be in its state, on both clocks. */
  stateTime: number;
  stateSteady: number;
  /** The last assignment that it was taken for; empty when there was none. */
  lastAssignmentId: string;
  /** An order reached it, so that it never returns to a pool. */
  hadUser: boolean;
  /** Absent without EC2 and before the first lookup. */
  ec2?: Ec2Facts;
  /** Absent until its agent measured it; `at` is when it said so, in milliseconds since the epoch. */
  clock?: Clock & { at: number };
}

export interface Endpoint {
  container: string;
  host: string;
  port: number;
}

/** Milliseconds since Assign was received; absent until it happened. */
export interface Timings extends AttemptTimings {
  claimed?: number;
  /** How long it waited because no instance was free; a part of the others. */
  queued?: number;
  /** Every publisher had its routes. */
  routed?: number;
}

/** Milliseconds since the attempt began; absent until it happened. */
export interface AttemptTimings {
  delivered?: number;
  started?: number;
  ready?: number;
}

/** How a container of an order ended; see ContainerEnd in assignment.proto. */
export interface ContainerEnd {
  container: string;
  /** Absent when Docker does not know it. */
  exitCode?: number;
  signal: string;
  oomKilled: boolean;
  hostOomKilled: boolean;
  engineRestarted: boolean;
  killedFromOutside: boolean;
  /** Milliseconds since the epoch, on the instance's clock; 0 when not known. */
  endTime: number;
  restarts: number;
}

export type AttemptOutcome = 'RUNNING' | 'COMPLETED' | 'RELEASED' | 'FAILED' | 'EXPIRED' | 'UNDELIVERED';

/** One try of an assignment on one instance. */
export interface Attempt {
  number: number;
  instanceId: string;
  /** Milliseconds since the epoch. */
  startTime: number;
  startSteady: number;
  /** 0 while it is the present one. */
  endTime: number;
  timings: AttemptTimings;
  outcome: AttemptOutcome;
  /** Absent while it runs and when it did not fail. */
  fault?: Fault;
  /** `CODE: sentence`; empty when it did not fail. */
  reason: string;
  containers: ContainerEnd[];
}

export interface Assignment {
  assignmentId: string;
  /** The principal that asked for it, such as `client/web`. */
  owner: string;
  requestId: string;
  /** A keyed hash of everything that the caller asked for: it tells a retry from another request with the same id. */
  fingerprint: string;
  /** A keyed hash of its variables and files. */
  contentHash: string;
  user: string;
  role: string;
  environment: string;
  /** Sealed values by name (ADR 25), removed once the assignment is over. */
  env: Record<string, string>;
  /** The same. */
  files: Record<string, string>;
  state: AssignmentState;
  /** Empty while no instance is taken. */
  instanceId: string;
  endpoints: Endpoint[];
  createTime: number;
  /** When Assign was received, on the steady clock. */
  receivedSteady: number;
  /** 0 until it is over. */
  releaseTime: number;
  /** When it becomes EXPIRED; 0 without a limit. */
  expireTime: number;
  /** The live assignment that is released once this one serves; empty for none. */
  replaces: string;
  /** When it last began to wait for an instance, on the steady clock. */
  pendingSteady: number;
  /** How far its caller waits. */
  wait: Wait;
  /** Its caller was told that it had got so far. */
  isAnswered: boolean;
  /** Nobody waits for it any more, and nobody was told of it. */
  isAbandoned: boolean;
  attempt: number;
  attempts: Attempt[];
  failureReason: string;
  timings: Timings;
  /** Where the caller is in a trace of its own (W3C Trace Context); empty when it does not say. */
  traceparent: string;
  tracestate: string;
  /** Its host names. */
  routes: RouteRequest[];
  /** It is being released, and its containers go on until publishers have dropped its address. */
  isStopHeld: boolean;
}

export interface KnownRole {
  name: string;
  userEnv: string[];
  takesFiles: boolean;
  applied: boolean;
  onLoss: OnLoss;
  /** Absent: silence alone never moves an assignment. */
  silentAfterMs?: number;
  readyInstances: number;
}
