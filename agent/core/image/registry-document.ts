import { digestProblem } from '../../../proto/recipe/image-ref.ts';
import { member, textMember } from '../json.ts';
import { preferenceOf, type Platform } from '../../../proto/recipe/platform.ts';

/** A document that a registry has under a digest. OCI's and Docker's have the same members. */
export type RegistryDocument =
  { kind: 'index'; manifests: Descriptor[] } | { kind: 'manifest'; config: Descriptor; layers: Descriptor[] };

export interface Descriptor {
  mediaType: string;
  digest: string;
  sizeBytes: number;
  /** Only entries of an index have one. */
  platform?: Platform | undefined;
  /** Type of the artifact that refers to an image; empty when absent. */
  artifactType: string;
  annotations: Readonly<Record<string, string>>;
}

/** The part of an image's configuration that a bake needs. */
export interface ImageConfiguration {
  platform: Platform;
  /** ISO 8601; absent when the configuration has none. */
  created?: string;
  /** Digests of the unpacked layers, base first. */
  diffIds: string[];
}

/** @throws SyntaxError for any other document, Docker's schema 1 included */
export function parseRegistryDocument(text: string): RegistryDocument {
  const value: unknown = JSON.parse(text);
  if (member(value, 'schemaVersion') === 1)
    throw new SyntaxError(
      "a manifest of Docker's schema 1, which no supported Engine pulls; push the image again",
    );
  const manifests = member(value, 'manifests');
  if (Array.isArray(manifests)) return { kind: 'index', manifests: manifests.map(toDescriptor) };
  const layers = member(value, 'layers');
  if (!Array.isArray(layers)) throw new SyntaxError('neither an index nor a manifest of layers');
  return {
    kind: 'manifest',
    config: toDescriptor(member(value, 'config')),
    layers: layers.map(toDescriptor),
  };
}

/** @throws SyntaxError */
export function parseImageConfiguration(text: string): ImageConfiguration {
  const value: unknown = JSON.parse(text);
  const diffIds = member(member(value, 'rootfs'), 'diff_ids');
  if (!Array.isArray(diffIds) || !diffIds.every(isDigest))
    throw new SyntaxError('an image configuration without layers');
  const created = textMember(value, 'created');
  return {
    platform: toPlatform(value),
    diffIds,
    ...(created === '' || Number.isNaN(Date.parse(created)) ? {} : { created }),
  };
}

/**
 * Chooses the manifest that an Engine takes from an index.
 * @returns undefined when there is none for that platform
 */
export function manifestFor(index: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const ranked = index
    .filter((entry) => !isAttestation(entry))
    .flatMap((entry) => {
      // An entry without a platform may be for any; an entry with the right one is preferred.
      const rank =
        entry.platform === undefined ? Number.MAX_SAFE_INTEGER : preferenceOf(entry.platform, wanted);
      return rank === undefined ? [] : [{ entry, rank }];
    });
  return ranked.reduce<(typeof ranked)[number] | undefined>(
    (best, one) => (best === undefined || one.rank < best.rank ? one : best),
    undefined,
  )?.entry;
}

/** BuildKit stores attestations beside an image, as entries for an unknown platform. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return platform?.os === 'unknown' || annotations['vnd.docker.reference.type'] !== undefined;
}

/** Media types and predicates of bills of materials, as BuildKit, cosign, syft and ORAS name them. */
const billPattern = /spdx|cyclonedx|syft/i;

export function isBillOfMaterials(type: string): boolean {
  return billPattern.test(type);
}

function toDescriptor(value: unknown): Descriptor {
  const digest = textMember(value, 'digest');
  const size = member(value, 'size');
  if (!isDigest(digest) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new SyntaxError('a descriptor without digest or size');
  const platform = member(value, 'platform');
  return {
    digest,
    sizeBytes: size,
    mediaType: textMember(value, 'mediaType'),
    artifactType: textMember(value, 'artifactType'),
    annotations: textsOf(member(value, 'annotations')),
    platform: platform === undefined ? undefined : toPlatform(platform),
  };
}

function toPlatform(value: unknown): Platform {
  return {
    os: textMember(value, 'os'),
    architecture: textMember(value, 'architecture'),
    variant: textMember(value, 'variant'),
  };
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestProblem(value) === undefined;
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
