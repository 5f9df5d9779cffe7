import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Manifest } from '../../agent/core/manifest.ts';
import { parseOsRelease } from '../../agent/core/os-release.ts';
import { documentsIn } from '../support/example-of-docs.ts';
import { manifestViolations } from '../support/manifest-schema.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const at = '2026-11-20T00:00:00.000Z';

/** One that has everything that a manifest can have. */
const full: Manifest = {
  apiVersion: 'parbake/v1',
  bakeId: 'bake-1',
  startedAt: at,
  createdAt: at,
  agentVersion: '0.1.0',
  agentCommit: `${'e'.repeat(40)}-dirty`,
  agentSha256: 'f'.repeat(64),
  hostSbom: { path: '/usr/share/sbom/host.json', type: 'https://spdx.dev/Document', sha256: 'a'.repeat(64) },
  machineImage: { name: 'web-7', sourceName: 'debian-12', buildId: 'run-7' },
  lockSha256: 'b'.repeat(64),
  builder: {
    engineIdSha256: 'c'.repeat(64),
    engineVersion: '26.1.5+dfsg1',
    apiVersion: '1.45',
    containerdVersion: '1.7.24',
    runcVersion: '1.1.5',
    buildxVersion: 'v0.30.1',
    storageDriver: 'overlay2',
    imageStore: 'graphdriver',
    userNamespaces: false,
    dataRoot: '/var/lib/docker',
    architecture: 'amd64',
    kernel: '6.1.0',
    system: { id: 'debian', versionId: '12', name: 'Debian', imageId: 'cloud', imageVersion: '7' },
    instance: { id: 'i-1', type: 'm7i.large', sourceImageId: 'ami-1', region: 'eu-central-1' },
  },
  images: [
    {
      ref: 'acme/app:1.0',
      registry: 'docker.io',
      tag: 'acme/app:1.0',
      digest,
      platformDigest: digest,
      configDigest: digest,
      imageId: digest,
      platform: 'linux/amd64',
      created: at,
      compressedBytes: 5,
      sizeBytes: 10,
      pulledAt: at,
      pullMs: 1.5,
      retries: [{ at, code: 'IMAGE_PULL_STALLED', reason: 'no progress', waitMs: 500 }],
      layers: [
        {
          digest,
          diffId: digest,
          sizeBytes: 5,
          cached: false,
          downloadStartMs: 0.5,
          downloadMs: 1.25,
          extractStartMs: 2,
          extractMs: 2,
        },
        { digest: 'a'.repeat(12), cached: true },
      ],
      verification: { method: 'tar-split', result: 'ok', at, ms: 3, bytes: 10 },
      signature: { result: 'verified', format: 'simple-signing', keySha256: 'd'.repeat(64), digest },
      sbom: [{ source: 'attestation', type: 'https://spdx.dev/Document', digest }],
    },
  ],
  atBoot: [
    {
      ref: 'acme/big:1.0',
      digest,
      platform: 'linux/arm/v7',
      signature: { result: 'verified', format: 'sigstore-bundle', keySha256: 'd'.repeat(64), digest },
    },
  ],
  roles: [
    {
      name: 'web',
      containers: [
        {
          name: 'app',
          image: 'acme/app:1.0',
          prepare: 'gate',
          ports: [8080],
          userEnv: ['BRANCH'],
          ready: { kind: 'http', port: 8080, path: '/', timeoutMs: 60_000 },
          files: '/run/files',
          after: ['db'],
          stopTimeoutSeconds: 5,
          init: true,
          readOnly: true,
        },
        {
          name: 'db',
          image: 'acme/db:1',
          prepare: 'start',
          ports: [],
          ready: { kind: 'started' },
          userEnv: [],
        },
      ],
    },
  ],
  disk: { freeBeforeBytes: 9, freeAfterBytes: 8, layersBytes: 7, engineLayersBytes: 6, orphanBytes: 0 },
  seal: {
    sealedAt: at,
    removed: [
      { rule: 'docker-engine-id', path: '/a', identitySha256: 'a'.repeat(64) },
      { rule: 'machine-id', path: '/b', action: 'empty' },
    ],
    kept: ['machine-id'],
    keptBecause: [{ rule: 'machine-id', why: 'a licence hangs on it' }],
  },
};

/** Paths of all members and items, as keys one below the other. */
function pathsIn(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = Array.isArray(value) ? Number(key) : key;
    return [[own], ...pathsIn(inner).map((path) => [own, ...path])];
  });
}

