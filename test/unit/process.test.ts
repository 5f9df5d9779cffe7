import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { clientCredentials, isLocal } from '../../proto/wire/channel.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { keyValues, parseOptions } from '../../proto/process/arguments.ts';
import { createLogger } from '../../proto/process/log.ts';
import { runProgram } from '../../proto/process/program.ts';
import { pause, runTasks } from '../../proto/process/tasks.ts';
import { runCommand } from '../support/run-command.ts';

test('the first failure of a task ends the others and is what the process fails with', async () => {
  let hasEnded = false;
  const run = runTasks(new AbortController().signal, {
    failing: () => Promise.reject(new Error('broken')),
    waiting: async (signal) => {
      await pause(60_000, signal);
      hasEnded = true;
    },
  });
  await expect(run).rejects.toThrow('broken');
  expect(hasEnded).toBe(true);
});

test('an abort ends all tasks and is no failure', async () => {
  const controller = new AbortController();
  const run = runTasks(controller.signal, { waiting: (signal) => pause(60_000, signal) });
  controller.abort();
  await expect(run).resolves.toBeUndefined();
});

test.each([
  ['127.0.0.1:7443', true],
  ['127.9.9.9:1', true],
  ['[::1]:7443', true],
  ['localhost:7443', true],
  ['unix:/run/parbake.sock', true],
  ['0.0.0.0:7443', false],
  ['10.0.0.1:7443', false],
  ['127.0.0.1.example.com:7443', false],
  ['example.com:7443', false],
])('%s is local: %s', (address, expected) => {
  expect(isLocal(address)).toBe(expected);
});

test('plaintext to another machine is refused', () => {
  expect(() => clientCredentials('10.0.0.1:7443', undefined)).toThrow('plaintext is refused');
});

test('options that do not fit say so', () => {
  expect(() => parseOptions('p c', ['--nope'], {})).toThrow(ParbakeError);
  expect(() => keyValues('--env', ['=x'])).toThrow('--env takes KEY=VALUE');
  expect(keyValues('--env', ['A=b=c', 'E='])).toEqual({ A: 'b=c', E: '' });
});

test('a failed command says what, why and what to do, in JSON too, and ends with the code of its error', async () => {
  const command = {
    name: 'c',
    summary: '',
    help: '',
    run: () => Promise.reject(new ParbakeError('ROLE_UNKNOWN', 'there is no role "x"')),
  };
  const ended = await runCommand(command, ['--json']);
  expect(ended.exit).toBe(1);
  expect(ended.stderr).toMatch(/^parbake: there is no role "x" \[ROLE_UNKNOWN\]\n {2}\S/);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'ROLE_UNKNOWN', retryable: false } });
});

test('a command that does not exist is wrong use', async () => {
  const stderr = new PassThrough();
  const program = { name: 'p', version: '1', summary: '', commands: [] };
  const context = {
    self: [process.execPath],
    signal: new AbortController().signal,
    env: {},
    stdout: new PassThrough(),
    stderr,
    createLogger: (name: string) => createLogger(name, 'silent'),
  };
  expect(await runProgram(program, ['nope'], context)).toBe(2);
  expect(String(stderr.read())).toContain('there is no command "nope"');
});
