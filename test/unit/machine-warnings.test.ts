import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machineWarnings } from '../../agent/bake/machine-warnings.ts';
import type { EngineFacts } from '../../agent/docker/engine.ts';
import { rootAt } from '../../agent/host/root.ts';
import type { Warning } from '../../proto/recipe/warning.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'parbake-disks-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const recipe = { images: [], roles: [], warnings: [] };
const factsOf = (dataRoot: string): EngineFacts => ({
  ...{ engineId: '', version: '', apiVersion: '', storageDriver: 'overlay2', dataRoot },
  ...{ os: 'linux', architecture: 'amd64', kernel: '', imageStore: 'graphdriver' },
  ...{ insecureRegistries: { networks: [], hosts: [] }, mirrors: [], proxies: {} },
  ...{ containerdVersion: '', runcVersion: '', userNamespaces: false },
});

const warningsOf = (root: string, dataRoot: string, isDataDiskImaged = false): Promise<Warning[]> =>
  machineWarnings(recipe, rootAt(root), factsOf(dataRoot), isDataDiskImaged);

test('B2: a data root on the disk of the root is in its image', async () => {
  mkdirSync(join(directory, 'var/lib/docker'), { recursive: true });
  expect(await warningsOf(directory, '/var/lib/docker')).toEqual([]);
});

test('B2: a data root that is not there is not in the image', async () => {
  expect(await warningsOf(directory, '/mnt/docker')).toMatchObject([
    { code: 'DATA_ROOT_OUTSIDE', message: expect.stringContaining('is not below') },
  ]);
});

test('B2: a data root on a file system without a disk is warned of, unless it is imaged too', async () => {
  expect(await warningsOf('/', '/proc/self')).toMatchObject([
    { code: 'DATA_ROOT_OUTSIDE', message: expect.stringContaining('on another file system than /') },
  ]);
  expect(await warningsOf('/', '/proc/self', true)).toEqual([]);
});
