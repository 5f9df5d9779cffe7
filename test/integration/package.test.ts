import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAgentUnit } from '../../packaging/package/unit.ts';
import { makePackageRoot, removePackageRoot } from '../support/package-root.ts';
import { packagingMissing } from '../support/requirement.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
const needed = [
  ...['/usr/bin/dpkg-deb', '/usr/bin/rpmbuild', '/usr/bin/gcc', '/usr/sbin/chroot'],
  '/bin/busybox',
];
const missing = packagingMissing(needed);

const dist = mkdtempSync(join(tmpdir(), 'parbake-dist-'));
const files = {
  deb: join(dist, `parbake-agent_${version}_amd64.deb`),
  rpm: join(dist, `parbake-agent-${version}-1.x86_64.rpm`),
};
const makePackages = (...args: string[]) =>
  spawnSync(
    process.execPath,
    [join(project, 'packaging/package/main.ts'), 'agent', '--output', dist, ...args],
    {
      encoding: 'utf8',
    },
  );
const key = join(dist, 'release.key');
const digestsOf = () =>
  [...Object.values(files), join(dist, 'SHA256SUMS')].map((file) =>
    createHash('sha256').update(readFileSync(file)).digest('hex'),
  );

/** What systemd does with the unit's lines. */
const asTheUnit = `for file in /usr/lib/parbake/agent/snapshot.env /etc/default/parbake-agent; do
  [ ! -f "$file" ] || . "$file"
done
echo "from $PARBAKE_SNAPSHOT"
export PARBAKE_SAMPLES=never
exec /usr/lib/parbake/node ${readAgentUnit().options.join(' ')} $PARBAKE_SNAPSHOT /usr/lib/parbake/agent/parbake-agent.mjs run`;

