import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';

const project = join(import.meta.dirname, '../..');

/** As they are installed: without the sources and without any package beside them. */
describe('the bundles', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-bundle-'));
  const dist = join(directory, 'dist');
  const program = (name: string): string => join(dist, `${name}.js`);
  let coordinator: CoordinatorProcess;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(project, 'packaging/dev/build.mjs'), dist], { stdio: 'inherit' });
    cpSync(join(project, 'package.json'), join(directory, 'package.json'));
    coordinator = await startCoordinatorProcess(
      directory,
      ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--http-access', 'open'],
      { program: program('parbake-coordinator') },
    );
  });

  afterAll(async () => {
    await coordinator.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (name: string, ...args: string[]): string =>
    execFileSync(process.execPath, [program(name), ...args], { encoding: 'utf8' });

  test('the coordinator serves operators, the page and metrics', async () => {
    const [address = ''] = coordinator.addresses;
    const page = coordinator.urls[0] ?? '';
    expect(run('parbake', 'instances', '--json', '--coordinator', address)).toBe('{"instances":[]}\n');
    expect(await (await fetch(`${page}healthz`)).text()).toBe('ok\n');
    const script = await (await fetch(`${page}page.js`)).text();
    expect(script.length).toBeGreaterThan(20_000);
    expect((await fetch(`${page}page.css`)).status).toBe(200);
    expect(await (await fetch(`${page}metrics`)).text()).toContain('parbake_connected_agents 0');
  });

  test.each([
    ['parbake-agent', ['bake', 'scrub', 'verify', 'replay', 'run', 'status', 'inventory']],
    ['parbake-coordinator', ['serve']],
    ['parbake', ['instances', 'show', 'compare', 'assign', 'release', 'roles list']],
  ])('every command of %s is in its bundle', (name, commands) => {
    for (const command of commands)
      expect(run(name, ...command.split(' '), '--help')).toContain(`Usage: ${name} ${command}`);
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
