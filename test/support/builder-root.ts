import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { plant, plantDecoys } from '../proof/dirt.ts';

/** The root of a builder that baked and whose Docker is down, with dirt for every rule. */
export function builderRoot(rules: readonly string[] = scrubRules.map(({ id }) => id)): string {
  // In memory where there is such a place: a scrub waits for the disk after every removal.
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const root = mkdtempSync(join(base, 'parbake-scrub-'));
  mkdirSync(join(root, 'var/lib/docker'), { recursive: true });
  mkdirSync(join(root, dirname(manifestPath)), { recursive: true });
  writeFileSync(join(root, manifestPath), JSON.stringify(aManifest()));
  for (const rule of rules) plant(root, rule, canaryOf(rule));
  plantDecoys(root);
  return root;
}

/** A text that is nowhere but in what a rule removes. */
export function canaryOf(rule: string): string {
  return `canary${Buffer.from(rule).toString('hex')}`;
}

function aManifest(): Manifest {
  const builder = {
    engineIdSha256: 'e'.repeat(64),
    engineVersion: '26.1.5',
    apiVersion: '1.45',
    kernel: '6.1',
  };
  return {
    apiVersion: 'parbake/v1',
    bakeId: 'bake-1',
    startedAt: '2026-11-20T00:00:00.000Z',
    createdAt: '2026-11-20T00:00:00.000Z',
    agentVersion: '0.1.0',
    lockSha256: '0'.repeat(64),
    builder: {
      ...builder,
      storageDriver: 'overlay2',
      imageStore: 'graphdriver',
      userNamespaces: false,
      dataRoot: '/var/lib/docker',
      architecture: 'amd64',
      system: {},
    },
    images: [],
    roles: [],
    disk: { layersBytes: 0, engineLayersBytes: 0, orphanBytes: 0 },
    seal: null,
  };
}

/** Every entry below a directory with its kind and content: two trees are equal when this is. */
export function treeOf(root: string, below = ''): Record<string, string> {
  const entries = readdirSync(join(root, below)).sort();
  return Object.assign({}, ...entries.map((name) => describeEntry(root, join(below, name)))) as Record<
    string,
    string
  >;
}

function describeEntry(root: string, path: string): Record<string, string> {
  const full = join(root, path);
  const stat = lstatSync(full);
  if (stat.isSymbolicLink()) return { [path]: `-> ${readlinkSync(full)}` };
  if (stat.isDirectory()) return { [path]: 'directory', ...treeOf(root, path) };
  return { [path]: `${(stat.mode & 0o7777).toString(8)} ${readFileSync(full, 'latin1')}` };
}
