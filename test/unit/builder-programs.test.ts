import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildxVersion } from '../../agent/host/buildx.ts';
import { bundleSha256 } from '../../agent/host/own-program.ts';

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'parbake-programs-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A program that answers as plugins of Docker's command do, and to nothing else. */
function plugin(name: string, answer: string): string {
  const path = join(directory, name);
  const script = `#!/bin/sh\n[ "$*" = docker-cli-plugin-metadata ] || exit 9\n[ -z "$HOME" ] || exit 8\n${answer}\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

const answerOf = (version: unknown): string =>
  `echo '${JSON.stringify({ SchemaVersion: '0.1.0', Vendor: 'Docker Inc.', Version: version })}'`;

test('buildx is asked what it is, where Docker looks for it, the first that answers', async () => {
  const { signal } = new AbortController();
  const good = plugin('good', answerOf('v0.30.1'));
  const odd = [
    join(directory, 'not-there'),
    directory,
    plugin('failing', `${answerOf('v1')}; exit 1`),
    plugin('silent', ':'),
    plugin('rubbish', 'echo hello'),
    plugin('number', answerOf(7)),
    plugin('long', answerOf('v'.repeat(1000))),
    plugin('lines', answerOf('v1\nv2')),
  ];
  expect(await buildxVersion(signal, [...odd, good, plugin('later', answerOf('v9'))])).toBe('v0.30.1');
  expect(await buildxVersion(signal, odd)).toBeUndefined();
});

test("a bundle's hash is the one that a person gets, and sources have none", async () => {
  const put = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  put('parbake-agent.mjs', 'the program');
  for (const name of [
    'parbake-agent-XYZ.js',
    'parbake-agent-A1.js',
    'parbake-agent-a.js',
    'parbake-agent-daemon.cjs',
  ])
    put(name, name);
  // Not of the agent, or not run.
  for (const name of ['parbake-agent.js.map', 'parbake.js', 'parbake-agent.licences.txt']) put(name, '');
  const env = { ...process.env, LC_ALL: 'C' };
  const asked = 'sha256sum parbake-agent*js | sha256sum | cut -d " " -f 1';
  const wanted = execFileSync('sh', ['-c', asked], { cwd: directory, env, encoding: 'utf8' }).trim();
  const file = join(directory, 'parbake-agent-A1.js');
  expect(await bundleSha256(file)).toBe(wanted);
  put('parbake-agent-A1.js', 'changed');
  expect(await bundleSha256(file)).not.toBe(wanted);
  expect(await bundleSha256()).toBeUndefined();
});
