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
  /** Every bake makes a new one. */
  bakeId: string;
  startedAt: string;
  /** Time at which the last check had passed. */
  createdAt: string;
  agentVersion: string;
  /** Commit that the agent was bundled from, with `-dirty` appended when the sources differed; absent when unknown. */
  agentCommit?: string | undefined;
  /** SHA-256, hex, of what `LC_ALL=C sha256sum parbake-agent*js` prints of its bundle; absent when sources ran. */
  agentSha256?: string | undefined;
  /** SHA-256, hex, of the lock file's text. */
  lockSha256: string;
  builder: Builder;
  /** Names of the machine image, as given to `bake`; absent when none was given. */
  machineImage?: MachineImage;
  /** Bill of materials of the machine without its images; absent when none was given. */
  hostSbom?: HostSbom | undefined;
  images: BakedImage[];
  /** Images that instances pull themselves; absent when there are none. An instance never pulls anything else. */
  atBoot?: BootImage[];
  roles: Role[];
  disk: DiskFigures;
  seal: Seal | null;
}

/** Given as options of `bake`, since nothing on the builder knows it. */
export interface MachineImage {
  /** Name of the image that is made from the builder, such as an AMI's. */
  name?: string;
  /** Id of the image that the builder was launched from. */
  sourceName?: string;
  /** Id of the run that makes it: Packer's run UUID, the ARN of an Image Builder image, a pipeline's number. */
  buildId?: string;
}

/** A bill of materials in a file of the image. */
export interface HostSbom {
  /** Path below the root. */
  path: string;
  /** Predicate type, such as `https://spdx.dev/Document`. */
  type: string;
  /** SHA-256 of the file, in hex. */
  sha256: string;
}

export interface Builder {
  /** SHA-256 of the builder's engine id, in hex. With it, a clone can prove that its own id differs. */
  engineIdSha256: string;
  engineVersion: string;
  apiVersion: string;
  containerdVersion?: string | undefined;
  runcVersion?: string | undefined;
  /** Version of Docker's buildx plugin; absent when it is not installed, or when the bake was of another root than the machine's own. */
  buildxVersion?: string | undefined;
  storageDriver: string;
  /** Where images are kept: by a storage driver of Docker's own, or by containerd. A pull under one is invisible under the other. */
  imageStore: 'graphdriver' | 'containerd';
  /** Whether Docker remaps users (userns-remap), which also moves the data root. */
  userNamespaces: boolean;
  /** Docker's data root, below the image's root. */
  dataRoot: string;
  /** Docker has a disk of its own, and the operator says that the machine image has it too. */
  dataDiskImaged?: true;
  architecture: string;
  kernel: string;
  system: SystemRelease;
  /** Absent when the builder was not an EC2 instance. */
  instance?: BuilderInstance | undefined;
}

export interface BuilderInstance {
  id: string;
  type?: string | undefined;
  /** The AMI that the builder was launched from. */
  sourceImageId?: string | undefined;
  region?: string | undefined;
}

/** Bytes on the file system that holds the Engine's images; absent where the agent cannot see them. */
export interface DiskFigures {
  freeBeforeBytes?: number | undefined;
  freeAfterBytes?: number | undefined;
  /** Size of the directory of layers, as du(1) counts it. With images in containerd it includes what came from registries. */
  layersBytes: number;
  /** Size of the layers by the Engine's own account. */
  engineLayersBytes: number;
  /** Size of layers that belong to no image, left behind by killed pulls. */
  orphanBytes: number;
}

/** An image that each instance pulls while it prepares. */
export interface BootImage {
  /** As the recipe has it, variables filled in. */
  ref: string;
  /** Digest of the tag at the bake. All clones pull the same one. */
  digest: string;
  /** Absent means the Engine's own. */
  platform?: string | undefined;
  /** Check of the digest's signature; absent when the recipe names no key for the image. */
  signature?: SignatureCheck;
}

