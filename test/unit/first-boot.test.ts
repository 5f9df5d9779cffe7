import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { rootAt } from '../../agent/host/root.ts';
import { applyFirstBoot, machineRecord, planFirstBoot } from '../../agent/scrub/first-boot.ts';
import { firstBootCommand } from '../../agent/scrub/first-boot-command.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { builderRoot, treeOf } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

const builder = '11111111-aaaa-4bbb-8ccc-000000000001';
const clone = '22222222-aaaa-4bbb-8ccc-000000000002';
const identity = [
  'etc/docker/key.json',
  'var/lib/docker/engine-id',
  'var/lib/docker/containerd/daemon/io.containerd.grpc.v1.introspection/uuid',
  'var/lib/parbake/state.json',
];

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'parbake-first-boot-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const moveTo = (machine: string): void => put('sys/class/dmi/id/product_uuid', `${machine.toUpperCase()}\n`);
const boot = async (...args: string[]) => {
  const done = await runCommand(firstBootCommand, ['--root', root, '--json', ...args]);
  return done.exit === 0 ? (JSON.parse(done.stdout) as Record<string, unknown>) : done;
};
const here = (): string[] => identity.filter((path) => existsSync(join(root, path)));

/** A machine that ran: with Docker's identity, the agent's state, and a record. */
async function ranOn(machine: string): Promise<void> {
  moveTo(machine);
  await boot();
  for (const path of identity) put(path, `of ${machine}`);
}

test('a copy of a machine that ran drops its identity once, and keeps everything else', async () => {
  await ranOn(builder);
  put('var/lib/docker/volumes/data/_data/file', 'work');
  put('var/lib/docker/swarm/docker-state.json', '{}');
  moveTo(clone);
  const dropped = await boot();
  expect(dropped).toMatchObject({ boot: 'clone', dry_run: false });
  expect(here()).toEqual([]);
  for (const kept of ['volumes/data/_data/file', 'swarm/docker-state.json'])
    expect(existsSync(join(root, 'var/lib/docker', kept))).toBe(true);
  for (const path of identity) put(path, 'new');
  expect(await boot()).toEqual({ boot: 'same', dry_run: false, removed: [] });
  expect(here()).toEqual(identity);
});

test('the same machine keeps its identity at every boot', async () => {
  await ranOn(builder);
  const before = treeOf(root);
  expect(await boot()).toEqual({ boot: 'same', dry_run: false, removed: [] });
  expect(treeOf(root)).toEqual(before);
});

test('the record does not tell which machine it is, and nobody else may read it', async () => {
  moveTo(builder);
  expect(await boot()).toMatchObject({ boot: 'first' });
  expect(readFileSync(join(root, machineRecord), 'utf8')).not.toContain(builder);
  expect(statSync(join(root, machineRecord)).mode & 0o777).toBe(0o600);
});

test('an EC2 instance is told by its id, whatever its UUID is', async () => {
  put('sys/class/dmi/id/board_asset_tag', 'i-0123456789abcdef0\n');
  await ranOn(builder);
  moveTo(clone);
  expect(await boot()).toMatchObject({ boot: 'same' });
  put('sys/class/dmi/id/board_asset_tag', 'i-0fedcba9876543210\n');
  expect(await boot()).toMatchObject({ boot: 'clone' });
});

test('an identity of which nobody knows whose it is stays, unless the image was sealed without one', async () => {
  moveTo(builder);
  put('etc/docker/key.json', 'whose?');
  expect(await boot('--dry-run')).toEqual({ boot: 'unknown', dry_run: true, would_remove: [] });
  const manifest = { apiVersion: 'parbake/v1', bakeId: 'b', builder: { dataRoot: '/var/lib/docker' } };
  const seal = { sealedAt: '2026-11-21T00:00:00.000Z', removed: [], kept: [] as string[] };
  const sealed = (kept: string[]): void =>
    put(manifestPath, JSON.stringify({ ...manifest, images: [], roles: [], seal: { ...seal, kept } }));
  sealed(['docker-key-json']);
  expect(await boot('--dry-run')).toMatchObject({ boot: 'first', would_remove: [] });
  sealed([]);
  expect(await boot()).toMatchObject({
    boot: 'clone',
    removed: [{ rule: 'docker-key-json', path: '/etc/docker/key.json' }],
  });
});

