import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePackageRoot, removePackageRoot } from '../support/package-root.ts';
import { packagingMissing } from '../support/requirement.ts';

const project = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
const sysusers = '/usr/bin/systemd-sysusers';
const needed = ['/usr/bin/dpkg-deb', '/usr/bin/rpmbuild', '/usr/bin/lintian', '/bin/busybox', sysusers];
const missing = packagingMissing(needed);

const dist = mkdtempSync(join(tmpdir(), 'parbake-dist-'));
const files = {
  deb: join(dist, `parbake-coordinator_${version}_amd64.deb`),
  rpm: join(dist, `parbake-coordinator-${version}-1.x86_64.rpm`),
};
const makePackages = (...options: string[]) =>
  spawnSync(process.execPath, [
    ...[join(project, 'packaging/package/main.ts'), 'coordinator'],
    ...['--architecture', 'x64', '--output', dist, ...options],
  ]);
const digest = () => createHash('sha256').update(readFileSync(files.deb)).digest('hex');

describe.skipIf(missing !== undefined)(`the coordinator's packages ${missing ?? ''}`, () => {
  beforeAll(() => {
    expect(makePackages()).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    rmSync(dist, { recursive: true, force: true });
  });

  test('the same sources give the same bytes', () => {
    const first = digest();
    makePackages('--format', 'deb');
    expect(digest()).toBe(first);
  });

  test('lintian has nothing to say against the Debian package', () => {
    const options = ['--allow-root', '--fail-on', 'error,warning', '--no-tag-display-limit'];
    const { stdout, status } = spawnSync('lintian', [...options, files.deb], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  test('the unit is confined, by the judgement of systemd', () => {
    const unit = join(project, 'packaging/systemd/parbake-coordinator.service');
    // Of 100: up to 20 it says "OK" with a smile.
    const options = ['security', '--no-pager', '--offline=true', '--threshold=20'];
    const judged = spawnSync('systemd-analyze', [...options, unit], { encoding: 'utf8' });
    expect(judged).toMatchObject({ status: 0 });
  });

  describe.each(['deb', 'rpm'] as const)('%s', (format) => {
    let root: string;
    const below = (path: string) => join(root, path);
    const succeed = (program: string, ...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
      return stdout;
    };
    const inside = (...args: string[]): string => succeed('chroot', root, ...args);
    const dpkg = (...args: string[]) => succeed('dpkg', `--root=${root}`, '--force-depends', ...args);
    const rpm = (...args: string[]) => succeed('rpm', '--root', root, ...args);
    const tools = {
      deb: {
        prepare() {
          for (const directory of ['var/lib/dpkg/info', 'var/lib/dpkg/updates'])
            mkdirSync(below(directory), { recursive: true });
          writeFileSync(below('var/lib/dpkg/status'), '');
        },
        install: () => dpkg('--install', files.deb),
        upgrade: () => dpkg('--install', files.deb),
        remove: () => dpkg('--remove', 'parbake-coordinator'),
        saved: 'etc/default/parbake-coordinator',
      },
      rpm: {
        prepare: () => rpm('--initdb'),
        install: () => rpm('--nodeps', '--install', files.rpm),
        upgrade: () => rpm('--nodeps', '--force', '--upgrade', files.rpm),
        remove: () => rpm('--erase', 'parbake-coordinator'),
        saved: 'etc/default/parbake-coordinator.rpmsave',
      },
    }[format];

    beforeAll(() => {
      root = makePackageRoot([sysusers]);
      tools.prepare();
    });
    afterAll(() => removePackageRoot(root));

    test('installs both programs, their manual and the user; keeps settings and the store', () => {
      tools.install();
      for (const program of ['parbake-coordinator', 'parbake']) {
        expect(inside(`/usr/bin/${program}`, '--version').trim()).toBe(version);
        const page = readFileSync(below(`usr/share/man/man1/${program}.1.gz`));
        expect(gunzipSync(page).toString()).toContain(`.TH ${program.toUpperCase()} 1`);
      }
      expect(readFileSync(below('etc/passwd'), 'utf8')).toMatch(
        /^parbake:.*:\/var\/lib\/parbake-coordinator:/m,
      );
      expect(readFileSync(below('etc/group'), 'utf8')).toMatch(/^parbake:/m);

      const settings = 'PARBAKE_TLS_LISTEN=0.0.0.0:7443\n';
      writeFileSync(below('etc/default/parbake-coordinator'), settings);
      mkdirSync(below('var/lib/parbake-coordinator'), { recursive: true });
      writeFileSync(below('var/lib/parbake-coordinator/coordinator.db'), 'a store');
      tools.upgrade();
      expect(readFileSync(below('etc/default/parbake-coordinator'), 'utf8')).toBe(settings);

      tools.remove();
      expect(existsSync(below('usr/lib/parbake-coordinator'))).toBe(false);
      expect(readFileSync(below(tools.saved), 'utf8')).toBe(settings);
      expect(existsSync(below('var/lib/parbake-coordinator/coordinator.db'))).toBe(true);
    });
  });

  test('a purge removes the store and the settings', () => {
    const root = makePackageRoot([sysusers]);
    try {
      for (const directory of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'var/lib/parbake-coordinator'])
        mkdirSync(join(root, directory), { recursive: true });
      writeFileSync(join(root, 'var/lib/dpkg/status'), '');
      for (const action of [
        ['--install', files.deb],
        ['--purge', 'parbake-coordinator'],
      ])
        expect(spawnSync('dpkg', [`--root=${root}`, '--force-depends', ...action])).toMatchObject({
          status: 0,
        });
      const paths = ['var/lib/parbake-coordinator', 'etc/default/parbake-coordinator'];
      expect(paths.filter((path) => existsSync(join(root, path)))).toEqual([]);
    } finally {
      removePackageRoot(root);
    }
  });
});
