import {
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath } from '../../agent/core/manifest.ts';
import { scrubCommand } from '../../agent/scrub/scrub-command.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildTinyImage, pushImage } from '../testbed/images.ts';
import { agentProgram } from '../testbed/parbake.ts';
import { processesOf, startProgram, type Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { recipeOf, runBake } from '../support/bake-run.ts';
import { unlessRequired } from '../support/requirement.ts';
import { runCommand } from '../support/run-command.ts';

const missing = unlessRequired(testbedMissing());

describe.skipIf(missing !== undefined)(`an Engine that is not as expected ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let engine: Engine;
  let ref: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    engine = await testbed.startEngine({ root: testbed.makeDirectory('builder') });
    ref = `${(await testbed.registry()).address}/acme/tiny:1.0`;
    await buildTinyImage(engine, testbed.makeDirectory('tiny'), ref);
    await pushImage(engine, ref);
    const recipe = recipeOf(ref);
    const baked = await runBake({ directory: testbed.directory, root: engine.root, recipe });
    if (baked.exit !== 0) throw new Error(baked.stderr);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** A program of the agent that runs as its users start it. */
  const start = (...args: string[]): Started =>
    startProgram(
      process.execPath,
      [agentProgram, ...args],
      join(testbed.makeDirectory('log'), args[0] ?? ''),
    );

  const holds = ({ pid }: Started, file: (name: string) => boolean): boolean =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return file(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });

  async function interrupt(program: Started): Promise<string> {
    program.child.kill('SIGINT');
    await waitFor('the program to end', () => program.ended() !== undefined);
    expect(program.ended()).toBe(1);
    return program.log();
  }

  // A snap and a rootless Docker have their own pid file, data root and socket, as the test bed's has for this machine.
  test('B9: a dockerd that no known pid file names is not scrubbed around, and goes on', async () => {
    const refused = await runCommand(scrubCommand, ['--dry-run', '--docker-pidfile', '/run/no-docker.pid']);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toMatch(
      new RegExp(`process ${engine.process.pid}\\b.*--docker-pidfile.*SCRUB_REFUSED`),
    );
    expect(refused.stderr).toContain('snap stop docker');
    expect(await engine.engineId()).not.toBe('');
  });

  test('B9: Podman at the socket is refused by name, and nothing is removed', async () => {
    const root = testbed.makeDirectory('podman');
    mkdirSync(join(root, 'run'), { recursive: true });
    const answer = JSON.stringify({ Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] });
    const podman = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => podman.listen(join(root, 'run/docker.sock'), resolve));
    try {
      const refused = await runCommand(scrubCommand, ['--root', root, '--yes']);
      expect(refused.stderr).toContain("the socket is Podman's (4.3.1)");
      expect(refused.stderr).toContain('[DOCKER_UNSUPPORTED]');
    } finally {
      podman.closeAllConnections();
      podman.close();
    }
  });

  describe('B10: stopped by SIGSTOP', () => {
    const signal = async (name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
      for (const pid of await processesOf(engine.root)) if (pid !== process.pid) process.kill(pid, name);
    };
    const onSocket = (program: Started): Promise<unknown> =>
      waitFor('the program to ask Docker', () => holds(program, (name) => name.startsWith('socket:')));

    test.each([
      ['bake', () => ['bake', '--recipe', join(testbed.directory, 'parbake.yaml'), '--imds', 'off']],
      ['scrub', () => ['scrub', '--yes']],
    ])('B10: %s ends at the first Ctrl-C, and has changed nothing', async (_, args) => {
      const before = readFileSync(join(engine.root, manifestPath), 'utf8');
      await signal('SIGSTOP');
      try {
        const program = start(...args(), '--root', engine.root);
        await onSocket(program);
        expect(await interrupt(program)).toContain('[INTERRUPTED]');
      } finally {
        await signal('SIGCONT');
      }
      expect(readFileSync(join(engine.root, manifestPath), 'utf8')).toBe(before);
      expect(await engine.engineId()).not.toBe('');
    });
  });

  test('B10: a search for secrets ends at the first Ctrl-C', async () => {
    const root = testbed.makeDirectory('large');
    const [large, list] = [join(root, 'large'), join(testbed.directory, 'secrets')];
    writeFileSync(list, 'canary-password-4711\n');
    writeFileSync(large, '');
    // Takes longer than anybody waits, and no space on the disk.
    truncateSync(large, 2 ** 40);
    try {
      const program = start('verify', '--root', root, '--secrets', list);
      await waitFor('the search to read', () => holds(program, (name) => name === large));
      expect(await interrupt(program)).toContain('[INTERRUPTED]');
    } finally {
      rmSync(large);
    }
  });
});
