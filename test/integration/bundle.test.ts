import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProgram, type Started } from '../testbed/processes.ts';
import { freePort } from '../testbed/registry.ts';
import { waitFor } from '../testbed/wait.ts';

const project = join(import.meta.dirname, '../..');

/** As they are installed: without the sources and without any package beside them. */
describe('the bundles', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-bundle-'));
  const dist = join(directory, 'dist');
  const program = (name: string): string => join(dist, `${name}.js`);
  let coordinator: Started | undefined;
  let address: string;
  let page: string;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(project, 'packaging/dev/build.mjs'), dist], { stdio: 'inherit' });
    cpSync(join(project, 'package.json'), join(directory, 'package.json'));
    [address, page] = [
      `127.0.0.1:${await freePort('127.0.0.1')}`,
      `127.0.0.1:${await freePort('127.0.0.1')}`,
    ];
    coordinator = startProgram(
      process.execPath,
      [program('parbake-coordinator'), 'serve', '--dev', '--listen', address, '--http', page].concat([
        '--store',
        `sqlite:${join(directory, 'coordinator.db')}`,
      ]),
      join(directory, 'coordinator.log'),
    );
    await waitFor('the coordinator to listen', () => {
      if (coordinator?.ended() !== undefined) throw new Error(coordinator.log());
      return coordinator?.log().includes('"listening"');
    });
  });

  afterAll(async () => {
    await coordinator?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (name: string, ...args: string[]): string =>
    execFileSync(process.execPath, [program(name), ...args], { encoding: 'utf8' });

  test('the coordinator serves operators, the page and metrics', async () => {
    expect(run('parbake', 'instances', '--json', '--coordinator', address)).toBe('{"instances":[]}\n');
    expect(await (await fetch(`http://${page}/healthz`)).text()).toBe('ok\n');
    const script = await (await fetch(`http://${page}/page.js`)).text();
    expect(script.length).toBeGreaterThan(20_000);
    expect((await fetch(`http://${page}/page.css`)).status).toBe(200);
    expect(await (await fetch(`http://${page}/metrics`)).text()).toContain('parbake_connected_agents 0');
  });

  test.each([
    ['parbake-agent', ['bake', 'scrub', 'verify', 'replay', 'run', 'status', 'inventory']],
    ['parbake-coordinator', ['serve']],
    ['parbake', ['instances', 'show', 'compare', 'assign', 'release', 'roles']],
  ])('every command of %s is in its bundle', (name, commands) => {
    for (const command of commands)
      expect(run(name, command, '--help')).toContain(`Usage: ${name} ${command}`);
  });

  test('the agent is called by a link, as from a directory of programs', () => {
    const link = join(directory, 'parbake-agent');
    if (!existsSync(link)) symlinkSync(program('parbake-agent'), link);
    expect(execFileSync(process.execPath, [link, '--version'], { encoding: 'utf8' })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
  });

  test('the agent does not read what it has no use for', () => {
    // An import of node:http reads every export of it, and with them loads a whole HTTP client more.
    const look = `process.on('exit', () => console.log(process.moduleLoadList.some((one) => one.includes('undici/undici'))))`;
    const preload = `data:text/javascript,${encodeURIComponent(look)}`;
    const output = execFileSync(
      process.execPath,
      ['--import', preload, program('parbake-agent'), 'run', '--help'],
      { encoding: 'utf8' },
    );
    expect(output.trim().split('\n').at(-1)).toBe('false');
  });

  test('first-boot, which runs before Docker at every boot, does not load gRPC', () => {
    const look = `process.on('exit', () => console.log(process.moduleLoadList.some((one) => one.includes('http2'))))`;
    const preload = `data:text/javascript,${encodeURIComponent(look)}`;
    const output = execFileSync(
      process.execPath,
      ['--import', preload, program('parbake-agent'), 'first-boot', '--help'],
      { encoding: 'utf8' },
    );
    expect(output.trim().split('\n').at(-1)).toBe('false');
  });
});