function changed(
  path: readonly (string | number)[],
  change: (parent: Record<string, unknown>, key: string) => void,
): unknown {
  const copy = structuredClone(full) as unknown as Record<string, unknown>;
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[String(key)], copy);
  change(parent as Record<string, unknown>, String(path.at(-1)));
  return copy;
}

const paths = pathsIn(full);
const anyPath = fc.constantFrom(...paths);

test('a manifest with everything in it, and one with as little as possible, are valid', () => {
  expect(manifestViolations(full)).toEqual([]);
  const { atBoot: _, ...rest } = full;
  expect(manifestViolations({ ...rest, images: [], roles: [], seal: null })).toEqual([]);
});

test('the example in its documentation is valid', () => {
  expect(documentsIn('manifest.md').map(manifestViolations)).toEqual([[]]);
});

test('a value of another type is refused, wherever it is', () => {
  fc.assert(
    fc.property(anyPath, fc.constantFrom({}, [], 'not this', -1, 1.5, true, null), (path, other) => {
      const broken = changed(path, (parent, key) => {
        const isAlike =
          typeof parent[key] === typeof other && Array.isArray(parent[key]) === Array.isArray(other);
        // Another text may be a valid one, and a list or mapping of its kind may be empty.
        parent[key] = isAlike && typeof other !== 'number' ? Symbol.iterator : other;
      });
      const last = String(path.at(-1));
      const isFraction =
        other === 1.5 &&
        ['ms', 'pullMs', 'waitMs', 'downloadStartMs', 'downloadMs', 'extractStartMs', 'extractMs'].includes(
          last,
        );
      const isUnsealed = last === 'seal' && other === null;
      fc.pre(!isFraction && !isUnsealed);
      expect(manifestViolations(broken)).not.toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('a member that is not known is refused, in every mapping', () => {
  const mappings = [
    [],
    ...paths.filter((path) =>
      isMapping(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[String(key)], full)),
    ),
  ];
  for (const path of mappings) {
    const broken = changed([...path, 'surprise'], (parent, key) => void (parent[key] = 1));
    expect(manifestViolations(broken)).not.toEqual([]);
  }
});

test.each([
  ...[
    'apiVersion',
    'bakeId',
    'startedAt',
    'createdAt',
    'agentVersion',
    'lockSha256',
    'builder',
    'images',
    'roles',
    'disk',
    'seal',
  ].map((key) => [key]),
  ...['engineIdSha256', 'engineVersion', 'dataRoot', 'imageStore', 'system'].map((key) => ['builder', key]),
  ...['ref', 'registry', 'digest', 'imageId', 'platform', 'layers', 'pulledAt'].map((key) => [
    'images',
    0,
    key,
  ]),
  ...['digest', 'cached'].map((key) => ['images', 0, 'layers', 0, key]),
  ...['name', 'image', 'prepare', 'ready'].map((key) => ['roles', 0, 'containers', 0, key]),
  ['disk', 'orphanBytes'],
  ['seal', 'removed'],
])('without %s %s %s %s %s it is refused', (...path) => {
  const broken = changed(path, (parent, key) => void delete parent[key]);
  expect(manifestViolations(broken)).not.toEqual([]);
});

test.each([
  [['apiVersion'], 'parbake/v2'],
  [['createdAt'], '20 November'],
  [['images', 0, 'digest'], `sha256:${'A'.repeat(64)}`],
  [['images', 0, 'verification', 'result'], 'failed'],
  [['images', 0, 'signature', 'result'], 'missing'],
  [['images', 0, 'signature', 'format'], 'notation'],
  [['agentCommit'], 'e'.repeat(7)],
  [['images', 0, 'tag'], 'acme/app'],
  [['builder', 'dataRoot'], 'var/lib/docker'],
  [['roles', 0, 'containers', 0, 'ports', 0], 65_536],
  [['roles', 0, 'containers', 0, 'prepare'], 'boil'],
  [['roles', 0, 'containers', 0, 'ready'], { kind: 'tcp' }],
])('%j may not be %j', (path, value) => {
  expect(manifestViolations(changed(path, (parent, key) => void (parent[key] = value)))).not.toEqual([]);
});

test('os-release is read as a shell would', () => {
  const text = 'ID=debian\nVERSION_ID="12"\n# NAME=x\nPRETTY_NAME=\'De\\"bian\'\nIMAGE_ID=\nOTHER=1\nbroken';
  expect(parseOsRelease(text)).toEqual({ id: 'debian', versionId: '12', name: 'De"bian' });
  expect(parseOsRelease('')).toEqual({});
});

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
