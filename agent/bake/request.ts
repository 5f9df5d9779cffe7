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
  bakeId: string;
  agent: Pick<Manifest, 'agentVersion' | 'agentCommit' | 'agentSha256'>;
  /** What whoever makes the machine image says of it. */
  machineImage: MachineImage;
  /** Of the machine itself; absent when there is none. */
  hostSbom?: HostSbom | undefined;
  recipe: Recipe;
  root: Root;
  engine: ImageEngine;
  lock: LockFile;
  logins: RegistryLogins;
  /** What EC2 says of this machine; undefined when it is none of EC2's. */
  metadata: Promise<InstanceMetadata | undefined>;
  /** How registries are asked. */
  registry: (root: Root, facts: EngineFacts) => RegistryQuestions;
  /** Longest silence of a pull, milliseconds. */
  silenceMs: number;
  /** How many images are pulled at a time. */
  parallel: number;
  /** How often a pull that broke off or stalled is begun again. */
  retries: number;
  /** From 0 to 1. */
  random: () => number;
  /** Monotonic, milliseconds. */
  clock: () => number;
  now: () => Date;
  signal: AbortSignal;
  progress: BakeProgress;
  /** What reads images' bytes; absent when they shall not be read. */
  bytesOf?: (dataRoot: string, facts: EngineFacts) => ByteVerifier;
  /** Looks whether an image's own command can be executed. @throws ParbakeError ENTRYPOINT_INVALID */
  checkProgram: (program: CheckedProgram, signal: AbortSignal) => Promise<void>;
  /** Records what starts read; absent when nothing shall be recorded. */
  recording?: {
    containers: ContainerEngine;
    stopEngine: RecordStartsRequest['stopEngine'];
    /** For each start, in milliseconds. */
    timeoutMs: number;
    /** Not only because it is usual. */
    isAskedFor: boolean;
    /** What instances of earlier bakes read beyond their recordings. */
    misses: readonly Misses[];
  };
}

export interface Baked {
  manifest: Manifest;
  /** On this machine. */
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
