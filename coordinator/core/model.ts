import type { AssignmentState } from './assignment-state.ts';
import type { InstanceState } from './instance-state.ts';

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
}

export interface RoleOffer {
  name: string;
  userEnv: string[];
  ports: number[];
  /** 0 to 1. */
  preparation: number;
  /** Whether a container of it takes files. */
  takesFiles: boolean;
  /** What part of its recorded reads has been read ahead, 0 to 1; absent when nothing is. */
  replayed?: number;
}

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
export interface Timings {
  claimed?: number;
  delivered?: number;
  started?: number;
  ready?: number;
}

export interface Assignment {
  assignmentId: string;
  requestId: string;
  /** Of everything the caller asked for, to tell a repetition from another request under the same id. */
  fingerprint: string;
  user: string;
  role: string;
  environment: string;
  /** Removed once the assignment is over. */
  env: Record<string, string>;
  /** In base64, by name; removed with them. */
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
  attempt: number;
  failureReason: string;
  timings: Timings;
  /** Where the caller is in a trace of its own (W3C Trace Context); empty when it does not say. */
  traceparent: string;
  tracestate: string;
}

export interface KnownRole {
  name: string;
  userEnv: string[];
  takesFiles: boolean;
  applied: boolean;
  readyInstances: number;
}
