import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { pythonPackages } from '../testbed/python-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { productImages, pushProductImages } from '../support/product-images.ts';
import { type Ended, runToEnd, succeeded } from '../testbed/command.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());

const ansible = join(import.meta.dirname, '../../packaging/ansible');
const tools = ['ansible-core==2.19.14', 'ansible-lint==26.10.1', 'yamllint==1.38.0'];
const minutes = 60_000;

/** How the plays of a run went, by what Ansible counts. */
const recap = ({ stdout }: Ended): Record<string, number> =>
  Object.fromEntries(
    [...(/^builder\s.*$/m.exec(stdout)?.[0] ?? '').matchAll(/(\w+)=(\d+)/g)].map((match) => [
      match[1] ?? '',
      Number(match[2]),
    ]),
  );

/** Tasks of the role that a run did, in order. */
const did = ({ stdout }: Ended): string[] =>
  [...stdout.matchAll(/^TASK \[parbake : (.+)\] \*+\n(?:ok|changed)/gm)].map((match) => match[1] ?? '');

describe.skipIf(missing !== undefined)(`the Ansible role ${missing ?? ''}`, { timeout: 20 * minutes }, () => {
  let testbed: Testbed;
  let python: string;
  let builder: Builder;
  let registry: string;
  let debFile: string;

  beforeAll(async () => {
    python = await pythonPackages(tools);
    debFile = await agentPackage();
    testbed = await createTestbed();
    registry = await pushProductImages(testbed);
    builder = await startBuilder(testbed);
    const login = `ansible_host=${builder.address} ansible_user=${builder.user}`;
    const inventory = `builder ${login} ansible_ssh_private_key_file=${builder.key}\n`;
    writeFileSync(join(testbed.makeDirectory('ansible'), 'hosts'), inventory);
  }, 10 * minutes);
  afterAll(async () => {
    await testbed?.close();
  });

  const environment = (directory: string): NodeJS.ProcessEnv => ({
    PATH: `${join(python, 'bin')}:${process.env['PATH'] ?? ''}`,
    PYTHONPATH: python,
    HOME: directory,
    ANSIBLE_HOME: join(directory, 'home'),
    ANSIBLE_NOCOLOR: '1',
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
  });

  /** Runs the example's play; its variables are set on the command line, as a pipeline does. */
  async function play(variables: Record<string, unknown>, ...options: string[]): Promise<Ended> {
    const directory = join(testbed.directory, 'ansible');
    const ssh = '-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null';
    return await runToEnd(
      'python3',
      [
        ...['-m', 'ansible', 'playbook', '--inventory', join(directory, 'hosts')],
        ...['--extra-vars', JSON.stringify({ REGISTRY: registry, ...variables })],
        ...options,
        'bake.yml',
      ],
      {
        cwd: ansible,
        env: {
          ...environment(directory),
          ANSIBLE_HOST_KEY_CHECKING: '0',
          ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
          ANSIBLE_SSH_ARGS: ssh,
          ANSIBLE_SSH_CONTROL_PATH_DIR: join(directory, 'ssh'),
          // Most people have it off: the run that installs does it their way.
          ANSIBLE_PIPELINING: variables['parbake_package'] === undefined ? '1' : '0',
          // What is known of the builder stays known from run to run.
          ANSIBLE_GATHERING: 'smart',
          ANSIBLE_CACHE_PLUGIN: 'jsonfile',
          ANSIBLE_CACHE_PLUGIN_CONNECTION: join(directory, 'facts'),
        },
      },
    );
  }

  const manifest = (): Manifest =>
    JSON.parse(readFileSync(join(builder.root, manifestPath), 'utf8')) as Manifest;
  /** The way in stays open, so that there can be another run. */
  const keepLogin = { parbake_scrub_keep: ['authorized-keys', 'ssh-host-keys'] };

  test('passes ansible-lint in its strictest profile, and yamllint', async () => {
    const directory = testbed.makeDirectory('lint');
    const options = { cwd: ansible, env: environment(directory) };
    const lint = ['-m', 'ansiblelint', '--offline', '--strict', '--profile=production', '--format=pep8'];
    const linted = await runToEnd('python3', lint, options);
    expect(linted).toMatchObject({ exit: 0, stdout: '' });
    // It says so also when it found nothing to look at.
    expect(linted.stderr).toMatch(/Passed.*0 failure\(s\), 0 warning\(s\) in [12]\d files/);
    expect(await runToEnd('python3', ['-m', 'yamllint', '--strict', '.'], options)).toEqual({
      exit: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('can be installed as a collection from its folder, with its variables documented', async () => {
    const directory = testbed.makeDirectory('collection');
    const options = {
      cwd: directory,
      env: { ...environment(directory), ANSIBLE_COLLECTIONS_PATH: directory },
    };
    const install = ['-m', 'ansible', 'galaxy', 'collection', 'install', '--offline', ansible];
    succeeded(await runToEnd('python3', install, options));
    const describe = ['-m', 'ansible', 'doc', '--type', 'role', '--json', 'parbake.tools.parbake'];
    const documented = await runToEnd('python3', describe, options);
    succeeded(documented);
    const roles = JSON.parse(documented.stdout) as Record<
      string,
      { entry_points: { main: { options: Record<string, { default?: unknown }> } } }
    >;
    const specified = roles['parbake.tools.parbake']?.entry_points.main.options ?? {};
    const defaults = parse(readFileSync(join(ansible, 'roles/parbake/defaults/main.yml'), 'utf8')) as object;
    expect(Object.keys(specified).sort()).toEqual(Object.keys(defaults).sort());
    const table = readFileSync(join(ansible, 'README.md'), 'utf8');
    for (const name of Object.keys(defaults)) expect(table).toContain(`\`${name}\``);
    // The version is computed, so there is no default to compare.
    const fixed = Object.entries(defaults).filter(([name]) => name !== 'parbake_version');
    expect(fixed.map(([name]) => [name, specified[name]?.default])).toEqual(fixed);
  });

  test('says what is missing on a builder without the agent, and which step wants it', async () => {
    const refused = await play({}, '--tags', 'parbake_install');
    expect(refused.exit).toBe(2);
    expect(refused.stdout).toContain('set parbake_package to its .deb or .rpm');
    expect(recap(refused)).toMatchObject({ changed: 0, failed: 1 });
  });

  test('touches nothing when it only checks', async () => {
    const checked = await play({ parbake_package: debFile }, '--check', '--diff');
    succeeded(checked);
    expect(checked.stdout).toContain(`+- ${registry}/swarm:1.2.9`);
    for (const path of ['usr/bin/parbake-agent', 'etc/parbake'])
      expect([path, existsSync(join(builder.root, path))]).toEqual([path, false]);
  });

  test('installs, bakes, scrubs and verifies', async () => {
    const run = await play({ parbake_package: debFile, ...keepLogin });
    succeeded(run);
    expect(did(run).slice(-3)).toEqual(['Bake the images', 'Scrub and seal', 'Verify the seal']);
    const { images, roles, seal } = manifest();
    expect(images.map(({ ref }) => ref)).toEqual(productImages.map((name) => `${registry}/${name}`));
    expect(images.at(-1)?.platform).toBe('linux/amd64');
    expect(roles.map(({ name }) => name)).toEqual(['web']);
    expect(seal?.kept).toEqual(keepLogin.parbake_scrub_keep);
    expect(existsSync(join(builder.root, 'etc/docker/key.json'))).toBe(false);
    copyFileSync(join(builder.root, 'etc/parbake/parbake.lock'), join(testbed.directory, 'parbake.lock'));
  });

  test('writes where instances check in, and asks for images or a recipe but not for both', async () => {
    const ca = join(testbed.directory, 'ca.pem');
    writeFileSync(ca, 'a certificate\n');
    const settings = {
      parbake_coordinator: '10.0.1.10:7443',
      parbake_tls_ca: ca,
      parbake_settings: { PARBAKE_LOG_LEVEL: 'debug' },
    };
    succeeded(await play(settings, '--tags', 'parbake_settings'));
    const written = readFileSync(join(builder.root, 'etc/default/parbake-agent'), 'utf8');
    expect(written.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      ...['PARBAKE_COORDINATOR=10.0.1.10:7443', 'PARBAKE_TLS_CA=/etc/parbake/ca.pem'],
      ...['PARBAKE_ATTEST=aws', 'PARBAKE_LOG_LEVEL=debug', ''],
    ]);
    expect(readFileSync(join(builder.root, 'etc/parbake/ca.pem'), 'utf8')).toBe('a certificate\n');
    const refused = await play({ parbake_recipe_file: ca }, '--tags', 'parbake_recipe');
    expect(refused.exit).toBe(2);
    expect(refused.stdout).toContain('and not both');
  });

  test('changes nothing when it runs again', async () => {
    const before = readFileSync(join(builder.root, manifestPath), 'utf8');
    const run = await play({ parbake_package: debFile, ...keepLogin });
    succeeded(run);
    expect(recap(run)).toMatchObject({ changed: 0, failed: 0, unreachable: 0 });
    expect(readFileSync(join(builder.root, manifestPath), 'utf8')).toBe(before);
  });

  test('fails with our error when an image is not there, and leaves nothing sealed', async () => {
    const run = await play({ APP_VERSION: '9.9.9' });
    expect(run.exit).toBe(2);
    expect(run.stdout + run.stderr).toContain('[IMAGE_NOT_FOUND]');
    expect(did(run)).not.toContain('Scrub and seal');
    expect(recap(run)).toMatchObject({ failed: 1, ignored: 0 });
    expect(existsSync(join(builder.root, manifestPath))).toBe(false);
  });

  test('bakes what an earlier lock says, and ends with a seal that nobody can log in after', async () => {
    const lock = join(testbed.directory, 'parbake.lock');
    const run = await play({ parbake_lock: lock });
    succeeded(run);
    expect(did(run).at(-1)).toBe('Verify the seal');
    expect(manifest().seal?.kept).toEqual([]);
    expect(readFileSync(join(builder.root, 'etc/parbake/parbake.lock'))).toEqual(readFileSync(lock));
    for (const path of ['etc/ssh/ssh_host_ed25519_key', `home/${builder.user}/.ssh/authorized_keys`])
      expect(existsSync(join(builder.root, path))).toBe(false);
    expect(await builder.run('parbake-agent', 'verify')).toMatch(/^sealed$/m);
  });
});
