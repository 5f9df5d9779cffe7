import { sign, type KeyObject } from 'node:crypto';
import { digestOf, indexType, pushBlob, pushManifest, put, type Descriptor } from './registry-push.ts';

/** Signs as `cosign sign --key` does. What it would not do can be asked for. */
export interface Signing {
  /** `host:port` */
  registry: string;
  repository: string;
  /** What the signature is found at. */
  at: string;
  key: KeyObject;
  /** What is signed; the same unless given. */
  digest?: string;
  /** In the payload's place once it is signed. */
  instead?: string;
  /** What kind of statement is signed. */
  predicateType?: string;
}

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Signs as cosign did before version 3: a payload, with its signature beside it in a tagged manifest. */
export async function signDetached(signing: Signing): Promise<string> {
  const base = baseOf(signing);
  const payload = simplePayload(signing.digest ?? signing.at);
  const blob = await pushBlob(base, signing.instead ?? payload);
  const tag = `${signing.at.replace(':', '-')}.sig`;
  await put(`${base}/manifests/${tag}`, 'application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(base, '{}')) },
    layers: [
      {
        mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
        ...blob,
        annotations: { 'dev.cosignproject.cosign/signature': signatureOf(Buffer.from(payload), signing.key) },
      },
    ],
  });
  return blob.digest;
}

/** Signs as cosign 3 does: a bundle that refers to the image, by the tag that stands in for the referrers API. */
export async function signWithBundle(signing: Signing): Promise<string> {
  const base = baseOf(signing);
  const blob = await pushBlob(base, signing.instead ?? bundleOf(signing));
  const manifest = await pushManifest(base, {
    artifactType: bundleType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...(await pushBlob(base, '{}')) },
    layers: [{ mediaType: bundleType, ...blob }],
    subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: signing.at, size: 1 },
  });
  await refer(base, signing.at, [{ ...manifest, artifactType: bundleType }]);
  return blob.digest;
}

export function bundleOf({ at, digest = at, key, predicateType }: Omit<Signing, 'registry' | 'repository'>) {
  const [, sha256 = ''] = digest.split(':');
  const statement = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256 }, annotations: {} }],
    predicateType: predicateType ?? 'https://sigstore.dev/cosign/sign/v1',
    predicate: {},
  });
  const type = 'application/vnd.in-toto+json';
  const signed = `DSSEv1 ${type.length} ${type} ${statement.length} ${statement}`;
  return JSON.stringify({
    mediaType: bundleType,
    verificationMaterial: { publicKey: { hint: '' } },
    dsseEnvelope: {
      payload: Buffer.from(statement).toString('base64'),
      payloadType: type,
      signatures: [{ sig: signatureOf(Buffer.from(signed), key) }],
    },
  });
}

export function simplePayload(digest: string, type = 'cosign container image signature'): string {
  const image = { 'docker-manifest-digest': digest };
  return JSON.stringify({
    critical: { identity: { 'docker-reference': '' }, image, type },
    optional: null,
  });
}

export function signatureOf(data: Buffer, key: KeyObject): string {
  return sign('sha256', data, key).toString('base64');
}

/** Removes both, so that the next test finds none. */
export async function unsign({ registry, repository, at }: Omit<Signing, 'key'>): Promise<void> {
  const base = baseOf({ registry, repository });
  const tag = at.replace(':', '-');
  for (const reference of [tag, `${tag}.sig`]) {
    const accept = `${indexType}, application/vnd.oci.image.manifest.v1+json`;
    const found = await fetch(`${base}/manifests/${reference}`, { headers: { accept } });
    if (found.status === 404) continue;
    const digest = digestOf(await found.text());
    const answer = await fetch(`${base}/manifests/${digest}`, { method: 'DELETE' });
    if (answer.status !== 202) throw new Error(`${reference}: ${answer.status} ${await answer.text()}`);
  }
}

async function refer(base: string, at: string, manifests: (Descriptor & { artifactType: string })[]) {
  const tag = at.replace(':', '-');
  await put(`${base}/manifests/${tag}`, indexType, { schemaVersion: 2, mediaType: indexType, manifests });
}

function baseOf({ registry, repository }: Pick<Signing, 'registry' | 'repository'>): string {
  return `http://${registry}/v2/${repository}`;
}
