import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { rootAt } from '../../agent/host/root.ts';
import { planScrub } from '../../agent/scrub/plan.ts';
import { removeFound, type Remove } from '../../agent/scrub/remove.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { scrub } from '../../agent/scrub/scrub.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import { isRunBySsm } from '../../agent/scrub/ssm-session.ts';
import { verify, type Verification } from '../../agent/scrub/verify.ts';
import { verifyCommand } from '../../agent/scrub/verify-command.ts';
import { dirtByRule, plant, plantDecoys } from '../proof/dirt.ts';
import { builderRoot, canaryOf, treeOf } from '../support/builder-root.ts';
import { runCommand } from '../support/run-command.ts';

const ids = scrubRules.map(({ id }) => id);
const consents = ['containers', 'volumes', 'plugins', 'build-cache', 'swarm'].map(
  (name) => `--remove-${name}`,
);

let root: string;
beforeEach(() => void (root = builderRoot()));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (...args: string[]) => runCommand(scrubCommand, ['--root', root, ...args]);
const path = (name: string): string => join(root, name);
const seal = () => (JSON.parse(readFileSync(path(manifestPath), 'utf8')) as Manifest).seal;

test('there is dirt for every rule, and no rule has the id of another', () => {
  expect(Object.keys(dirtByRule).sort()).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
});

test('removes what every rule names, keeps every decoy as it was, and seals', async () => {
  const decoys = plantDecoys(root);
  const before = decoys.map((name) => readFileSync(path(name), 'utf8'));
  const done = await run('--yes', ...consents);
  expect(done.stderr).not.toContain('[');
  expect(done.exit).toBe(0);
  expect(decoys.map((name) => readFileSync(path(name), 'utf8'))).toEqual(before);
  expect((await verify(rootAt(root))).sealed).toBe(true);
  expect([...new Set(seal()?.removed.map(({ rule }) => rule))].sort()).toEqual([...ids].sort());
  const left = JSON.stringify(treeOf(root));
  expect(ids.filter((id) => left.includes(canaryOf(id)))).toEqual([]);
  expect(readFileSync(path('etc/machine-id'), 'utf8')).toBe('');
  expect(existsSync(path('var/log/journal'))).toBe(true);
});

test('the manifest does not tell the machine id, after which the journal names its directory', async () => {
  const id = '0123456789abcdef0123456789abcdef';
  writeFileSync(path('etc/machine-id'), `${id}\n`);
  mkdirSync(path(`var/log/journal/${id}`));
  writeFileSync(path(`var/log/journal/${id}/system.journal`), 'x');
  // Also where the scrub is killed between the removal of the id and the seal.
  const killed: Remove = async (where, found) => {
    await removeFound(where, found);
    if (found.path === '/etc/machine-id') throw new Error('killed');
  };
  const request = {
    root: rootAt(root),
    allRules: scrubRules,
    keep: [],
    consents: consents as Parameters<typeof planScrub>[0]['consents'],
    engine: undefined,
    signal: new AbortController().signal,
  };
  const plan = await planScrub(request);
  const scrubbing = scrub(
    { ...request, stopDocker: async () => {}, remove: killed, now: () => new Date() },
    plan,
  );
  await expect(scrubbing).rejects.toThrow('killed');
  expect((await run('--yes', ...consents)).exit).toBe(0);
  expect(JSON.stringify(treeOf(root))).not.toContain(id);
  expect(seal()?.removed).toContainEqual({ rule: 'logs', path: '/var/log/journal/<machine-id>' });
  expect(existsSync(path('var/log/journal'))).toBe(true);
});

test('the seal has hashes of the identities that went, as a clone can make them of its own', async () => {
  const identities = [
    ['docker-engine-id', 'var/lib/docker/engine-id'],
    ['machine-id', 'etc/machine-id'],
    ['dbus-machine-id', 'var/lib/dbus/machine-id'],
    ['ssh-host-keys', 'etc/ssh/ssh_host_ed25519_key.pub'],
    ['nvme-host', 'etc/nvme/hostid'],
    ['nvme-host', 'etc/nvme/hostnqn'],
  ] as const;
  const hashes = identities.map(([rule, name]) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), `${rule} 0123456789abcdef\n`);
    const asked = `printf %s "$(cat ${path(name)})" | sha256sum`;
    const identitySha256 = execFileSync('sh', ['-c', asked], { encoding: 'utf8' }).split(' ')[0];
    const action = rule === 'machine-id' ? { action: 'empty' } : {};
    return { rule, path: `/${name}`, ...action, identitySha256 };
  });
  writeFileSync(path('etc/ssh/ssh_host_ed25519_key'), 'a secret');
  expect((await run('--yes', ...consents)).exit).toBe(0);
  const removed = seal()?.removed ?? [];
  for (const hash of hashes) expect(removed).toContainEqual(hash);
  expect(removed).toContainEqual({ rule: 'ssh-host-keys', path: '/etc/ssh/ssh_host_ed25519_key' });
  expect(removed.filter(({ identitySha256 }) => identitySha256 !== undefined)).toHaveLength(hashes.length);
});

