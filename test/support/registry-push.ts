import { createHash } from 'node:crypto';

const manifestTypes =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/**
 * Makes an index of an image in a registry, as BuildKit does: with an attestation beside it that has a bill of materials,
 * and with another bill that refers to it, by the tag that stands in for the referrers API.
 * @returns digests of the index, of the attested bill and of the referring one
 */
export async function pushWithBills(registry: string, repository: string, from: string, to: string) {
  const base = `http://${registry}/v2/${repository}`;
  const answer = await fetch(`${base}/manifests/${from}`, { headers: { accept: manifestTypes } });
  const text = await answer.text();
  const image = {
    mediaType: answer.headers.get('content-type') ?? '',
    digest: digestOf(text),
    size: text.length,
  };
  const attestedBill = await pushBlob(base, '{"predicateType":"https://spdx.dev/Document"}');
  const attestation = await pushManifest(base, {
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(base, '{}')) },
    layers: [
      {
        mediaType: 'application/vnd.in-toto+json',
        ...attestedBill,
        annotations: { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' },
      },
    ],
  });
  const referring = await pushManifest(base, {
    artifactType: 'application/vnd.cyclonedx+json',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...(await pushBlob(base, '{ }')) },
    layers: [],
    subject: image,
  });
  await put(`${base}/manifests/${image.digest.replace(':', '-')}`, indexType, {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [{ ...referring, artifactType: 'application/vnd.cyclonedx+json' }],
  });
  const unknown = { os: 'unknown', architecture: 'unknown' };
  const marks = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': image.digest,
  };
  const index = await put(`${base}/manifests/${to}`, indexType, {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      { ...image, platform: { os: 'linux', architecture: 'amd64' } },
      { ...attestation, platform: unknown, annotations: marks },
    ],
  });
  return {
    index: index.digest,
    image: image.digest,
    attested: attestedBill.digest,
    referring: referring.digest,
  };
}

/**
 * Pushes an image that is made of archives as they are, which no builder would make.
 * @param layers base first, uncompressed
 * @param packed what is pushed of a layer, such as gzip's output
 */
export async function pushArchives(
  registry: string,
  repository: string,
  layers: readonly Buffer[],
  packed: { suffix: string; pack: (layer: Buffer) => Buffer } = { suffix: '', pack: (layer) => layer },
): Promise<string> {
  const base = `http://${registry}/v2/${repository}`;
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['/none'] },
    rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
    history: layers.map(() => ({ created_by: 'a test' })),
  };
  const descriptors: Descriptor[] = [];
  for (const layer of layers)
    descriptors.push({
      mediaType: `application/vnd.oci.image.layer.v1.tar${packed.suffix}`,
      ...(await pushBlob(base, packed.pack(layer))),
    });
  const configBlob = await pushBlob(base, JSON.stringify(config));
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...configBlob },
    layers: descriptors,
  };
  await put(`${base}/manifests/1.0`, manifestType, manifest);
  return `${registry}/${repository}:1.0`;
}

export async function pushManifest(base: string, content: object): Promise<Descriptor> {
  const whole = { schemaVersion: 2, mediaType: manifestType, ...content };
  return await put(`${base}/manifests/${digestOf(JSON.stringify(whole))}`, manifestType, whole);
}

export async function put(url: string, type: string, content: object): Promise<Descriptor> {
  const body = JSON.stringify(content);
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body });
  if (answer.status !== 201) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return { mediaType: type, digest: digestOf(body), size: body.length };
}

export async function pushBlob(
  base: string,
  text: string | Buffer,
): Promise<{ digest: string; size: number }> {
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(begun.headers.get('location') ?? '', base);
  const digest = digestOf(text);
  location.searchParams.set('digest', digest);
  const answer = await fetch(location, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: typeof text === 'string' ? text : new Uint8Array(text),
  });
  if (answer.status !== 201) throw new Error(`${location.href}: ${answer.status} ${await answer.text()}`);
  return { digest, size: text.length };
}

export function digestOf(text: string | Buffer): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
