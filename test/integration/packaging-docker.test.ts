import { copyFileSync, cpSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { command } from '../testbed/command.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing() ?? builderMissing());

const project = join(import.meta.dirname, '../..');
const minutes = 60_000;

describe.skipIf(missing !== undefined)(
  `the coordinator's container image ${missing ?? ''}`,
  { timeout: 20 * minutes },
  () => {
    let testbed: Testbed;
    let builder: Builder;

    beforeAll(async () => {
      testbed = await createTestbed();
      builder = await startBuilder(testbed);
      const context = join(builder.root, 'root/project');
      for (const part of ['.dockerignore', 'package.json', 'LICENSE', 'packaging/docker', 'README.md'])
        cpSync(join(project, part), join(context, part), { recursive: true });
      const build = [join(project, 'packaging/dev/build.mjs'), join(context, 'dist')];
      await command(process.execPath, build);
      await builder.run('service', 'docker', 'start');
      await waitFor('Docker to answer', async () => await docker('info').then(Boolean, () => false));
      await importBase();
      await docker(
        ...['build', '--quiet', '--file', '/root/project/packaging/docker/Dockerfile'],
        ...['--tag', 'parbake-coordinator', '--build-arg', 'BASE=local/node', '/root/project'],
      );
    });
    afterAll(async () => {
      await testbed?.close();
    });

    const docker = (...args: string[]): Promise<string> => builder.run('docker', ...args);

    /** As Node's own images are where it counts: a shell, and node in the path. */
    async function importBase(): Promise<void> {
      const base = join(builder.root, 'root/base');
      const node = realpathSync(join(project, 'node_modules/.bin/node'));
      const libraries = [...(await command('ldd', [node])).matchAll(/(\/\S+) \(0x/g)];
      const programs = ['sh', 'chmod', 'chown', 'mkdir', 'printf', 'ls'];
      const files = [
        ...libraries.map(([, library = '']) => [library, library] as const),
        ...programs.map((name) => ['/bin/busybox', `bin/${name}`] as const),
        [node, 'usr/local/bin/node'] as const,
      ];
      for (const [from, to] of files) {
        mkdirSync(dirname(join(base, to)), { recursive: true });
        copyFileSync(from, join(base, to));
      }
      mkdirSync(join(base, 'tmp'));
      const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';
      await builder.run('sh', '-c', `tar -C /root/base -c . | docker import --change '${path}' - local/node`);
    }

    const start = (...options: string[]): Promise<string> =>
      docker(
        ...['run', '--detach', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only'],
        ...['--tmpfs', '/run/parbake:uid=65532,gid=65532,mode=700', '--volume', 'parbake:/var/lib/parbake'],
        ...['--health-interval', '1s', '--name', 'coordinator', 'parbake-coordinator', ...options],
      );
    const isHealthy = async (): Promise<boolean> => {
      const state = await docker(
        'inspect',
        '--format',
        '{{.State.Status}} {{.State.Health.Status}}',
        'coordinator',
      );
      if (!state.startsWith('running')) throw new Error(await docker('logs', 'coordinator'));
      return state.trim() === 'running healthy';
    };

    test('serves operators, as a user without rights and on a read-only file system', async () => {
      await start();
      await waitFor('the coordinator to be healthy', isHealthy);
      expect(await docker('exec', 'coordinator', 'parbake', 'instances', '--json')).toBe(
        '{"instances":[]}\n',
      );
      expect(await docker('exec', 'coordinator', 'ls', '-n', '/var/lib/parbake')).toMatch(
        / 65532 +65532 .* coordinator\.db$/m,
      );
    });

    test('ends when it is told to, and finds its store again', async () => {
      await docker('stop', 'coordinator');
      expect((await docker('inspect', '--format', '{{.State.ExitCode}}', 'coordinator')).trim()).toBe('0');
      await docker('rm', 'coordinator');
      await start();
      await waitFor('the coordinator to be healthy', isHealthy);
      await docker('rm', '--force', 'coordinator');
    });

    test('takes no plaintext from elsewhere', async () => {
      await start('--listen', '0.0.0.0:7443');
      expect((await docker('wait', 'coordinator')).trim()).toBe('5');
      expect(await builder.run('sh', '-c', 'docker logs coordinator 2>&1')).toContain('[INSECURE_ADDRESS]');
    });

    test('has the coordinator, the command and their licences, and nothing of the agent', async () => {
      const list = ['run', '--rm', '--entrypoint', 'ls', 'parbake-coordinator', '/usr/lib/parbake/dist'];
      const files = (await docker(...list)).trim().split('\n');
      for (const name of ['parbake-coordinator.js', 'parbake.js', 'proto', 'web'])
        expect(files).toContain(name);
      expect(files.filter((name) => /agent|\.map$/.test(name))).toEqual([]);
    });
  },
);
