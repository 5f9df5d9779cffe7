import type { SystemRelease } from './os-release.ts';
import type { Role } from '../../proto/recipe/role.ts';

/** Where the manifest lies below the root of an image, read-only (mode 0444). docs/manifest.schema.json is its schema. */
export const manifestPath = '/usr/lib/parbake/manifest.json';

/**
 * What was baked. `bake` writes it with `sealed: null`, `scrub` seals it as its last step, when every rule
 * held. Times are ISO 8601, sizes bytes, durations milliseconds.
 */
export interface Manifest {
  apiVersion: 'parbake/v1';
  /** Made anew by every bake. */
  bakeId: string;
  startedAt: string;
  /** When all of it was found in order. */
  createdAt: string;
  agentVersion: string;
  /** Of the sources that the agent was bundled of, with `-dirty` behind it where they differed; absent when not known. */
  agentCommit?: string;
  /** SHA-256, hex, of what `LC_ALL=C sha256sum parbake-agent*js` prints of its bundle; absent when sources ran. */
  agentSha256?: string;
  /** SHA-256, hex, of the lock file's text. */
  lockSha256: string;
  builder: Builder;
  /** What whoever makes the machine image calls it; absent when nobody said. */
  machineImage?: MachineImage;
  /** Of the machine without its images; absent when nobody gave one. */
  hostSbom?: HostSbom;
  images: BakedImage[];
  /** What the recipe leaves out of the bake; absent when nothing. Nothing else is ever pulled by an instance. */
  atBoot?: BootImage[];
  roles: Role[];
  disk: DiskFigures;
  seal: Seal | null;
}

/** By the options of `bake`: nothing on the builder knows it. */
export interface MachineImage {
  /** Of the image that becomes of the builder, such as an AMI's. */
  name?: string;
  /** Of the image that the builder was launched from. */
  sourceName?: string;
  /** Of the run that makes it: Packer's run UUID, the ARN of an Image Builder's image, a pipeline's number. */
  buildId?: string;
}

/** A bill of materials that lies on the image. */
export interface HostSbom {
  /** Below the root. */
  path: string;
  /** Predicate type, such as `https://spdx.dev/Document`. */
  type: string;
  /** Hex, of the file. */
  sha256: string;
}

export interface Builder {
  /** SHA-256, hex, of the builder's engine id: a clone can prove that its own is another. */
  engineIdSha256: string;
  engineVersion: string;
  apiVersion: string;
  containerdVersion?: string;
  runcVersion?: string;
  /** Of Docker's plugin for builds; absent when there is none, or another root than this machine's own was baked. */
  buildxVersion?: string;
  storageDriver: string;
  /** Who keeps the images: a storage driver of Docker's own, or containerd. A pull under one is invisible under the other. */
  imageStore: 'graphdriver' | 'containerd';
  /** Whether containers' users are other ones on the host (userns-remap); the data root is another one with it. */
  userNamespaces: boolean;
  /** Docker's data root, below the image's root. */
  dataRoot: string;
  architecture: string;
  kernel: string;
  system: SystemRelease;
  /** Absent when the builder was no EC2 instance. */
  instance?: BuilderInstance;
}

export interface BuilderInstance {
  id: string;
  type?: string;
  /** The AMI that it was launched from. */
  sourceImageId?: string;
  region?: string;
}

/** Bytes, on the file system where the Engine has its images; what cannot be seen from the agent is absent. */
export interface DiskFigures {
  freeBeforeBytes?: number;
  freeAfterBytes?: number;
  /** What the directory of layers takes, as du(1) counts; with images in containerd what came from registries too. */
  layersBytes: number;
  /** What the Engine itself says its layers take. */
  engineLayersBytes: number;
  /** Of what no image has, from pulls that were killed. */
  orphanBytes: number;
}

/** An image that each instance pulls while it prepares. */
export interface BootImage {
  /** As the recipe has it, variables filled in. */
  ref: string;
  /** What its tag stood for at the bake: all clones pull the same. */
  digest: string;
  /** Absent means the Engine's own. */
  platform?: string;
  /** Of the digest; absent when the recipe names no key for it. */
  signature?: SignatureCheck;
}

