import { Readable, Writable } from 'node:stream';
import type { Command, Program } from '../../proto/process/cli/declaration.ts';
import { createLogger } from '../../proto/process/log.ts';
import type { Ended } from '../testbed/command.ts';
import { runProgram } from '../../proto/process/cli/program.ts';

/**
 * Runs a program in this process, as its main.ts would, and keeps what it prints.
 * @param input what its standard input has
 * @param interrupt whose signal interrupts it
 */
export async function runInside(
  program: Program,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
  interrupt: Pick<AbortController, 'signal'> = new AbortController(),
): Promise<Ended> {
  const stdout = new Sink();
  const stderr = new Sink();
  const exit = await runProgram(program, argv, {
    self: [process.execPath],
    isRoot: process.geteuid?.() === 0,
    signal: interrupt.signal,
    env,
    stdin: () => Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout,
    stderr,
    createLogger: (name) => createLogger(name, 'silent'),
  });
  return { exit, stdout: stdout.text, stderr: stderr.text };
}

/** Runs one command as the only one of a program. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  interrupt = new AbortController(),
): Promise<Ended> {
  const program = { name: 'parbake', version: '0', summary: '', files: {}, commands: [command] };
  return await runInside(program, [...command.name.split(' '), ...args], env, '', interrupt);
}

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
