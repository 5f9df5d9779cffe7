import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataDisk } from '../../agent/docker/disk/data-disk.ts';
import { disksOf } from '../../agent/host/disks.ts';
import { rootAt } from '../../agent/host/root.ts';
import { connect } from '../../agent/docker/client.ts';
import { imageEngine } from '../../agent/docker/engine.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { recipeOf, runBake, type Ended } from '../support/bake-run.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

describe.skipIf(missing !== undefined)(`B2: Docker's data root on a disk of its own ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let engine: Engine;
  const loops: string[] = [];
  const mounted: string[] = [];

  /** A disk with that many partitions of 60 MB. */
  async function makeDisk(name: string, partitions: number): Promise<string> {
    const file = join(testbed.makeDirectory('disks'), name);
    writeFileSync(file, '');
    truncateSync(file, 200 * 1024 ** 2);
    const loop = (await command('losetup', ['--find', '--show', file])).trim();
    loops.push(loop);
    for (let number = 1; number <= partitions; number++) {
      // A killed run may have left one with the loop device.
      await command('delpart', [loop, String(number)]).catch(() => {});
      await command('addpart', [loop, String(number), String(2048 + (number - 1) * 130_000), '120000']);
    }
    return loop;
  }

  async function mount(device: string, directory: string): Promise<void> {
    mkdirSync(directory, { recursive: true });
    await command('mkfs.ext4', ['-q', '-F', device]);
    await command('mount', [device, directory]);
    mounted.push(directory);
  }

  beforeAll(async () => {
    testbed = await createTestbed();
    const root = testbed.makeDirectory('root');
    await mount(await makeDisk('system', 0), root);
    await mount(await makeDisk('data', 0), join(root, 'var/lib/docker'));
    engine = await testbed.startEngine({ root });
  });

  afterAll(async () => {
    await engine?.stop();
    for (const directory of mounted.toReversed())
      await waitFor(`${directory} to be free`, () =>
        command('umount', ['--recursive', directory]).then(
          () => true,
          () => false,
        ),
      );
    for (const loop of loops) {
      for (const number of ['1', '2']) await command('delpart', [loop, number]).catch(() => {});
      await command('losetup', ['--detach', loop]);
    }
    await testbed?.close();
  });

  const bake = async (...args: string[]): Promise<Ended> =>
    await runBake({
      directory: testbed.directory,
      root: engine.root,
      recipe: recipeOf('127.0.0.1:9/acme/app:1'),
      args,
    });

  test('B2: a bake is refused before anything is pulled, and says how to fix it', async () => {
    const ended = await bake();
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toMatch(/another disk \(loop\d+\).*DATA_ROOT_ON_OTHER_DISK/);
    expect(ended.stderr).toContain('--data-disk-imaged');
    const { signal } = new AbortController();
    expect(await imageEngine(connect(engine.socket)).diffIds(signal)).toEqual([]);
  });

  test('B2: a bake goes on where the machine image has both disks', async () => {
    const ended = await bake('--data-disk-imaged');
    // The registry does not exist: the bake got as far as asking it.
    expect(ended.stderr).not.toContain('DATA_ROOT');
    expect(ended.stderr).toContain('127.0.0.1:9');
  });

  test('B2: partitions of one disk are imaged together, and a disk for the layers alone is not', async () => {
    const loop = await makeDisk('partitioned', 2);
    const [one, two] = [testbed.makeDirectory('one'), testbed.makeDirectory('two')];
    await mount(`${loop}p1`, one);
    await mount(`${loop}p2`, two);
    expect(await disksOf(one)).toEqual(await disksOf(two));
    expect(await disksOf(one)).not.toEqual(await disksOf(engine.root));
    const facts = {
      dataRoot: '/var/lib/docker',
      imageStore: 'graphdriver',
      storageDriver: 'overlay2',
    } as const;
    mkdirSync(join(one, 'var/lib/docker'), { recursive: true });
    expect(await dataDisk(rootAt(one), facts)).toEqual({ kind: 'same' });
    const layers = await makeDisk('layers', 0);
    await mount(layers, join(one, 'var/lib/docker/overlay2'));
    expect(await dataDisk(rootAt(one), facts)).toMatchObject({ kind: 'other', disks: [basename(layers)] });
  });
});
