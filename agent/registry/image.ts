import {
  isBillOfMaterials,
  manifestFor,
  parseImageConfiguration,
  parseRegistryDocument,
  type Descriptor,
  type RegistryDocument,
} from '../core/image/registry-document.ts';
import type { SbomPointer } from '../core/manifest.ts';
import { formatPlatform, type Platform } from '../../proto/recipe/platform.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { RegistryReader } from './client.ts';

/** How many indexes may be nested. */
const maxDepth = 4;
/** Limit of attestations that are read for one image. */
const maxAttestations = 16;

/** What a registry knows about an image before it is pulled. */
export interface RegistryImage {
  /** Digest of the manifest for the platform; the image's own digest when that is not an index. */
  platformDigest: string;
  /** Digest of the configuration, which is the image id on an Engine with graph drivers. */
  configDigest: string;
  platform: Platform;
  created?: string | undefined;
  layers: RegistryLayer[];
  sbom: SbomPointer[];
}

export interface RegistryLayer {
  digest: string;
  /** Digest of the unpacked layer. */
  diffId: string;
  /** Compressed size, bytes. */
  sizeBytes: number;
}

/**
 * Reads an image's index, manifest and configuration.
 * @param ref for messages
 * @param digest what the reference stands for
 * @throws ParbakeError IMAGE_PLATFORM_MISMATCH, IMAGE_NOT_FOUND; Error when the registry cannot be read or understood
 */
export async function readRegistryImage(
  reader: RegistryReader,
  ref: string,
  digest: string,
  wanted: Platform,
): Promise<RegistryImage> {
  const top = await documentOf(reader, ref, digest);
  const { platformDigest, manifest } = await manifestBelow(reader, { ref, digest, wanted }, top);
  const configuration = parseImageConfiguration(await reader.blob(manifest.config.digest));
  const { diffIds, platform, created } = configuration;
  if (diffIds.length !== manifest.layers.length)
    throw new Error(
      `the manifest of ${ref} has ${manifest.layers.length} layers, its configuration ${diffIds.length}`,
    );
  return {
    platformDigest,
    configDigest: manifest.config.digest,
    platform,
    created,
    layers: manifest.layers.map((layer, index) => ({
      digest: layer.digest,
      diffId: diffIds[index] ?? '',
      sizeBytes: layer.sizeBytes,
    })),
    sbom: await billsOf(reader, top, platformDigest),
  };
}

/** Follows an index, which may lead to another one, to the manifest for the platform. */
async function manifestBelow(
  reader: RegistryReader,
  { ref, digest, wanted }: { ref: string; digest: string; wanted: Platform },
  top: RegistryDocument,
): Promise<{ platformDigest: string; manifest: RegistryDocument & { kind: 'manifest' } }> {
  let [platformDigest, document] = [digest, top];
  for (let depth = 0; document.kind === 'index'; depth++) {
    if (depth === maxDepth) throw new Error(`the index of ${ref} leads to more than ${maxDepth} others`);
    platformDigest = choose(ref, document.manifests, wanted);
    document = await documentOf(reader, ref, platformDigest);
  }
  return { platformDigest, manifest: document };
}

async function documentOf(reader: RegistryReader, ref: string, digest: string): Promise<RegistryDocument> {
  const text = await reader.manifest(digest);
  if (text === undefined)
    throw new ParbakeError('IMAGE_NOT_FOUND', `${ref} has no manifest ${digest} in its registry`);
  return parseRegistryDocument(text);
}

function choose(ref: string, manifests: readonly Descriptor[], wanted: Platform): string {
  const chosen = manifestFor(manifests, wanted);
  if (chosen !== undefined) return chosen.digest;
  const has = manifests.flatMap(({ platform }) =>
    platform === undefined || platform.os === 'unknown' ? [] : [formatPlatform(platform)],
  );
  throw new ParbakeError(
    'IMAGE_PLATFORM_MISMATCH',
    `${ref} is for ${has.join(', ') || 'no platform'}, not for ${formatPlatform(wanted)}`,
  );
}

/** Finds the image's bills of materials: BuildKit's attestations beside it, and referrers. */
async function billsOf(
  reader: RegistryReader,
  top: RegistryDocument,
  digest: string,
): Promise<SbomPointer[]> {
  const attestations =
    top.kind === 'index' ? top.manifests.filter((one) => isAttestationOf(one, digest)) : [];
  attestations.splice(maxAttestations);
  const bills: SbomPointer[] = [];
  for (const { digest: manifest } of attestations) bills.push(...(await attested(reader, manifest)));
  const text = (await reader.referrers(digest)) ?? (await reader.manifest(digest.replace(':', '-')));
  const referring = text === undefined ? undefined : parseRegistryDocument(text);
  for (const { artifactType, mediaType, digest: manifest } of referring?.kind === 'index'
    ? referring.manifests
    : []) {
    const type = artifactType === '' ? mediaType : artifactType;
    if (isBillOfMaterials(type)) bills.push({ source: 'referrer', type, digest: manifest });
  }
  return bills;
}

function isAttestationOf({ annotations }: Descriptor, digest: string): boolean {
  return (
    annotations['vnd.docker.reference.type'] === 'attestation-manifest' &&
    annotations['vnd.docker.reference.digest'] === digest
  );
}

async function attested(reader: RegistryReader, digest: string): Promise<SbomPointer[]> {
  const text = await reader.manifest(digest);
  const document = text === undefined ? undefined : parseRegistryDocument(text);
  return (document?.kind === 'manifest' ? document.layers : []).flatMap((layer): SbomPointer[] => {
    const type = layer.annotations['in-toto.io/predicate-type'] ?? '';
    return isBillOfMaterials(type) ? [{ source: 'attestation', type, digest: layer.digest }] : [];
  });
}