/** Whether Node takes what it compiles from the installation's cache, which it cannot write. */
function compiledAhead(root: string, command: string): boolean {
  const [first = '', ...rest] = command.split(' ');
  const [options, args] = first.startsWith('-')
    ? [[first, ...rest.slice(0, -2)], rest.slice(-2)]
    : [[], [first, ...rest]];
  const cache = readAgentUnit().environment['NODE_COMPILE_CACHE'] ?? '';
  const program = '/usr/lib/parbake/agent/parbake-agent.mjs';
  const env = { NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  const mounted = `mount --bind ${root} ${root} && mount -o remount,ro,bind ${root} && exec chroot ${root} "$@"`;
  const inside = ['/usr/lib/parbake/node', ...options, program, ...args];
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', mounted, 'sh', ...inside], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return cache.startsWith('/usr/lib/parbake/') && stderr.includes(`${program} was accepted`);
}

describe.skipIf(missing !== undefined)(`the agent's packages ${missing ?? ''}`, { timeout: 900_000 }, () => {
  beforeAll(() => {
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
    execFileSync('openssl', ['ec', '-in', key, '-pubout', '-out', `${key}.pub`], { stdio: 'ignore' });
    chmodSync(key, 0o600);
    expect(makePackages('--architecture', 'x64', '--sign', key)).toMatchObject({ status: 0 });
  });

  afterAll(() => {
    rmSync(dist, { recursive: true, force: true });
  });

  test('packages, their bill of materials and their sums are what the documents verify', () => {
    const readme = readFileSync(join(project, 'docs/verify-packages.md'), 'utf8');
    const [, commands = ''] = /<!-- verify -->\n```sh\n(.*?)```/s.exec(readme) ?? [];
    const verify = (): number | null => {
      const files = commands.replaceAll('parbake.pub', `${key}.pub`);
      return spawnSync('bash', ['-euo', 'pipefail', '-c', files], { cwd: dist }).status;
    };
    expect(verify()).toBe(0);
    const bom = JSON.parse(readFileSync(join(dist, `parbake-${version}.cdx.json`), 'utf8')) as {
      components: { purl: string }[];
    };
    const names = bom.components.map(({ purl }) => purl);
    const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const [name, locked] of Object.entries(dependencies))
      expect(names).toContain(`pkg:npm/${name.replace('@', '%40')}@${locked}`);
    // The page is made of some of what only a build needs otherwise.
    expect(names.join(' ')).toMatch(/pkg:npm\/preact@.* pkg:npm\/uplot@/);
    expect(names.join(' ')).not.toContain('pkg:npm/vitest@');
    for (const file of [files.deb, join(dist, 'SHA256SUMS')]) {
      const content = readFileSync(file);
      appendFileSync(file, ' ');
      expect(verify()).not.toBe(0);
      writeFileSync(file, content);
    }
  });

  test('the same sources give the same bytes', () => {
    const first = digestsOf();
    makePackages('--architecture', 'x64');
    expect(digestsOf()).toEqual(first);
  });

  test('what is asked for and cannot be made is named, and nothing is made', () => {
    expect(makePackages('--format', 'snap')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no format "snap": deb or rpm') as unknown,
    });
    const none = spawnSync(process.execPath, [join(project, 'packaging/package/main.ts'), '--help']);
    expect(none.stdout.toString()).toContain('--architecture');
  });

  describe.each(['deb', 'rpm'] as const)('%s', (format) => {
    let root: string;
    const below = (path: string) => join(root, path);
    const succeed = (program: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    };
    const tools = {
      deb: {
        prepare() {
          for (const directory of ['var/lib/dpkg/info', 'var/lib/dpkg/updates'])
            mkdirSync(below(directory), { recursive: true });
          writeFileSync(below('var/lib/dpkg/status'), '');
        },
        install: () => succeed('dpkg', `--root=${root}`, '--force-depends', '--install', files.deb),
        upgrade: () => succeed('dpkg', `--root=${root}`, '--force-depends', '--install', files.deb),
        remove: () => succeed('dpkg', `--root=${root}`, '--remove', 'parbake-agent'),
        /** What even a purge leaves. */
        purge() {
          succeed('dpkg', `--root=${root}`, '--purge', 'parbake-agent');
          const paths = ['var/lib/parbake', 'etc/default/parbake-agent'];
          return paths.filter((path) => existsSync(below(path)));
        },
      },
      rpm: {
        prepare: () => succeed('rpm', '--root', root, '--initdb'),
        install: () => succeed('rpm', '--root', root, '--nodeps', '--install', files.rpm),
        upgrade: () => succeed('rpm', '--root', root, '--nodeps', '--force', '--upgrade', files.rpm),
        remove: () => succeed('rpm', '--root', root, '--erase', 'parbake-agent'),
        // There is no such thing; what removing left is the state, which is a person's to remove.
        purge: () => ['usr/lib/parbake'].filter((path) => existsSync(below(path))),
      },
    }[format];

    /** @returns what the daemon was started from, which then refuses a wrong setting */
    const started = (): string => {
      const { status, stdout, stderr } = spawnSync('chroot', [root, '/bin/sh', '-c', asTheUnit], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringContaining('PARBAKE_SAMPLES takes') as unknown,
      });
      return stdout;
    };

    beforeAll(() => {
      root = makePackageRoot();
      tools.prepare();
    });
    afterAll(() => {
      removePackageRoot(root);
    });

    test('installs, runs, keeps changed settings and state over an upgrade and a removal, and is purged', () => {
      tools.install();
      const run = spawnSync('chroot', [root, '/usr/bin/parbake-agent', '--version'], { encoding: 'utf8' });
      expect(run.status).toBe(0);
      expect(run.stdout).toContain(version);
      const fromSnapshot = 'from --snapshot-blob=/usr/lib/parbake/agent/daemon.snapshot\n';
      expect(started()).toBe(fromSnapshot);
      // Whoever makes it again leaves nothing of themselves in it.
      spawnSync('chroot', [root, '/bin/sh', '-c', 'umask 0; exec /usr/lib/parbake/make-snapshot'], {
        env: { PATH: process.env['PATH'], GRPC_SSL_CIPHER_SUITES: 'of-who-makes-it' },
      });
      const snapshot = below('usr/lib/parbake/agent/daemon.snapshot');
      expect(readFileSync(snapshot).includes('of-who-makes-it')).toBe(false);
      expect(statSync(snapshot).mode & 0o777).toBe(0o644);
      const list = below('usr/lib/parbake/agent/read-ahead.list');
      expect(readFileSync(list, 'utf8')).toMatch(/^\d+ \d+ \/usr\/lib\/parbake\/node$/m);
      succeed('chroot', root, '/usr/lib/parbake/read-ahead');
      for (const unit of [
        'parbake-agent',
        'parbake-read-ahead',
        'parbake-first-boot',
        'parbake-block-metadata',
        'parbake-ssh-host-keys',
      ])
        expect(existsSync(below(`usr/lib/systemd/system/${unit}.service`))).toBe(true);

      expect(existsSync(below('usr/share/doc/parbake-agent/examples/parbake.yaml'))).toBe(true);
      expect(statSync(below('etc/cloud/clean.d/50-parbake')).mode & 0o777).toBe(0o755);

      writeFileSync(below('etc/default/parbake-agent'), 'PARBAKE_COORDINATOR=10.0.1.10:7443\n');
      mkdirSync(below('var/lib/parbake'), { recursive: true });
      writeFileSync(below('var/lib/parbake/something'), 'x');
      for (const command of ['first-boot --help', `${readAgentUnit().options.join(' ')} run --version`])
        expect(compiledAhead(root, command)).toBe(true);
      writeFileSync(below('usr/lib/parbake/agent/daemon.snapshot'), 'that of other files');
      tools.upgrade();
      expect(readFileSync(below('etc/default/parbake-agent'), 'utf8')).toContain('10.0.1.10');
      expect(started()).toBe(fromSnapshot);
      expect(existsSync(below('var/lib/parbake/something'))).toBe(true);

      // Of a daemon that cannot be in one, it is said, and the package is installed all the same.
      writeFileSync(below('usr/lib/parbake/agent/parbake-agent-daemon.cjs'), 'throw new Error("no");');
      expect(
        spawnSync('chroot', [root, '/usr/lib/parbake/make-snapshot'], { encoding: 'utf8' }),
      ).toMatchObject({
        status: 0,
        stderr: expect.stringContaining('no startup snapshot could be made') as unknown,
      });
      for (const name of ['snapshot.env', 'daemon.snapshot', 'read-ahead.list'])
        expect(existsSync(below(`usr/lib/parbake/agent/${name}`))).toBe(false);
      tools.upgrade();
      expect(started()).toBe(fromSnapshot);
      appendFileSync(below('etc/default/parbake-agent'), 'PARBAKE_SNAPSHOT=\n');
      expect(started()).toBe('from \n');

      tools.remove();
      expect(existsSync(below('usr/lib/parbake'))).toBe(false);
      expect(existsSync(below('var/lib/parbake/something'))).toBe(true);
      const saved = { deb: 'etc/default/parbake-agent', rpm: 'etc/default/parbake-agent.rpmsave' }[format];
      expect(readFileSync(below(saved), 'utf8')).toContain('10.0.1.10');
      expect(tools.purge()).toEqual([]);
    });
  });
});
