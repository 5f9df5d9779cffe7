/** How far a container is brought before anybody asks for it, least first. */
export const prepareLevels = ['none', 'create', 'start', 'pause', 'gate', 'hold'] as const;
export type PrepareLevel = (typeof prepareLevels)[number];

/** Whether containers of this level have the gate as their first process. */
export function isGated(level: PrepareLevel): boolean {
  return level === 'gate' || level === 'create';
}

/** Whether a container of this level waits for its order: at the gate, or in its own program. */
export function awaitsOrder(level: PrepareLevel): boolean {
  return isGated(level) || level === 'hold';
}

/** Whether its program starts and becomes ready before anybody orders it. */
export function runsEarly({ prepare }: Pick<ContainerSpec, 'prepare'>): boolean {
  return prepare === 'start' || prepare === 'pause';
}

/** When a container counts as ready. `timeoutMs` covers the wait from its start. */
export type Readiness =
  | { kind: 'http'; port: number; path: string; timeoutMs: number }
  | { kind: 'tcp'; port: number; timeoutMs: number }
  | { kind: 'log'; pattern: string; timeoutMs: number }
  /** Ready as soon as it is started. */
  | { kind: 'started' };

/**
 * When a container that reads its order itself counts as held: it has the order open, and its check passed before. `timeoutMs`
 * covers both, from its start.
 */
export type Held = Exclude<Readiness, { kind: 'started' }> | { kind: 'reads'; timeoutMs: number };

/** Docker's restart policies: what happens when a container exits by itself. */
export type RestartPolicy =
  | { name: 'no' }
  | { name: 'always' }
  /** Restarted after an exit code other than 0; at most so many times where `maxRetries` is given. */
  | { name: 'on-failure'; maxRetries?: number };

/** What happens to an assignment that was SERVING when its machine fails or is lost. */
export const lossPolicies = ['fail', 'replace'] as const;
export type LossPolicy = (typeof lossPolicies)[number];

/** Whether the containers of a role should reach the metadata service of the instance. */
export const metadataPolicies = ['deny', 'allow'] as const;
export type MetadataPolicy = (typeof metadataPolicies)[number];

/** A volume that lives and dies with the assignment; the containers of a role share those of one name. */
export interface VolumeMount {
  volume: string;
  path: string;
  readOnly?: true;
}

/** A directory in memory. */
export interface TmpfsMount {
  path: string;
  /** Mount options as in Docker, such as `size=64m,mode=1777`; empty for Docker's own. */
  options: string;
}

/** Log drivers whose files Docker rotates, and that it can read again. */
export const logDrivers = ['json-file', 'local'] as const;
export type LogDriver = (typeof logDrivers)[number];

/** How much of a container's output is kept; what is absent has a default. */
export interface Logging {
  driver?: LogDriver;
  maxBytes?: number;
  maxFiles?: number;
}

/** One container of a role, as the recipe has it with defaults filled in. */
export interface ContainerSpec {
  name: string;
  /** The reference under which the image is tagged on the instance. */
  image: string;
  prepare: PrepareLevel;
  /** TCP ports that it listens on; published under the same number on the instance. */
  ports: number[];
  /** The address of the instance at which the ports are published, or false for nowhere; absent for every address. */
  publish?: string | false;
  ready: Readiness;
  /** There with `prepare: hold` only. */
  held?: Held;
  /** Environment variables that an assignment may set. */
  userEnv: string[];
  /** Where assigned files appear in the container; absent when the role takes none. */
  files?: string;
  /** Where its certificate and key appear in the container; absent when it gets none. */
  certificate?: string;
  /** Names of containers of the role that have to be ready before this one's program starts; absent for none. */
  after?: string[];
  /** What it has to end after its stop signal; Docker counts whole seconds. Absent for 10. */
  stopTimeoutSeconds?: number;
  /** Docker's own small first process reaps its children and passes signals on; absent when the command is the first. */
  init?: true;
  /** It cannot write to its image's files; absent when it can. */
  readOnly?: true;
  /** Absent for `no`. */
  restart?: RestartPolicy;
  /** Whether the assignment ends when it ends; absent for true. */
  essential?: boolean;
  /** Fixed variables; an assignment may set those that are in `userEnv` as well. Absent for none. */
  env?: Record<string, string>;
  /** Replaces the image's entrypoint; without a `command`, the container gets none. */
  entrypoint?: string[];
  /** Replaces the image's command. */
  command?: string[];
  workingDir?: string;
  tmpfs?: TmpfsMount[];
  volumes?: VolumeMount[];
  memoryBytes?: number;
  /** CPUs that it may keep busy, in hundredths or more. */
  cpus?: number;
  /** Processes and threads; absent for a default. */
  pidsLimit?: number;
  /** Absent for defaults. */
  logging?: Logging;
}

/** What an instance can become. */
export interface Role {
  name: string;
  containers: ContainerSpec[];
  /** Absent for `fail`. */
  onLoss?: LossPolicy;
  /** How long an instance may be silent before its user is moved with `replace`, in milliseconds. Absent: for ever. */
  silentAfterMs?: number;
  /** Absent for `deny`. */
  metadata?: MetadataPolicy;
}

/** Where a certificate appears unless the recipe says otherwise. */
export const defaultCertificatePath = '/run/parbake/tls';

/** The ports that the instance itself has to have free. */
export function publishedPorts({ ports, publish }: Pick<ContainerSpec, 'ports' | 'publish'>): number[] {
  return publish === false ? [] : ports;
}

/** What an assignment of a role may set: what any of its containers takes. */
export function userEnvOf({ containers }: Role): string[] {
  return [...new Set(containers.flatMap(({ userEnv }) => userEnv))];
}

/** The names of a role's volumes. */
export function volumesOf({ containers }: Role): string[] {
  return [...new Set(containers.flatMap(({ volumes = [] }) => volumes.map(({ volume }) => volume)))];
}

/** Whether an assignment of a role may bring files. */
export function takesFiles({ containers }: Role): boolean {
  return containers.some(({ files }) => files !== undefined);
}

/** Whether an assignment of a role gets a certificate. */
export function takesCertificate({ containers }: Role): boolean {
  return containers.some(({ certificate }) => certificate !== undefined);
}
