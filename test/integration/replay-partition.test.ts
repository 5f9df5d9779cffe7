import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordReads } from '../../agent/replay/record.ts';
import { command } from '../testbed/command.ts';
import { lazyVolumeMissing } from '../testbed/lazy-volume.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? lazyVolumeMissing());

/** 2 chunks and 200 sectors: not where a chunk begins. */
const startSectors = 2248;

describe.skipIf(missing !== undefined)(`recording on a partition ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let disk: string;
  let mountPoint: string;
  let loop: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    const directory = testbed.makeDirectory('partition');
    disk = join(directory, 'disk');
    mountPoint = join(directory, 'mounted');
    mkdirSync(mountPoint);
    writeFileSync(disk, '');
    truncateSync(disk, 128 * 1024 ** 2);
    // Whoever copies our mounts into a namespace meanwhile lets go of them when we do.
    await command('mount', ['--bind', directory, directory]);
    await command('mount', ['--make-shared', directory]);
    loop = (await command('losetup', ['--find', '--show', '--direct-io=on', disk])).trim();
    // A killed run may have left one: the kernel keeps it with the loop device, whatever that is used for.
    await command('delpart', [loop, '1']).catch(() => {});
    await command('addpart', [loop, '1', String(startSectors), '200000']);
    await command('mkfs.ext4', ['-q', '-F', '-b', '4096', `${loop}p1`]);
    await command('mount', [`${loop}p1`, mountPoint]);
  });

  afterAll(async () => {
    await command('umount', [mountPoint]);
    await waitFor('the partition to go', () =>
      command('delpart', [loop, '1']).then(
        () => true,
        () => false,
      ),
    );
    await command('losetup', ['--detach', loop]);
    await testbed?.close();
  });

  test('gives chunks as the disk has them', async () => {
    const content = randomBytes(1024 ** 2);
    writeFileSync(join(mountPoint, 'other'), Buffer.alloc(5_000_000, 1));
    writeFileSync(join(mountPoint, 'file'), content);
    await command('umount', [mountPoint]);
    await command('mount', [`${loop}p1`, mountPoint]);
    const observation = await recordReads(
      { directory: mountPoint, dropCaches: false, timeoutMs: 60_000 },
      async () => void (await readFile(join(mountPoint, 'file'))),
    );
    expect(observation.diskOffsetBytes).toBe(200 * 512);
    expect(observation.files).toEqual([{ path: '/file', ranges: [[0, content.length]] }]);
    // Whatever place of the disk's own file has a piece of the content lies in a chunk that is listed. Chunks are
    // numbered from the one in which the partition begins, the disk's third.
    const { chunkBytes, chunks } = observation;
    const bytes = readFileSync(disk);
    const found = piecesOf(content).map((piece) => Math.floor(bytes.indexOf(piece) / chunkBytes) - 2);
    expect(found.length).toBe(256);
    expect(found.filter((chunk) => !chunks.includes(chunk))).toEqual([]);
    expect(chunks.length).toBeLessThan(8);
  });

  test('tells the file system by the UUID that the system knows it by', async () => {
    const { device } = await recordReads(
      { directory: mountPoint, dropCaches: false, timeoutMs: 60_000 },
      async () => {},
    );
    const uuid = (await command('blkid', ['-p', '-s', 'UUID', '-o', 'value', `${loop}p1`])).trim();
    expect(device).toMatchObject({ path: `${loop}p1`, type: 'ext', uuid, mountPoint });
  });
});

function piecesOf(content: Buffer): Buffer[] {
  return Array.from({ length: content.length / 4096 }, (_, piece) =>
    content.subarray(piece * 4096, (piece + 1) * 4096),
  );
}
