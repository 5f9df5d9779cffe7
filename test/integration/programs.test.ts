import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { agentProgram } from '../../agent/program.ts';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { coordinatorProgram } from '../../coordinator/program.ts';
import { builtIns } from '../../proto/process/cli/built-ins.ts';
import { runInside } from '../support/run-command.ts';

const project = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'parbake-programs-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const programs = {
  'parbake-agent': agentProgram,
  'parbake-coordinator': coordinatorProgram,
  parbake: operatorProgram,
};
const files = {
  'parbake-agent': join(project, 'agent/main.ts'),
  'parbake-coordinator': join(project, 'coordinator/main.ts'),
  parbake: join(project, 'coordinator/cli/main.ts'),
};
type Name = keyof typeof programs;
const names = Object.keys(programs) as Name[];

const run = (name: Name, args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [files[name], ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe.each(names)('%s', (name) => {
  const program = programs[name];
  const commands = [...program.commands, ...builtIns(program)].map((command) => command.name);

  test('explains each command alike with --help, -h and help', async () => {
    for (const command of commands) {
      const words = command.split(' ');
      const long = await runInside(program, [...words, '--help']);
      expect(long.exit).toBe(0);
      expect(long.stdout).toContain(`Usage: ${name} ${command}`);
      expect(await runInside(program, [...words, '-h'])).toEqual(long);
      expect(await runInside(program, ['help', ...words])).toEqual(long);
    }
  });

  test('completes commands and options in bash', () => {
    const script = join(directory, `${name}.bash`);
    writeFileSync(script, run(name, ['completion', 'bash']).stdout);
    const complete = (...words: string[]): string[] => {
      const list = [name, ...words].map((word) => `'${word}'`).join(' ');
      const line = `source ${script}; COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _${name.replaceAll('-', '_')}; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euc', line], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout.trim().split('\n');
    };
    expect(complete('')).toEqual(expect.arrayContaining(['help', 'completion', '--help']));
    const [first = ''] = commands;
    expect(complete(first, '--he')).toEqual(['--help']);
    expect(complete('completion', 'f')).toEqual(['fish']);
    if (name !== 'parbake') return;
    expect(complete('instances', '--state', 'REA')).toEqual(['READY']);
    expect(complete('roles', '')).toEqual(['apply', 'list', 'delete']);
    expect(complete('roles', 'apply', '--tls-c')).toEqual(['--tls-ca', '--tls-cert']);
  });

  test('has a manual page that groff reads without a warning', () => {
    const page = run(name, ['man']).stdout;
    const { stderr, stdout } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z'], {
      input: page,
      encoding: 'utf8',
    });
    expect({ stderr, stdout }).toEqual({ stderr: '', stdout: '' });
    for (const section of ['COMMANDS', 'EXIT STATUS', 'ENVIRONMENT', 'FILES', 'EXAMPLES'])
      expect(page).toContain(`.SH ${section}\n`);
    expect(page).toContain('PARBAKE_TLS_CA');
  });

  test('ends quietly when nobody reads its output any more', async () => {
    const child = spawn(process.execPath, [files[name], 'man'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.destroy();
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('fails when its output cannot be written', () => {
    const line = `"$0" "$1" man > /dev/full`;
    const { status, stderr } = spawnSync('bash', ['--norc', '-c', line, process.execPath, files[name]], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('cannot write the result');
  });
});

test.each([
  ['parbake-agent', 'run'],
  ['parbake-coordinator', 'serve'],
] as const)('%s %s refuses a log level that does not exist', (name, command) => {
  const { status, stderr } = run(name, [command], { PARBAKE_LOG_LEVEL: 'loud' });
  expect(status).toBe(2);
  expect(stderr).toContain('PARBAKE_LOG_LEVEL takes debug, info, warn, error or silent, not "loud"');
});

test.each([
  ['parbake', ['rols', 'list'], 'there is no command "rols"'],
  ['parbake', ['roles'], '"roles" needs one of: roles apply, roles list'],
  ['parbake', ['instance'], 'did you mean "instances"?'],
] as const)('%s %j is wrong use: %s', (name, args, message) => {
  const { status, stderr } = run(name, args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
