import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { builderRoot } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

const consents = ['containers', 'volumes', 'plugins', 'build-cache', 'swarm'].map(
  (name) => `--remove-${name}`,
);

let root: string;
beforeEach(() => void (root = builderRoot()));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (...args: string[]) => runCommand(scrubCommand, ['--root', root, ...args]);
const path = (name: string): string => join(root, name);

describe("Docker's data root", () => {
  const moveTo = (dataRoot: string): void => {
    const manifest = JSON.parse(readFileSync(path(manifestPath), 'utf8')) as Manifest;
    const moved = { ...manifest, builder: { ...manifest.builder, dataRoot } };
    writeFileSync(path(manifestPath), JSON.stringify(moved));
  };

  test('is where the bake found it', async () => {
    moveTo('/mnt/ephemeral/docker');
    mkdirSync(path('mnt/ephemeral'), { recursive: true });
    renameSync(path('var/lib/docker'), path('mnt/ephemeral/docker'));
    expect((await run('--yes', ...consents)).exit).toBe(0);
    expect(existsSync(path('mnt/ephemeral/docker/engine-id'))).toBe(false);
    expect(existsSync(path('mnt/ephemeral/docker/overlay2'))).toBe(true);
  });

  test('with user namespaces is inside of another one, and both have an identity', async () => {
    moveTo('/var/lib/docker/100000.100000');
    mkdirSync(path('var/lib/docker/100000.100000'));
    writeFileSync(path('var/lib/docker/100000.100000/engine-id'), 'remapped');
    expect((await run('--yes', ...consents)).exit).toBe(0);
    expect(existsSync(path('var/lib/docker/100000.100000/engine-id'))).toBe(false);
    expect(existsSync(path('var/lib/docker/engine-id'))).toBe(false);
  });

  test('that is not below the root is not sealed', async () => {
    moveTo('/mnt/ephemeral/docker');
    const manifest = JSON.parse(readFileSync(path(manifestPath), 'utf8')) as Manifest;
    writeFileSync(path(manifestPath), JSON.stringify({ ...manifest, images: [{ ref: 'a', imageId: 'b' }] }));
    const refused = await run('--yes', ...consents);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/mnt/ephemeral/docker');
  });
});
