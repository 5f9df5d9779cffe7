import type { CheckedProgram } from '../docker/program-check.ts';
import type { Manifest, MachineImage, HostSbom } from '../core/manifest.ts';
import type { Recipe } from '../../proto/recipe/recipe.ts';
import type { Root } from '../host/root.ts';
import type { ImageEngine, EngineFacts } from '../docker/engine.ts';
import type { LockFile } from './lock-file.ts';
import type { RegistryLogins } from '../images/logins.ts';
import type { InstanceMetadata } from '../host/imds.ts';
import type { RegistryQuestions } from './targets.ts';
import type { BakeProgress } from './progress.ts';
import type { ByteVerifier } from './verify-bytes.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { RecordStartsRequest, RecordedStart } from './record-starts.ts';
import type { Misses } from '../core/replay/misses.ts';
import type { BakeResult } from '../images/image.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { EarlierBake } from './earlier.ts';

export interface BakeRequest {
  recipe: Recipe;
  /** The file system that is baked. */
  root: Root;
  /** A disk of Docker's own goes into the machine image as well. */
  isDataDiskImaged: boolean;
  lock: LockFile;
  provenance: BakeProvenance;
  engine: ImageEngine;
  registries: Registries;
  pulls: PullSettings;
  checks: ImageChecks;
  /** Absent when no start is recorded. */
  recording?: Recording | undefined;
  time: BakeTime;
  progress: BakeProgress;
  signal: AbortSignal;
}

/** What the manifest says about the bake and the machine, as told from outside. */
export interface BakeProvenance {
  bakeId: string;
  agent: Pick<Manifest, 'agentVersion' | 'agentCommit' | 'agentSha256'>;
  /** What the program that makes the machine image says about it. */
  machineImage: MachineImage;
  /** Bill of materials of the machine itself; undefined when there is none. */
  hostSbom: HostSbom | undefined;
  /** What EC2 says about this machine; undefined when it is not an instance. */
  metadata: Promise<InstanceMetadata | undefined>;
}

export interface Registries {
  logins: RegistryLogins;
  /** Asks registries as this Engine would. */
  questions: (root: Root, facts: EngineFacts) => RegistryQuestions;
}

/** How pulls behave. */
export interface PullSettings {
  /** Longest silence of a pull, milliseconds. */
  silenceMs: number;
  /** Number of images that are pulled at a time. */
  parallel: number;
  /** How often a stalled or interrupted pull is retried. */
  retries: number;
  /** Jitter of the waits, from 0 to 1. */
  random: () => number;
}

/** What is looked at in the images once all of them are there. */
export interface ImageChecks {
  /** Reads the images' bytes; undefined when they are not read. */
  bytesOf: ((dataRoot: string, facts: EngineFacts) => ByteVerifier) | undefined;
  /** Looks whether an image's own command can be executed. @throws ParbakeError ENTRYPOINT_INVALID */
  checkProgram: (program: CheckedProgram, signal: AbortSignal) => Promise<void>;
}

/** How starts are recorded. */
export interface Recording {
  containers: ContainerEngine;
  stopEngine: RecordStartsRequest['stopEngine'];
  /** The time limit of each start, in milliseconds. */
  timeoutMs: number;
  /** The operator asked for it; by default an unchanged bake keeps its recordings. */
  isAskedFor: boolean;
  /** What instances of earlier bakes read beyond their recordings. */
  misses: readonly Misses[];
}

export interface BakeTime {
  /** Monotonic, milliseconds. */
  clock: () => number;
  now: () => Date;
}

export interface Baked {
  manifest: Manifest;
  /** Path on this machine. */
  manifestFile: string;
  lockFile: string;
  /** False when all of it was there already, from an earlier bake, whose manifest it then is. */
  changed: boolean;
  /** In the recipe's order. */
  results: BakeResult[];
  /** Starts that were recorded, the roles' first. */
  recordings: RecordedStart[];
  warnings: Warning[];
}

/** What is known once a bake may change something. */
export interface Begun {
  earlier: EarlierBake;
  /** Filled in as the pulls go. */
  pulled: string[];
  /** Bytes. */
  free: number | undefined;
  startedAt: string;
}
