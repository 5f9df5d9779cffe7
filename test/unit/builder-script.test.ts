import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builderScript, verdictOf } from '../../coordinator/core/image/builder-script.ts';

const recipe = gzipSync('images: []').toString('base64');

describe("a builder's user data", () => {
  test('is a script that a shell can read, whatever the variables hold', () => {
    const variables = { A: `it's "$(reboot)" \\`, B: 'b c' };
    const script = builderScript({ buildId: 'build-1', recipe, lock: recipe, variables, limit: 90_000 });
    execFileSync('sh', ['-n'], { input: script });
    const inner = /<<'PARBAKE_BUILD'\n(.*)\nPARBAKE_BUILD\n/s.exec(script)?.[1] ?? '';
    // What the agent would be called with.
    const called = inner
      .split('\n')
      .filter((line) => line.startsWith('parbake-agent bake'))
      .map((line) => line.replace(/ >out.*$/, ''));
    const shown = execFileSync('sh', ['-c', called.join('\n').replace('parbake-agent', `printf '%s\\n'`)]);
    expect(shown.toString().trim().split('\n')).toEqual([
      ...['bake', '--recipe', 'parbake.yaml', '--build-id', 'build-1', '--frozen'],
      ...['--var', `A=it's "$(reboot)" \\`, '--var', 'B=b c'],
    ]);
    expect(script).toContain('--on-active=90 systemctl poweroff');
  });
});

describe('a builder', () => {
  let directory: string;
  let docker: Server;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-builder-'));
    docker = createServer().listen(join(directory, 'docker.sock'));
    await once(docker, 'listening');
  });

  afterEach(() => {
    docker.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs the user data with stand-ins for the programs of a machine. @returns what they were called with, and the console */
  const run = (fails: string) => {
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    const programs = {
      'systemd-run': `echo "$*" >>${directory}/calls; case "$*" in *build.sh) cd ${directory}/build && sh build.sh;; esac`,
      systemctl: `echo "systemctl $*" >>${directory}/calls`,
      'cloud-init': 'exit 0',
      'parbake-agent': `echo "$*" >>${directory}/calls; echo 'no space left'; [ "$1" != '${fails}' ]`,
    };
    for (const [name, body] of Object.entries(programs))
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const script = builderScript({ buildId: 'b1', recipe, lock: '', variables: {}, limit: 60_000 })
      .replaceAll('/run/parbake-build', `${directory}/build`)
      .replaceAll('/run/docker.sock', `${directory}/docker.sock`)
      .replaceAll('/dev/console', `${directory}/console`);
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const { status } = spawnSync('sh', { input: script, env });
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    return {
      status,
      calls: read('calls'),
      verdict: verdictOf('b1', read('console')),
      recipe: read('build/parbake.yaml'),
    };
  };

  test('bakes, scrubs, verifies, says so and powers itself off', () => {
    const { calls, verdict, recipe: written } = run('nothing');
    expect(written).toBe('images: []');
    expect(verdict).toEqual({ kind: 'sealed' });
    expect(calls).toMatch(/--on-active=60.*\nbake --recipe.*\nscrub --yes\nverify\nsystemctl poweroff\n$/s);
  });

  test.each(['bake', 'scrub', 'verify'])(
    'that cannot %s says why, goes no further and powers itself off',
    (step) => {
      const { calls, verdict } = run(step);
      expect(verdict).toEqual({ kind: 'failed', reason: `failed: ${step}: no space left` });
      expect(calls).toMatch(new RegExp(`\n${step}.*\nsystemctl poweroff\n$`));
    },
  );
});

describe('what a builder says on its console', () => {
  test.each([
    ['boot\r\nparbake-build build-1 sealed\r\nPower down.', { kind: 'sealed' }],
    [
      '[ 12.3] parbake-build build-1 failed: bake: no \u001b[31mspace',
      { kind: 'failed', reason: 'failed: bake: no  [31mspace' },
    ],
    ['parbake-build build-10 sealed', { kind: 'silent' }],
    ['parbake-build build-1 failed: x\nparbake-build build-1 sealed', { kind: 'sealed' }],
    ['', { kind: 'silent' }],
  ])('%j', (console, verdict) => {
    expect(verdictOf('build-1', console)).toEqual(verdict);
  });
});
