import { Writable } from 'node:stream';
import type { Command } from '../../proto/process/command.ts';
import { createLogger } from '../../proto/process/log.ts';
import { runProgram } from '../../proto/process/program.ts';
import type { Ended } from '../testbed/command.ts';

/** Runs one command of a program in this process, as its main.ts would, and keeps what it prints. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const stdout = new Sink();
  const stderr = new Sink();
  const program = { name: 'parbake', version: '0', summary: '', commands: [command] };
  const exit = await runProgram(program, [command.name, ...args], {
    self: [process.execPath],
    signal: new AbortController().signal,
    env,
    stdout,
    stderr,
    createLogger: (name) => createLogger(name, 'silent'),
  });
  return { exit, stdout: stdout.text, stderr: stderr.text };
}

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