export interface BakedImage {
  /** As the recipe has it, variables filled in. */
  ref: string;
  /** Host with an optional port, such as `docker.io`. */
  registry: string;
  /** Tag that the bake gave the image; absent for a reference by digest alone. */
  tag?: string | undefined;
  /** Digest of the manifest or index in the registry, `sha256:…`. */
  digest: string;
  /** Digest of the platform's own manifest; absent when the registry did not tell. */
  platformDigest?: string | undefined;
  /** Digest of the image's configuration; absent when the registry did not tell. */
  configDigest?: string;
  /** The Engine's image id: the digest of the configuration or, with images in containerd, the digest that was pulled. */
  imageId: string;
  platform: string;
  /** Build time, as the image states it. */
  created?: string | undefined;
  /** Size of all layers in the registry. */
  compressedBytes?: number | undefined;
  /** Unpacked size. */
  sizeBytes: number;
  pulledAt: string;
  /** Wall time of the pull, retries included; 0 when the image was already there. */
  pullMs: number;
  /** Failed attempts before the one that succeeded; absent when the first one did. */
  retries?: PullRetry[];
  layers: BakedLayer[];
  /** How its bytes on the disk were checked; absent when the check was switched off. */
  verification?: Verification;
  /** Absent when the recipe names no key for it. */
  signature?: SignatureCheck;
  /** Bills of materials that the registry has for it; absent when none is known. */
  sbom?: SbomPointer[] | undefined;
}

/** A signature of `digest` by the recipe's key, found in the image's own repository before anything was pulled. */
export interface SignatureCheck {
  result: 'verified';
  /** cosign's format: a signed payload, or since version 3 a bundle. */
  format: 'simple-signing' | 'sigstore-bundle';
  /** SHA-256 of the public key (SubjectPublicKeyInfo in DER), in hex. */
  keySha256: string;
  /** Digest of the blob with the payload or the bundle. */
  digest: string;
}

/** What reading every byte of an image on the disk showed. An image that is damaged ends the bake. */
export interface Verification {
  /**
   * `tar-split`: each layer's archive was rebuilt from the files on the disk and has the layer's digest.
   * `save`: the Engine did that and sent it. `containerd`: what came from the registry has its digests, and every file
   * that a container sees is the one in it.
   */
  method: 'tar-split' | 'save' | 'containerd';
  /** `ok`: every byte is as it was pulled. `incomparable`: nothing is known to be wrong, but not all of it can be compared. */
  result: 'ok' | 'incomparable';
  /** Why it cannot be compared; absent with `ok`. */
  reason?: string;
  at: string;
  ms: number;
  /** Bytes that were read. A layer that several images share was read once. */
  bytes: number;
}

/** Where an image's bill of materials lies in the image's own repository. */
export interface SbomPointer {
  /** BuildKit's attestation beside the image, or something that refers to it. */
  source: 'attestation' | 'referrer';
  /** Predicate or artifact type, such as `https://spdx.dev/Document`. */
  type: string;
  digest: string;
}

/** A failed attempt of a pull that was retried. */
export interface PullRetry {
  /** Time of the failure. */
  at: string;
  code: string;
  reason: string;
  /** Delay before the next attempt. */
  waitMs: number;
}

/** A layer. Layers are listed from the base up where the Engine's records tell the order. */
export interface BakedLayer {
  /**
   * Digest of the compressed layer in the registry, `sha256:…`. Where the Engine's records do not tell, it is the short id of a layer
   * that was pulled, and the digest of the unpacked layer for one that was already there.
   */
  digest: string;
  /** Digest of the unpacked layer; absent when it is unknown. */
  diffId?: string;
  /** Compressed size; absent when neither the registry nor the pull told. */
  sizeBytes?: number;
  /** Time from the start of the pull to the start of the download. All four times are absent when the pull did not tell. */
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
  /** Rules that were skipped on request. */
  kept: string[];
  /** Reasons that were given for skipped rules; absent when none was given. */
  keptBecause?: KeptRule[];
}

export interface KeptRule {
  /** Id of the scrub rule. */
  rule: string;
  /** The reason, as it was given. */
  why: string;
}

export interface Removal {
  /** Id of the scrub rule. */
  rule: string;
  /** Path below the root, or `docker:container/ID` and the like for what the Engine removed. */
  path: string;
  /** The file stayed: `empty`, without some of its `lines`, or with other content (`replace`). Absent for what was removed. */
  action?: 'empty' | 'lines' | 'replace';
  /** SHA-256 of the identity that was in it, trimmed, in hex. With it, a clone can prove that its own identity differs. */
  identitySha256?: string;
}