test('a data root elsewhere is found in the manifest, or else in the settings of Docker', async () => {
  put('etc/docker/daemon.json', JSON.stringify({ 'data-root': '/srv/docker' }));
  await ranOn(builder);
  put('srv/docker/engine-id', 'old');
  moveTo(clone);
  await boot();
  expect(existsSync(join(root, 'srv/docker/engine-id'))).toBe(false);
  expect(existsSync(join(root, 'var/lib/docker/engine-id'))).toBe(true);
});

test.each(['', '{', '[]', '{"version":1}', '{"version":1,"machine":7}'])(
  'a record that says %j is not of this machine',
  async (text) => {
    await ranOn(builder);
    put(machineRecord, text);
    expect(await boot()).toMatchObject({ boot: 'clone' });
    expect(here()).toEqual([]);
  },
);

test('killed after any removal and run again, it comes to the same end', async () => {
  await ranOn(builder);
  moveTo(clone);
  const wanted = (await planFirstBoot(rootAt(root))).removals.length;
  expect(wanted).toBe(identity.length);
  for (let step = 0; step < wanted; step++) {
    const plan = await planFirstBoot(rootAt(root));
    expect(plan.kind).not.toBe('same');
    let left = 1;
    const killed = applyFirstBoot(rootAt(root), plan, async (_, { path }) => {
      if (left-- === 0) throw new Error('killed');
      rmSync(join(root, path), { recursive: true });
    });
    const ended = await killed.then(
      () => 'done',
      () => 'killed',
    );
    expect(ended).toBe(plan.removals.length > 1 ? 'killed' : 'done');
  }
  expect(here()).toEqual([]);
  expect(await boot()).toMatchObject({ boot: 'same' });
});

test('a dry run touches nothing', async () => {
  await ranOn(builder);
  moveTo(clone);
  const before = treeOf(root);
  const dry = await runCommand(firstBootCommand, ['--root', root, '--dry-run']);
  expect(dry.stdout).toContain('Would drop:\n');
  expect(dry.stdout).toContain('docker-key-json  /etc/docker/key.json');
  expect(treeOf(root)).toEqual(before);
});

test.each(['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', ''])(
  'firmware that says "%s" says nothing',
  async (uuid) => {
    moveTo(uuid);
    put('etc/docker/key.json', 'x');
    const { exit, stderr } = (await boot()) as { exit: number; stderr: string };
    expect(exit).toBe(1);
    expect(stderr).toContain('[MACHINE_UNKNOWN]');
    expect(existsSync(join(root, 'etc/docker/key.json'))).toBe(true);
  },
);

test('what a link leads to is not touched', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'parbake-outside-'));
  try {
    writeFileSync(join(outside, 'key.json'), 'precious');
    await ranOn(builder);
    rmSync(join(root, 'etc/docker'), { recursive: true });
    symlinkSync(outside, join(root, 'etc/docker'));
    moveTo(clone);
    await boot();
    expect(readFileSync(join(outside, 'key.json'), 'utf8')).toBe('precious');
  } finally {
    rmSync(outside, { recursive: true });
  }
});

test('a scrub takes the record along, so that a sealed image is nobody', async () => {
  rmSync(root, { recursive: true });
  root = builderRoot(['docker-key-json']);
  moveTo(builder);
  await boot();
  const done = await runCommand(scrubCommand, ['--root', root, '--yes']);
  expect(done).toMatchObject({ exit: 0 });
  expect(existsSync(join(root, machineRecord))).toBe(false);
  moveTo(clone);
  expect(await boot()).toEqual({ boot: 'first', dry_run: false, removed: [] });
  const { seal } = JSON.parse(readFileSync(join(root, manifestPath), 'utf8')) as Manifest;
  expect(seal?.removed).toContainEqual({ rule: 'parbake-state', path: machineRecord });
});