test.each(ids)('verify fails for %s alone when it is the one that was not removed', async (id) => {
  await run('--yes', ...consents);
  plant(root, id, canaryOf(id));
  const { rules } = await verify(rootAt(root));
  const named = rules.filter((rule) => !rule.passed || rule.rewritten.length > 0).map((rule) => rule.id);
  expect(named).toEqual([id]);
});

test('verify names the first of many for people, and all in JSON', async () => {
  for (let count = 0; count < 9; count++) writeFileSync(path(`tmp/${count}`), '');
  const text = await runCommand(verifyCommand, ['--root', root]);
  expect(text.exit).toBe(1);
  expect(text.stderr).toContain('temporary-files (/tmp/0, /tmp/1, /tmp/2, /tmp/3, /tmp/4, and 6 more)');
  const json = await runCommand(verifyCommand, ['--root', root, '--json']);
  const { rules } = JSON.parse(json.stdout) as Verification;
  expect(rules.find(({ id }) => id === 'temporary-files')?.found).toHaveLength(11);
});

test('what running services write after the scrub does not break the seal, what is older does', async () => {
  await run('--yes', ...consents);
  writeFileSync(path('var/log/syslog'), 'shutting down');
  const { sealed, rules } = await verify(rootAt(root));
  expect(sealed).toBe(true);
  expect(rules.find(({ id }) => id === 'logs')?.rewritten).toEqual(['/var/log/syslog']);
  utimesSync(path('var/log/syslog'), 0, Date.now() / 1000 - 3600);
  expect((await verify(rootAt(root))).sealed).toBe(false);
});

test.each(ids)('--keep %s leaves it and nothing else', async (id) => {
  expect((await run('--yes', ...consents, '--keep', id)).exit).toBe(0);
  const left = JSON.stringify(treeOf(root));
  expect(seal()?.kept).toEqual([id]);
  expect(seal()?.removed.some(({ rule }) => rule === id)).toBe(false);
  const kept = ids.filter((one) => left.includes(canaryOf(one)));
  // A pid file has a number in it and no canary.
  expect(kept).toEqual(id === 'docker-pid-files' ? [] : [id]);
});

test('a dry run says all of it and changes nothing', async () => {
  const before = treeOf(root);
  const dry = await run('--dry-run', '--json', ...consents);
  expect(dry.exit).toBe(0);
  const { would_remove: removals } = JSON.parse(dry.stdout) as { would_remove: { rule: string }[] };
  expect([...new Set(removals.map(({ rule }) => rule))].sort()).toEqual([...ids].sort());
  expect(treeOf(root)).toEqual(before);
});

test('without --yes it says what it would remove and changes nothing', async () => {
  const before = treeOf(root);
  const unsure = await run(...consents);
  expect(unsure.exit).toBe(2);
  expect(unsure.stderr).toContain('machine-id');
  expect(treeOf(root)).toEqual(before);
});

test('run again on a sealed root it changes nothing', async () => {
  await run('--yes', ...consents);
  const before = treeOf(root);
  const again = await run('--yes', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ sealed: true, unchanged: true });
  expect(treeOf(root)).toEqual(before);
});

test('--docker-only leaves the machine as it is, and the seal says so', async () => {
  expect((await run('--yes', '--docker-only', ...consents)).exit).toBe(0);
  const machine = scrubRules.filter(({ scope }) => scope === 'machine').map(({ id }) => id);
  expect(seal()?.kept).toEqual([...machine, 'secrets', 'initramfs']);
  const left = JSON.stringify(treeOf(root));
  expect(ids.filter((id) => left.includes(canaryOf(id)))).toEqual(machine);
});

describe('refuses, and touches nothing', () => {
  const refusals = [
    ['containers', '--remove-containers'],
    ['volumes', '--remove-volumes'],
    ['plugins', '--remove-plugins'],
    ['swarm', '--remove-swarm'],
  ] as const;
  test.each(refusals)('to lose %s without %s', async (name, option) => {
    const before = treeOf(root);
    const refused = await run('--yes', ...consents.filter((one) => one !== option));
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain(`docker-${name}`);
    expect(refused.stderr).toContain(option);
    expect(treeOf(root)).toEqual(before);
  });

  test('on a machine with an assignment', async () => {
    const order = { assignmentId: 'asg-1', user: 'ada', environment: '', role: 'web', env: {} };
    const state = { version: 1, instanceId: 'i-1', generation: 2, desired: { phase: 'run', order } };
    writeFileSync(path('var/lib/parbake/state.json'), JSON.stringify(state));
    const before = treeOf(root);
    const refused = await run('--yes', ...consents);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('asg-1');
    expect(treeOf(root)).toEqual(before);
  });

  test('with a manifest that another agent wrote', async () => {
    writeFileSync(path(manifestPath), '{"apiVersion":"parbake/v2"}');
    const before = treeOf(root);
    const refused = await run('--yes', ...consents);
    expect(refused.exit).toBe(5);
    expect(refused.stderr).toContain('has version "parbake/v2", but this agent reads parbake/v1');
    expect(treeOf(root)).toEqual(before);
  });

  test('below a root that is not there', async () => {
    const refused = await runCommand(scrubCommand, ['--root', path('nowhere'), '--yes']);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain('nowhere is not a directory: is the image mounted there? [USAGE]');
    expect((await runCommand(verifyCommand, ['--root', path('nowhere')])).stdout).toBe('');
  });

  test('without a manifest', async () => {
    rmSync(path(manifestPath));
    const before = treeOf(root);
    expect((await run('--yes', ...consents)).stderr).toContain('bake first');
    expect(treeOf(root)).toEqual(before);
  });
});

