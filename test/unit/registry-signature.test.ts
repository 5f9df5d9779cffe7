import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseSigningKey } from '../../proto/recipe/signing-key.ts';
import { registryReader } from '../../agent/registry/client.ts';
import { registryAccess } from '../support/registry-access.ts';
import { checkSignature } from '../../agent/registry/signature.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** What cosign itself wrote; see cosign.test.ts. */
const made = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/cosign.json'), 'utf8')) as {
  digest: string;
  payload: string;
  ecdsa: { key: string; signature: string; bundle: string };
  rsa: { bundle: string };
};
const tag = made.digest.replace(':', '-');
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const sha = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const described = (text: string, mediaType: string, more: object = {}): object => ({
  mediaType,
  digest: sha(text),
  size: text.length,
  ...more,
});

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A registry that has what the real one of the test bed cannot have: answers by the paths below its repository. */
async function check(answers: Readonly<Record<string, string | number>>): Promise<unknown> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/v2/acme/app/', '');
    asked.push(path);
    const answer = answers[path] ?? 404;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else response.writeHead(200).end(answer);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const domain = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const access = registryAccess(domain, { signal });
  const key = parseSigningKey(made.ecdsa.key);
  if (!key.ok) throw new Error(key.reason);
  try {
    return await checkSignature(registryReader(access), 'app:1', made.digest, key.key, signal);
  } catch (cause) {
    return cause instanceof ParbakeError ? { code: cause.code, message: cause.message, asked } : cause;
  }
}

function manifestOf(...layers: object[]): string {
  const config = described('{}', 'application/vnd.oci.empty.v1+json');
  return JSON.stringify({ schemaVersion: 2, config, layers });
}

function indexOf(...manifests: [text: string, artifactType: string][]): string {
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const entries = manifests.map(([text, artifactType]) => described(text, type, { artifactType }));
  return JSON.stringify({ schemaVersion: 2, manifests: entries });
}

const bundled = manifestOf(described(made.ecdsa.bundle, bundleType));
const detached = manifestOf(
  described(made.payload, 'application/vnd.dev.cosign.simplesigning.v1+json', {
    annotations: { 'dev.cosignproject.cosign/signature': made.ecdsa.signature },
  }),
);
const blobs = {
  [`blobs/${sha(made.ecdsa.bundle)}`]: made.ecdsa.bundle,
  [`blobs/${sha(made.rsa.bundle)}`]: made.rsa.bundle,
  [`blobs/${sha(made.payload)}`]: made.payload,
};

test.each([
  ['a bundle', bundled, bundleType, 'sigstore-bundle'],
  ['a bundle whose type is not told', bundled, '', 'sigstore-bundle'],
  ['a detached one', detached, 'application/vnd.dev.cosign.artifact.sig.v1+json', 'simple-signing'],
])('%s is found by the referrers API', async (_, manifest, artifactType, format) => {
  const found = await check({
    ...blobs,
    [`referrers/${made.digest}`]: indexOf(['{"what":"a bill"}', 'text/spdx'], [manifest, artifactType]),
    [`manifests/${sha(manifest)}`]: manifest,
  });
  expect(found).toMatchObject({ result: 'verified', format });
});

test('rubbish that somebody pushed beside it does not hide it, and is not fetched without end', async () => {
  const rubbish = ['[]', '{"layers":7}', 'no JSON', manifestOf(described('gone', bundleType))];
  const manifests = Object.fromEntries(rubbish.map((text) => [`manifests/${sha(text)}`, text]));
  const referring = indexOf(...rubbish.map((text): [string, string] => [text, bundleType]), [
    bundled,
    bundleType,
  ]);
  expect(
    await check({
      ...blobs,
      ...manifests,
      [`referrers/${made.digest}`]: referring,
      [`manifests/${sha(bundled)}`]: bundled,
    }),
  ).toMatchObject({ result: 'verified' });
  const many = manifestOf(...Array.from({ length: 1000 }, () => described(made.rsa.bundle, bundleType)));
  const refused = (await check({ ...blobs, [`manifests/${tag}.sig`]: many })) as { asked: string[] };
  expect(refused).toMatchObject({
    code: 'IMAGE_SIGNATURE_INVALID',
    message: expect.stringContaining('59 more do not either'),
  });
  expect(refused.asked.length).toBeLessThan(70);
});

test('a blob that is not what its digest says is not believed', async () => {
  const found = await check({
    [`manifests/${tag}.sig`]: detached,
    [`blobs/${sha(made.payload)}`]: `${made.payload} `,
  });
  expect(found).toMatchObject({
    code: 'IMAGE_SIGNATURE_UNKNOWN',
    message: expect.stringContaining('is something else'),
  });
});

test.each([
  ['the tag', { [`manifests/${tag}.sig`]: 503 }],
  ['what refers to it', { [`manifests/${tag}`]: 500 }],
  ['the signature', { [`manifests/${tag}.sig`]: detached, [`blobs/${sha(made.payload)}`]: 500 }],
  ['anything', { [`manifests/${tag}.sig`]: 401 }],
])('a registry that does not give %s is no registry without a signature', async (_, answers) => {
  expect(await check(answers)).toMatchObject({ code: 'IMAGE_SIGNATURE_UNKNOWN' });
});

test('a registry that has nothing has no signature', async () => {
  expect(await check({})).toMatchObject({ code: 'IMAGE_SIGNATURE_MISSING' });
});
