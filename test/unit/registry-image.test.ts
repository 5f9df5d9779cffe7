import { describe, expect, test } from 'vitest';
import type { RegistryReader } from '../../agent/registry/client.ts';
import { readRegistryImage } from '../../agent/registry/image.ts';
import { sha } from '../support/http-registry.ts';

const amd64 = { os: 'linux', architecture: 'amd64', variant: '' };

describe('an image', () => {
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [sha('d')] } });
  const manifest = (layers = 1): string =>
    JSON.stringify({
      config: { digest: sha(config), size: 1 },
      layers: Array.from({ length: layers }, () => ({ digest: sha('l'), size: 5 })),
    });
  const index = (platforms: (object | undefined)[]): string =>
    JSON.stringify({
      manifests: platforms.map((platform) => ({ digest: sha(manifest()), size: 1, platform })),
    });
  const reader = (documents: readonly string[]): RegistryReader => ({
    manifest: async (reference) => documents.find((text) => sha(text) === reference),
    blob: async () => config,
    referrers: async () => undefined,
  });
  const read = async (text: string, ...more: string[]): Promise<unknown> =>
    await readRegistryImage(reader([text, ...more]), 'app', sha(text), amd64);

  test('has the layers of its manifest and the digests of its configuration', async () => {
    expect(await read(manifest())).toEqual({
      platformDigest: sha(manifest()),
      configDigest: sha(config),
      platform: amd64,
      sbom: [],
      layers: [{ digest: sha('l'), diffId: sha('d'), sizeBytes: 5 }],
    });
  });

  test('of an index is the one for the platform', async () => {
    const text = index([
      { os: 'linux', architecture: 'arm64' },
      { os: 'linux', architecture: 'amd64' },
    ]);
    expect(await read(text, manifest())).toMatchObject({ platformDigest: sha(manifest()) });
  });

  test.each([
    ['names no platform', [undefined]],
    ['spells it x86_64', [{ os: 'linux', architecture: 'x86_64' }]],
    ['spells it with the usual variant', [{ os: 'linux', architecture: 'amd64', variant: 'v1' }]],
    ['spells it in capitals', [{ os: 'Linux', architecture: 'AMD64' }]],
    [
      'also has a statement',
      [
        { os: 'unknown', architecture: 'unknown' },
        { os: 'linux', architecture: 'amd64' },
      ],
    ],
  ])('B6: of an index whose entry %s is taken', async (_, platforms) => {
    expect(await read(index(platforms), manifest())).toMatchObject({ platformDigest: sha(manifest()) });
  });

  test('B6: of an index in an index is followed, and not without end', async () => {
    const inner = index([{ os: 'linux', architecture: 'amd64' }]);
    const outer = (text: string): string =>
      JSON.stringify({
        manifests: [{ digest: sha(text), size: 1, platform: { os: 'linux', architecture: 'amd64' } }],
      });
    expect(await read(outer(inner), inner, manifest())).toMatchObject({ platformDigest: sha(manifest()) });
    const chain = [inner];
    for (let depth = 0; depth < 6; depth++) chain.push(outer(chain.at(-1) ?? ''));
    await expect(read(chain.at(-1) ?? '', ...chain, manifest())).rejects.toThrow(
      'leads to more than 4 others',
    );
  });

  test.each([
    [
      'for another platform',
      index([{ os: 'linux', architecture: 'arm64' }]),
      'app is for linux/arm64, not for linux/amd64',
    ],
    ['with attestations only', index([{ os: 'unknown', architecture: 'unknown' }]), 'is for no platform'],
    ['whose lists of layers differ', manifest(2), 'has 2 layers, its configuration 1'],
    ['of the first schema', '{"schemaVersion":1,"fsLayers":[]}', "Docker's schema 1"],
    ['without digests', '{"manifests":[{"size":1}]}', 'without digest'],
    ['that is no JSON', '<html>', 'JSON'],
  ])('%s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
