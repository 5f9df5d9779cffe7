import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
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
