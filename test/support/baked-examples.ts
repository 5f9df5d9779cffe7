import type { BakedImage, BakedLayer, Manifest } from '../../agent/core/manifest.ts';
import type { Baked } from '../../agent/bake/request.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const at = '2026-11-20T14:03:05.250Z';

export function aLayer(part: Partial<BakedLayer> = {}): BakedLayer {
  return {
    digest: digest('1'),
    diffId: digest('2'),
    sizeBytes: 31_400_000,
    downloadMs: 812,
    extractMs: 1430,
    cached: false,
    ...part,
  };
}

export function anImage(part: Partial<BakedImage> = {}): BakedImage {
  return {
    ref: 'registry.example.com/acme/app:1.4.2',
    registry: 'registry.example.com',
    tag: 'registry.example.com/acme/app:1.4.2',
    digest: digest('a'),
    platformDigest: digest('b'),
    configDigest: digest('c'),
    imageId: digest('c'),
    platform: 'linux/amd64',
    created: '2026-10-01T08:00:00Z',
    compressedBytes: 61_300_000,
    sizeBytes: 172_000_000,
    pulledAt: at,
    pullMs: 4210,
    layers: [aLayer(), aLayer({ sizeBytes: 29_900_000, downloadMs: 1904, extractMs: 640 })],
    verification: { method: 'tar-split', result: 'ok', at, ms: 401, bytes: 171_000_000 },
    ...part,
  };
}

export function aManifest(part: Partial<Manifest> = {}): Manifest {
  return {
    apiVersion: 'parbake/v1',
    bakeId: '6a0b3c1e-0000-4000-8000-000000000000',
    startedAt: '2026-11-20T14:02:55.000Z',
    createdAt: at,
    agentVersion: '0.1.0',
    lockSha256: 'd'.repeat(64),
    builder: {
      engineIdSha256: 'e'.repeat(64),
      engineVersion: '26.1.5',
      apiVersion: '1.45',
      containerdVersion: '1.7.24',
      runcVersion: '1.1.15',
      storageDriver: 'overlay2',
      imageStore: 'graphdriver',
      userNamespaces: false,
      dataRoot: '/var/lib/docker',
      architecture: 'amd64',
      kernel: '6.1.0-30-cloud-amd64',
      system: { id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
      instance: {
        id: 'i-0d36acca4b3dd6db7',
        type: 'm7i.large',
        sourceImageId: 'ami-0b5c2f6a9d0e4c3aa',
        region: 'eu-central-1',
      },
    },
    images: [anImage()],
    roles: [],
    disk: {
      freeBeforeBytes: 21e9,
      freeAfterBytes: 20.7e9,
      layersBytes: 181e6,
      engineLayersBytes: 172e6,
      orphanBytes: 0,
    },
    seal: null,
    ...part,
  };
}

/** A finished bake. */
export function aBake(images: readonly BakedImage[] = [anImage()], part: Partial<Baked> = {}): Baked {
  return {
    manifest: aManifest({ images: [...images] }),
    manifestFile: '/usr/lib/parbake/manifest.json',
    lockFile: '/etc/parbake/parbake.lock',
    changed: true,
    results: images.map((image) => ({ image, cached: image.pullMs === 0 })),
    recordings: [],
    warnings: [],
    ...part,
  };
}
