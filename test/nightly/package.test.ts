import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../testbed/command.ts';
import { packagingMissing } from '../support/requirement.ts';

const project = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
const needed = [
  '/usr/bin/dpkg-deb',
  '/usr/bin/lintian',
  '/usr/bin/aarch64-linux-gnu-gcc',
  '/usr/bin/qemu-aarch64',
];
const missing = packagingMissing(needed);

describe.skipIf(missing !== undefined)(`the agent's Debian packages ${missing ?? ''}`, () => {
  const dist = mkdtempSync(join(tmpdir(), 'parbake-dist-'));
  const packageFor = (architecture: string): string =>
    join(dist, `parbake-agent_${version}_${architecture}.deb`);

  beforeAll(async () => {
    const make = [join(project, 'packaging/package/main.ts'), 'agent', '--output', dist, '--format', 'deb'];
    for (const architecture of ['x64', 'arm64'])
      await command(process.execPath, [...make, '--architecture', architecture]);
  });

  afterAll(() => {
    rmSync(dist, { recursive: true, force: true });
  });

  test('lintian has nothing to say against them', () => {
    const options = ['--allow-root', '--fail-on', 'error,warning', '--no-tag-display-limit'];
    const args = [...options, packageFor('amd64')];
    const { stdout, status } = spawnSync('lintian', args, { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  test('the one for arm64 holds a program and a gate for it', async () => {
    const root = join(dist, 'arm64');
    await command('dpkg-deb', ['-x', packageFor('arm64'), root]);
    const emulate = (...args: string[]) =>
      spawnSync('qemu-aarch64', ['-L', '/usr/aarch64-linux-gnu', ...args], { encoding: 'utf8' });
    const lib = join(root, 'usr/lib/parbake');
    const agent = emulate(join(lib, 'node'), join(lib, 'agent/parbake-agent.mjs'), '--version');
    expect(agent).toMatchObject({ status: 0, stdout: expect.stringContaining(version) as unknown });
    const gate = emulate(join(lib, 'gate'));
    expect(gate).toMatchObject({ status: 125, stderr: expect.stringContaining('usage: gate') as unknown });
  });
});