export interface BakedImage {
  /** As the recipe has it, variables filled in. */
  ref: string;
  /** Host with an optional port, such as `docker.io`. */
  registry: string;
  /** By which Docker has it, set by the bake; absent for a reference by digest alone. */
  tag?: string;
  /** Of the manifest or index in the registry, `sha256:…`. */
  digest: string;
  /** Of the platform's own manifest; absent when the registry did not tell. */
  platformDigest?: string;
  /** Of the image's configuration; absent when the registry did not tell. */
  configDigest?: string;
  /** The Engine's image id: the digest of the configuration, or with images in containerd the one that was pulled. */
  imageId: string;
  platform: string;
  /** When it was built, by its own word. */
  created?: string;
  /** All layers as the registry has them. */
  compressedBytes?: number;
  /** Unpacked. */
  sizeBytes: number;
  pulledAt: string;
  /** Wall time of the pull with all its tries; 0 when the image was already there. */
  pullMs: number;
  /** Tries that failed before the one that did not; absent when the first one did not. */
  retries?: PullRetry[];
  layers: BakedLayer[];
  /** How its bytes on the disk were checked; absent when they were not, on request. */
  verification?: Verification;
  /** Absent when the recipe names no key for it. */
  signature?: SignatureCheck;
  /** Bills of material that the registry has for it; absent when none is known. */
  sbom?: SbomPointer[];
}

/** Before anything was pulled, a signature of `digest` by the recipe's key was found in the image's own repository. */
export interface SignatureCheck {
  result: 'verified';
  /** Of cosign: a signed payload, or since its version 3 a bundle. */
  format: 'simple-signing' | 'sigstore-bundle';
  /** SHA-256, hex, of the public key as SubjectPublicKeyInfo in DER. */
  keySha256: string;
  /** Of the blob that is the payload or the bundle. */
  digest: string;
}

/** Every byte of an image was read and found to be what was pulled. */
export interface Verification {
  /**
   * `tar-split`: each layer's archive was put together again from the files on the disk, and has the layer's digest.
   * `save`: the Engine did that and sent it. `containerd`: what came from the registry has its digests, and every file
   * that a container sees is the one in it.
   */
  method: 'tar-split' | 'save' | 'containerd';
  result: 'ok';
  at: string;
  ms: number;
  /** Read for it; layers that another image has too were read once. */
  bytes: number;
}

/** Where an image's bill of materials is, in the image's own repository. */
export interface SbomPointer {
  /** BuildKit's attestation beside the image, or something that refers to it. */
  source: 'attestation' | 'referrer';
  /** Predicate or artifact type, such as `https://spdx.dev/Document`. */
  type: string;
  digest: string;
}

/** A try of a pull that failed, and was made again. */
export interface PullRetry {
  /** When it failed. */
  at: string;
  code: string;
  reason: string;
  /** How long the next try was put off. */
  waitMs: number;
}

/** Base first, where the Engine's records tell the order. */
export interface BakedLayer {
  /**
   * Of the compressed layer in the registry, `sha256:…`. When the Engine's records do not tell: its short id
   * for a layer that was pulled, the digest of the unpacked layer for one that was there.
   */
  digest: string;
  /** Of the unpacked layer; absent when it cannot be told which one that is. */
  diffId?: string;
  /** Compressed; absent when neither the registry nor the pull told. */
  sizeBytes?: number;
  /** After the pull began, when its download did; absent when the pull did not tell, as all four. */
  downloadStartMs?: number;
  downloadMs?: number;
  extractStartMs?: number;
  extractMs?: number;
  cached: boolean;
}

export interface Seal {
  sealedAt: string;
  /** What the scrub removed, in order. */
  removed: Removal[];
  /** Rules that were left out on request. */
  kept: string[];
  /** Why, of those for which somebody said it; absent when nobody did. */
  keptBecause?: KeptRule[];
}

export interface KeptRule {
  /** Id of the scrub rule. */
  rule: string;
  /** In the words of whoever left it out. */
  why: string;
}

export interface Removal {
  /** Id of the scrub rule. */
  rule: string;
  /** Path below the root, or `docker:container/ID` and the like for what the Engine removed. */
  path: string;
  /** It stayed, as an empty file; absent for what is gone. */
  action?: 'empty';
  /** SHA-256, hex, of an identity that was in it, without white space around it: a clone can prove that its own is another. */
  identitySha256?: string;
}