describe('symbolic links', () => {
  let outside: string;
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'parbake-outside-'));
    writeFileSync(join(outside, 'precious'), 'precious');
  });
  afterEach(() => {
    // Nothing outside the root was touched.
    expect(treeOf(outside)).toEqual({ precious: expect.stringContaining('precious') });
    rmSync(outside, { recursive: true });
  });

  const targets = ['var/log', 'tmp', 'var/lib/cloud/data', 'root/.ssh', 'var/lib/docker/swarm', 'home/baker'];
  test.each(targets)('%s that leads out of the root is not followed', async (name) => {
    rmSync(path(name), { recursive: true });
    symlinkSync(outside, path(name));
    expect((await run('--yes', ...consents)).exit).toBe(0);
    expect((await verify(rootAt(root))).sealed).toBe(true);
  });

  test('for a file, one that leads elsewhere on the image is a question, and /dev/null is none', async () => {
    rmSync(path('root/.bash_history'));
    symlinkSync('/dev/null', path('root/.bash_history'));
    rmSync(path('etc/docker/key.json'));
    symlinkSync('/etc/keys/docker.json', path('etc/docker/key.json'));
    mkdirSync(path('etc/keys'));
    writeFileSync(path('etc/keys/docker.json'), 'key');
    const refused = await run('--yes', ...consents);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/etc/keys/docker.json');
    expect(refused.stderr).not.toContain('.bash_history is');
  });
});

test.each(['', '{"crv":', 'uninitialized\n'])('an identity that is %j goes like any other', async (text) => {
  for (const name of ['etc/docker/key.json', 'var/lib/docker/engine-id']) writeFileSync(path(name), text);
  expect((await run('--yes', ...consents)).exit).toBe(0);
  expect(existsSync(path('etc/docker/key.json'))).toBe(false);
  expect(existsSync(path('var/lib/docker/engine-id'))).toBe(false);
});

test('a process of the SSM agent is known by its ancestors', async () => {
  const stat = (pid: number, name: string, parent: number): void => {
    mkdirSync(path(`proc/${pid}`), { recursive: true });
    writeFileSync(path(`proc/${pid}/stat`), `${pid} (${name}) S ${parent} 1 1 0`);
  };
  stat(1, 'systemd', 0);
  stat(20, 'ssm-document-wo', 1);
  stat(30, 'sh) S 1 (', 20);
  stat(40, 'node', 30);
  stat(50, 'node', 1);
  expect(await isRunBySsm(40, path('proc'))).toBe(true);
  expect(await isRunBySsm(50, path('proc'))).toBe(false);
});

test('killed at any step and run again, it comes to the same end', async () => {
  const request = (remove: Remove) => ({
    root: rootAt(root),
    allRules: scrubRules,
    keep: [],
    consents: ['--remove-containers', '--remove-volumes', '--remove-plugins', '--remove-swarm'] as const,
    engine: undefined,
    signal: new AbortController().signal,
    stopDocker: async () => {},
    remove,
    now: () => new Date('2026-11-21T00:00:00Z'),
  });
  const once = async (remove: Remove) => {
    const asked = request(remove);
    return await scrub(asked, await planScrub(asked));
  };
  await once(removeFound);
  const end = treeOf(root);
  const steps = seal()?.removed.length ?? 0;
  expect(steps).toBeGreaterThan(ids.length);
  for (let step = (steps - 1) % 3; step < steps; step += 3) {
    rmSync(root, { recursive: true });
    root = builderRoot();
    let left = step;
    // Before the removal in one half of them and after it in the other, the last among them.
    const isAfter = (steps - step) % 2 === 1;
    const dying: Remove = async (where, found) => {
      const isLast = left-- === 0;
      if (isLast && !isAfter) throw new Error('killed');
      await removeFound(where, found);
      if (isLast) throw new Error('killed');
    };
    await expect(once(dying)).rejects.toThrow('killed');
    expect((await verify(rootAt(root))).sealed).toBe(false);
    await once(removeFound);
    expect(treeOf(root)).toEqual(end);
  }
});
