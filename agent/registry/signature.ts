import { ParbakeError } from '../../proto/errors/errors.ts';
import {
  bundleProblem,
  isBundleType,
  signatureAnnotation,
  simpleSigningProblem,
  simpleSigningType,
} from '../core/image/cosign.ts';
import type { SignatureCheck } from '../core/manifest.ts';
import { parseRegistryDocument, type Descriptor } from '../core/image/registry-document.ts';
import type { SigningKey } from '../../proto/recipe/signing-key.ts';
import type { RegistryReader } from './client.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** Limit of candidates. Anybody who can push can push rubbish, and each candidate costs a request or two. */
const maxLookedAt = 64;
/** Limit of reasons in a message, which counts the rest. */
const maxReasons = 5;

/** A signature in the registry, valid or not. */
interface Candidate {
  format: SignatureCheck['format'];
  /** Digest of the blob. */
  digest: string;
  /** Detached signature, base64; empty for a bundle. */
  detached: string;
}

/**
 * Looks in the image's own repository for a signature of its digest by a key: at the tag that cosign derives from the digest, and
 * among the referrers.
 * @param ref for messages
 * @param digest what will be pulled
 * @throws ParbakeError IMAGE_SIGNATURE_MISSING, IMAGE_SIGNATURE_INVALID, and IMAGE_SIGNATURE_UNKNOWN when the registry cannot
 * be asked
 */
export async function checkSignature(
  reader: RegistryReader,
  ref: string,
  digest: string,
  key: SigningKey,
  signal: AbortSignal,
): Promise<SignatureCheck> {
  const looked: string[] = [];
  let failure: unknown;
  try {
    for await (const found of candidates(reader, digest)) {
      if (looked.length === maxLookedAt) break;
      const problem = await problemOf(found, reader, key, digest).catch((cause: unknown) => {
        signal.throwIfAborted();
        failure ??= cause;
        return `it cannot be read: ${reasonOf(cause)}`;
      });
      const { format, digest: blob } = found;
      if (problem === undefined) return { result: 'verified', format, keySha256: key.sha256, digest: blob };
      looked.push(`${blob}: ${problem}`);
    }
  } catch (cause) {
    signal.throwIfAborted();
    failure = cause;
  }
  const image = `${ref} (${digest})`;
  if (failure !== undefined)
    throw new ParbakeError(
      'IMAGE_SIGNATURE_UNKNOWN',
      `whether ${image} is signed is unknown, because its registry cannot be read: ${reasonOf(failure)}`,
      { cause: failure },
    );
  if (looked.length === 0)
    throw new ParbakeError(
      'IMAGE_SIGNATURE_MISSING',
      `${image} has no signature of cosign in its repository, but the recipe names a key for it`,
    );
  const reasons = looked.slice(0, maxReasons);
  if (looked.length > maxReasons) reasons.push(`${looked.length - maxReasons} more do not either`);
  throw new ParbakeError(
    'IMAGE_SIGNATURE_INVALID',
    `none of the signatures of ${image} holds for the recipe's key ${key.sha256}: ${reasons.join('; ')}`,
  );
}

async function problemOf(
  { format, digest: blob, detached }: Candidate,
  reader: RegistryReader,
  key: SigningKey,
  digest: string,
): Promise<string | undefined> {
  const text = await reader.blob(blob);
  return format === 'simple-signing'
    ? simpleSigningProblem(text, detached, key, digest)
    : bundleProblem(text, key, digest);
}

async function* candidates(reader: RegistryReader, digest: string): AsyncGenerator<Candidate> {
  const tag = digest.replace(':', '-');
  const signatures = await reader.manifest(`${tag}.sig`);
  if (signatures !== undefined) yield* candidatesIn(signatures);
  const referring = (await reader.referrers(digest)) ?? (await reader.manifest(tag));
  const index = referring === undefined ? undefined : parseRegistryDocument(referring);
  if (index?.kind !== 'index') return;
  const referrers = index.manifests.filter(({ artifactType }) => mayBeSignature(artifactType));
  for (const { digest: manifest } of referrers.slice(0, maxLookedAt)) {
    const text = await reader.manifest(manifest);
    if (text !== undefined) yield* candidatesIn(text);
  }
}

/** Registries that predate artifact types leave it empty, or give the configuration's type. */
function mayBeSignature(artifactType: string): boolean {
  const isUnsaid = artifactType === '' || artifactType.startsWith('application/vnd.oci.');
  return isUnsaid || isBundleType(artifactType) || artifactType.startsWith('application/vnd.dev.cosign.');
}

/** Returns the candidates of a manifest. Rubbish beside a signature does not spoil it, so anything else has none. */
function candidatesIn(manifest: string): Candidate[] {
  try {
    const document = parseRegistryDocument(manifest);
    return document.kind === 'manifest' ? document.layers.flatMap(candidateOf) : [];
  } catch {
    return [];
  }
}

function candidateOf({ mediaType, digest, annotations }: Descriptor): Candidate[] {
  if (mediaType === simpleSigningType)
    return [{ format: 'simple-signing', digest, detached: annotations[signatureAnnotation] ?? '' }];
  return isBundleType(mediaType) ? [{ format: 'sigstore-bundle', digest, detached: '' }] : [];
}
