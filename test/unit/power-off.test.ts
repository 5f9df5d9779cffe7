import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { powerOffOnce } from '../../agent/daemon/power-off.ts';
import { runDeclaration } from '../../agent/daemon/declarations.ts';
import { readRunOptions, type RunOptions } from '../../agent/daemon/run-options.ts';
import { readArguments } from '../../proto/process/cli/arguments.ts';
import { createLogger } from '../../proto/process/log.ts';
import { waitFor } from '../testbed/wait.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-power-off-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const { signal } = new AbortController();
const logger = createLogger('test', 'silent');
const coordinator = ['--coordinator', 'unix:/run/c.sock'];

async function optionsOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunOptions> {
  const { values } = await readArguments(runDeclaration, [...coordinator, ...args], env);
  return await readRunOptions(values);
}

test('a released machine is powered off once, however often it is said, and tries until that succeeds', async () => {
  const said = join(directory, 'said');
  const program = join(directory, 'poweroff');
  // It fails the first time.
  const script = `#!/bin/sh\necho off >>${said}\n[ $(wc -l <${said}) -gt 1 ] && touch ${said}.done\n`;
  writeFileSync(program, script, { mode: 0o755 });
  const powerOff = powerOffOnce({ command: [program], env: process.env, logger, signal });
  powerOff();
  powerOff();
  await waitFor('the program to succeed', () => existsSync(`${said}.done`));
  powerOff();
  expect(readFileSync(said, 'utf8')).toBe('off\noff\n');
});

test.each<[string[], NodeJS.ProcessEnv, readonly string[] | undefined]>([
  [[], {}, undefined],
  [['--on-release', 'keep'], {}, undefined],
  [['--on-release', 'poweroff'], {}, ['systemctl', 'poweroff']],
  [['--on-release', 'poweroff', '--poweroff-program', '/bin/off'], {}, ['/bin/off']],
  [[], { PARBAKE_ON_RELEASE: 'poweroff' }, ['systemctl', 'poweroff']],
  [['--on-release', 'keep'], { PARBAKE_ON_RELEASE: 'poweroff' }, undefined],
])('%o with %o runs %o at a release', async (args, env, command) => {
  expect((await optionsOf(args, env)).powerOff).toEqual(command);
});

test('an unknown answer to a release is refused', async () => {
  await expect(optionsOf(['--on-release', 'explode'])).rejects.toMatchObject({ code: 'USAGE' });
});
